"""Rules in stages: each stage reads what the ones before it recorded, and nothing of its own."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from generator.errors import BuildError, Problem

NAME = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*")
DURATION = re.compile(r"(\d+)(ms|[smhdwy])")
SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800, "y": 31_536_000}


@dataclass(frozen=True)
class Rule:
    """A rule as it is shipped, but for its annotations, and every how many seconds it is evaluated."""

    body: Mapping[str, Any]
    interval: float

    @property
    def series(self) -> str:
        """The name of the series that it makes."""
        return str(self.body.get("record", "ALERTS"))

    def reads(self) -> frozenset[str]:
        """Every name in its expression: those of labels and functions too, which no rule records."""
        return frozenset(NAME.findall(str(self.body["expr"])))


def rules(folder: Path, every: float = 30) -> tuple[Rule, ...]:
    """The rules of all files of a folder. Raises `Faults`: no such folder, no rules, or what is no rule file."""
    found: list[Rule] = []
    path = folder
    try:
        for path in sorted(folder.glob("*.yaml")):
            for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
                interval = seconds(group["interval"]) if "interval" in group else every
                found += [_rule(body, interval) for body in group["rules"]]
    except (OSError, TypeError, KeyError, ValueError, yaml.YAMLError) as error:
        raise BuildError([Problem(str(path), f"it is no file of rules ({error})", "build the output anew")]) from None
    if not found:
        raise BuildError([Problem(str(folder), "there are no rules", "build the output, or name its folder")])
    return tuple(found)


def staged(all_rules: Sequence[Rule]) -> tuple[tuple[Rule, ...], ...]:
    """The rules by how deep they stand on others: the first read raw series only. Raises `Faults` for a circle."""
    left, stages = list(all_rules), list[tuple[Rule, ...]]()
    while left:
        waiting = {rule.series for rule in left if rule.series != "ALERTS"}
        ready = tuple(rule for rule in left if not rule.reads() & waiting)
        if not ready:
            circle = ", ".join(sorted(waiting))
            raise BuildError(
                [Problem(circle, "these rules read each other in a circle", "let one of them read raw series")]
            )
        left = [rule for rule in left if rule not in ready]
        stages.append(ready)
    return tuple(stages)


def stage_file(stage: Sequence[Rule]) -> str:
    """A rule file of a stage, a group for each interval, as YAML."""
    groups: dict[float, list[Any]] = defaultdict(list)
    for rule in stage:
        groups[rule.interval].append(dict(rule.body))
    listed = [
        {"name": f"every {interval:g} s", "interval": f"{interval:g}s", "rules": bodies}
        for interval, bodies in sorted(groups.items())
    ]
    return yaml.safe_dump({"groups": listed}, sort_keys=False, allow_unicode=True)


def seconds(duration: str) -> float:
    """A duration as Prometheus writes it, as 1m30s, in seconds."""
    return sum(int(number) * SECONDS[unit] for number, unit in DURATION.findall(duration))


def _rule(body: Mapping[str, Any], interval: float) -> Rule:
    """Without annotations: no series holds them, and a replay cannot answer those that ask a query."""
    expression = str(body["expr"])
    return Rule({**{key: value for key, value in body.items() if key != "annotations"}, "expr": expression}, interval)
