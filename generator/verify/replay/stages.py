"""Split rules into stages: a rule reads only raw series and series that earlier stages record."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from generator.errors import BuildError, DefinitionError, Problem
from generator.frozen import frozen
from generator.promql.parser import name_of, parsed, selectors
from generator.verify.replay.scraped_overrides import override_files, recorded_overrides

DURATION = re.compile(r"(\d+)(ms|[smhdwy])")
SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800, "y": 31_536_000}
ALERTS = "ALERTS"
"""The series that Prometheus writes for every alerting rule."""
SCRAPED = "overrides"
"""The group of what a build has in a file instead of rules."""


@frozen
class ReplayRule:
    """A rule as in a rule file, without annotations, its evaluation interval in seconds, and the name of its group."""

    body: Mapping[str, Any]
    interval: float
    group: str = ""

    @property
    def series(self) -> str:
        """The name of the series that the rule writes."""
        return str(self.body.get("record", ALERTS))

    def reads(self) -> frozenset[str]:
        """Return the names of the series that its expression selects."""
        try:
            return frozenset(name_of(selector) for selector in selectors(parsed(str(self.body["expr"]))))
        except DefinitionError as error:
            raise BuildError([error.at(str(self.body.get("alert", self.series)))]) from None


def load_rules(folder: Path, default_interval: float = 30) -> tuple[ReplayRule, ...]:
    """Return the rules of all files in a folder, and one for each series of the file of overrides, which is in the same
    folder or where a build has it. Raises `BuildError` if there are no rules, or if a file is invalid."""
    rules: list[ReplayRule] = []
    path = folder
    try:
        for path in sorted(folder.glob("*.yaml")):
            for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
                interval = parse_duration(group["interval"]) if "interval" in group else default_interval
                rules += [_rule(body, interval, group["name"]) for body in group["rules"]]
        for path in override_files(folder):
            bodies = recorded_overrides(path.read_text(encoding="utf-8"))
            rules += [ReplayRule(body, default_interval, SCRAPED) for body in bodies]
    except (OSError, TypeError, KeyError, ValueError, yaml.YAMLError) as error:
        raise BuildError([Problem(str(path), f"it is not a rule file ({error})", "build the output again")]) from None
    if not rules:
        hint = "build the output, or name the folder of a build"
        raise BuildError([Problem(str(folder), "it contains no rules", hint)])
    return tuple(rules)


def split_into_stages(rules: Sequence[ReplayRule]) -> tuple[tuple[ReplayRule, ...], ...]:
    """Order rules by their dependencies; the first stage reads raw series only. A rule that adds to its own last value
    waits for the others alone. Raises `BuildError` for a cycle."""
    remaining, stages = list(rules), list[tuple[ReplayRule, ...]]()
    while remaining:
        unrecorded = {rule.series for rule in remaining if rule.series != ALERTS}
        ready = tuple(rule for rule in remaining if not rule.reads() & (unrecorded - {rule.series}))
        if not ready:
            hint = "let one of them read raw series"
            raise BuildError([Problem(", ".join(sorted(unrecorded)), "these rules read each other in a cycle", hint)])
        remaining = [rule for rule in remaining if rule not in ready]
        stages.append(ready)
    return tuple(stages)


def render_stage(stage: Sequence[ReplayRule]) -> str:
    """Render the rule file of a stage, with a group for each evaluation interval."""
    bodies: dict[float, list[Any]] = defaultdict(list)
    for rule in stage:
        bodies[rule.interval].append(dict(rule.body))
    groups = [
        {"name": f"every {interval:g} s", "interval": f"{interval:g}s", "rules": rules}
        for interval, rules in sorted(bodies.items())
    ]
    return yaml.safe_dump({"groups": groups}, sort_keys=False, allow_unicode=True)


def parse_duration(duration: str) -> float:
    """Return the seconds of a Prometheus duration such as 1m30s."""
    return sum(int(number) * SECONDS[unit] for number, unit in DURATION.findall(duration))


def _rule(body: Mapping[str, Any], interval: float, group: str) -> ReplayRule:
    """Drop annotations: they do not end up in series, and vmalert cannot replay templates that run queries."""
    fields = {name: value for name, value in body.items() if name != "annotations"}
    return ReplayRule({**fields, "expr": str(body["expr"])}, interval, group)
