"""Incidents that people know of: a file with their times, and the route or the tenant that they were about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from contract.labels import ROUTE, TENANT
from generator.config.yaml_tree import FileError, Node, parse, quoted, read_text
from generator.errors import BuildError, Problem, nearest_name
from generator.frozen import frozen
from generator.verify.rehearse.rehearsed_time import read_time

LABELS = {"route": ROUTE.name, "tenant": TENANT.name}
REQUIRED = ("start", "end", "what")
KEYS = (*REQUIRED, *LABELS)
TIME_HINT = "give a time with its time zone, such as 2026-11-12T10:00:00Z"


@frozen
class KnownIncident:
    """What happened from `start` to `end`, in seconds since 1970; alerts about it have these labels, or lack them."""

    start: float
    end: float
    what: str
    labels: Mapping[str, str]


def read_incidents(path: Path) -> tuple[KnownIncident, ...]:
    """Read a file of incidents, in the order of their starts. Raises `BuildError` with all of its problems."""
    try:
        root, violations = parse(read_text(path), str(path))
    except FileError as error:
        raise BuildError([Problem(str(path), error.what, error.hint)]) from None
    problems = [violation.problem for violation in violations]
    incidents: list[KnownIncident] = []
    if root is not None and not problems:
        listed = root.find(("incidents",))
        if listed is None or not isinstance(listed.value, list) or not listed.value:
            hint = "write `incidents:` and a list below it, each with start, end and what (docs/rehearse.md)"
            raise BuildError([Problem(str(path), "it has no list of incidents", hint)])
        for key, node in root.value.items() if isinstance(root.value, dict) else ():
            if key != "incidents":
                problems.append(
                    Problem(f"{node.location} {key}", "there is no such key", nearest_name(key, ["incidents"]))
                )
        for number, node in enumerate(listed.value, start=1):
            own = [*_problems(node, number)]
            problems += own
            if not own:
                incidents.append(_incident(node))
    if problems:
        raise BuildError(sorted(problems))
    return tuple(sorted(incidents, key=lambda incident: incident.start))


def _problems(node: Node, number: int) -> Iterator[Problem]:
    where = f"{node.location} incidents[{number}]"
    if not isinstance(node.value, dict):
        yield Problem(where, f"{node.describe()} is no incident", f"give the keys {', '.join(REQUIRED)}")
        return
    for name in REQUIRED:
        if name not in node.value:
            yield Problem(where, f"{name} is missing", f"add {name}: {'text' if name == 'what' else 'TIME'}")
    for key, child in node.value.items():
        at = f"{child.location} incidents[{number}].{key}"
        if key not in KEYS:
            yield Problem(at, "there is no such key", nearest_name(key, KEYS))
        elif not isinstance(child.value, str) or not child.value.strip():
            yield Problem(at, f"{child.describe()} is not a text", "give a text")
        elif key in ("start", "end") and _time(child) is None:
            yield Problem(at, f"{quoted(child.value)} is no time", TIME_HINT)
    start, end = (_time(node.value[key]) if key in node.value else None for key in ("start", "end"))
    if start is not None and end is not None and end <= start:
        yield Problem(where, "it ends before it starts", "exchange start and end, or correct them")


def _time(node: Node) -> float | None:
    try:
        return read_time(str(node.value))
    except ValueError:
        return None


def _incident(node: Node) -> KnownIncident:
    values = {key: str(child.value) for key, child in node.value.items()} if isinstance(node.value, dict) else {}
    labels = {label: values[key] for key, label in LABELS.items() if key in values}
    return KnownIncident(read_time(values["start"]), read_time(values["end"]), values["what"], labels)
