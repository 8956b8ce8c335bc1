"""Where incidents come from: a file, or the alerts that a server's own rules fired."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from contract.labels import ROUTE, SEVERITY, TENANT
from generator.config.yaml_tree import FileError, read_text
from generator.dsl.platform import Platform
from generator.dsl.severity import PAGE
from generator.errors import BuildError, DefinitionError, Problem
from generator.lowering.identity import identity_names
from generator.promql.parser import equalities, name_of, parsed, selectors
from generator.promql.windows import LOOK_BACK
from generator.verify.rehearse.firing import ALERTNAME
from generator.verify.rehearse.history_api import HistoryApi
from generator.verify.rehearse.incident_exports import exported_incidents
from generator.verify.rehearse.incident_file import KnownIncident, read_incidents
from generator.verify.rehearse.rehearsed_time import RehearsedTime
from generator.verify.replay.stages import ALERTS

OWN_ALERTS = "alerts"
"""In the place of a file: the pages that the server's own rules fired."""
WINDOW = 6 * 3_600_000
"""The samples of how many ms are read at once."""
Subject = tuple[str, str, str]
"""An alert's name, its route and its tenant."""


def is_of_server(source: str) -> bool:
    """Whether incidents are the server's own alerts: `alerts`, or a selector such as ALERTS{alertname="NAME"}."""
    return source == OWN_ALERTS or source.partition("{")[0].strip() == ALERTS


def incidents_of_file(source: str) -> tuple[KnownIncident, ...]:
    """Read a file of incidents, or an export of Grafana or PagerDuty. Raises `BuildError` with all of its problems."""
    path = Path(source)
    try:
        text = read_text(path)
    except FileError as error:
        raise BuildError([Problem(source, error.what, error.hint)]) from None
    exported = exported_incidents(text, source)
    return read_incidents(path) if exported is None else exported


def incidents_of_server(
    history: HistoryApi, source: str, platform: Platform, time: RehearsedTime
) -> tuple[KnownIncident, ...]:
    """The times in which alerts fired by the server's own rules, in the order of their starts: an incident for each
    alert, route and tenant. Raises `BuildError`: the text is no selector, or none fired."""
    selector = _selector(source, platform)
    times: dict[Subject, set[int]] = defaultdict(set)
    at, end = round(time.start * 1000), round(time.end * 1000)
    while at < end:
        until = min(at + WINDOW, end)
        for each in history.stored(selector, at, until):
            names = (ALERTNAME, ROUTE.name, TENANT.name)
            times[tuple(each.labels.get(name, "") for name in names)].update(each.times)  # type: ignore[index]
        at = until
    incidents = [each for subject, own in times.items() for each in _incidents(subject, sorted(own))]
    if not incidents:
        hint = "give a longer --since, another selector, or a file of incidents"
        raise BuildError([Problem(f"--incidents {source}", f"no {selector} fired on the server", hint)])
    return tuple(sorted(incidents, key=lambda each: (each.start, each.what)))


def _selector(source: str, platform: Platform) -> str:
    labels = {**identity_names(platform), "alertstate": "firing"}
    if source == OWN_ALERTS:
        labels[SEVERITY.name] = platform.severity_names.get(PAGE, PAGE.value)
        source = ALERTS
    try:
        (selected,) = selectors(parsed(source))
        if name_of(selected) != ALERTS:
            raise ValueError(source)
    except (DefinitionError, ValueError):
        hint = 'give alerts, a selector such as ALERTS{alertname="NAME"}, or a file'
        raise BuildError([Problem(f"--incidents {source}", "this is no selector of alerts", hint)]) from None
    added = ",".join(f'{name}="{value}"' for name, value in labels.items() if name not in equalities(selected))
    own = source.partition("{")[2].rpartition("}")[0].strip().rstrip(",")
    return f"{ALERTS}{{{','.join(part for part in (own, added) if part)}}}"


def _incidents(subject: Subject, times: list[int]) -> Iterator[KnownIncident]:
    """An alert that is not firing for longer than a selector looks back is resolved."""
    name, route, tenant = subject
    labels = {label: value for label, value in ((ROUTE.name, route), (TENANT.name, tenant)) if value}
    what = f"{name} fired{''.join(f' ({value})' for value in labels.values())}"
    first = last = times[0]
    for at in [*times[1:], times[-1] + 2_000 * round(LOOK_BACK)]:
        if at - last > 1_000 * LOOK_BACK:
            yield KnownIncident(first / 1000, max(last, first + 1) / 1000, what, labels)
            first = at
        last = at
