"""What a running system is compared with: a platform, its contract, and the rules and dashboards of its build."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from generator.dsl.contract import Contract
from generator.dsl.labels import Label
from generator.dsl.metrics import Gauge, Histogram, Metric
from generator.dsl.platform import Platform
from generator.frozen import frozen
from generator.ir.build import Compiled
from generator.lowering.identity import identity_names
from generator.output import DASHBOARDS_FOLDER, ROUTES
from generator.promql.parser import names_of, parsed
from generator.promql.windows import longest_window
from generator.verify.drift.rule_groups import LoadedRule, RuleGroup, built_groups

WATCHDOG = "Watchdog"
"""The alert that always fires."""


@frozen(eq=False)
class Subject:
    """A platform and its build. `dashboards` are models by their UIDs; `watchdog_receiver` is the receiver to which
    Alertmanager routes the Watchdog; `out` is the folder of the output, which drift compares."""

    platform: Platform
    contract: Contract
    groups: Sequence[RuleGroup]
    dashboards: Mapping[str, Mapping[str, Any]]
    watchdog_receiver: str
    out: Path

    @cached_property
    def metrics(self) -> Sequence[Metric]:
        """The metrics that Workers emit: rules compute the others."""
        return [
            metric for metric in self.contract.metrics if not isinstance(metric, Gauge) or metric.recorded_from is None
        ]

    @cached_property
    def identity(self) -> Mapping[str, str]:
        """The labels of every series of the platform, with their values."""
        return identity_names(self.platform)

    @property
    def group_prefix(self) -> str:
        """What the names of the platform's groups of rules begin with."""
        return self.platform.rule_group("")

    @cached_property
    def recorded(self) -> Mapping[str, Sequence[tuple[str, LoadedRule]]]:
        """The recording rules by the names of their series, each with the name of its group."""
        rules: dict[str, list[tuple[str, LoadedRule]]] = {}
        for group in self.groups:
            for rule in group.rules:
                if rule.kind == "record":
                    rules.setdefault(rule.name, []).append((group.name, rule))
        return rules

    @cached_property
    def longest_window(self) -> float:
        """The longest window that a rule reads, in seconds."""
        expressions = [rule.expr for group in self.groups for rule in group.rules]
        return max((longest_window(parsed(expression)) for expression in expressions), default=0)

    def name(self, metric: Metric) -> str:
        """The name of a metric, as Prometheus stores it: with the platform's prefix."""
        return f"{self.platform.metric_prefix}{metric.name}"

    def series_names(self, metric: Metric) -> list[str]:
        """The names of its series: those of a histogram's buckets, sum and count; the earlier ones of a renamed metric
        too."""
        return [
            f"{self.platform.metric_prefix}{name}"
            for version in dict.fromkeys((metric, metric.earlier))
            for name in version.names()
        ]

    def counted_name(self, metric: Metric) -> str:
        """The name of the one series of each label set: the count of a histogram."""
        return f"{self.name(metric)}_count" if isinstance(metric, Histogram) else self.name(metric)

    def metrics_with(self, label: Label) -> list[Metric]:
        """The metrics that have a label."""
        return [metric for metric in self.metrics if label in metric.labels]

    def inputs(self, name: str) -> set[str]:
        """The names of the series that are not recorded, and from which a recorded series is computed; a name that no
        rule records is its own input."""
        pending, seen, result = [name], set[str](), set[str]()
        while pending:
            current = pending.pop()
            if current in seen:
                continue
            seen.add(current)
            rules = self.recorded.get(current, ())
            pending += [name for _, rule in rules for name in names_of(parsed(rule.expr))]
            if not rules:
                result.add(current)
        return result


def subject_of(compiled: Compiled, out: Path) -> Subject:
    """What a build says about the running system. Raises `BuildError` where the output cannot be read."""
    models = [json.loads(text) for path, text in compiled.texts.items() if path.startswith(DASHBOARDS_FOLDER)]
    routes = json.loads(compiled.texts[ROUTES])["routes"]
    receiver = next(each["receiver"] for each in routes if each["labels"]["alertname"] == WATCHDOG)
    lowered = compiled.lowered
    return Subject(
        lowered.platform,
        lowered.definitions.contract,
        built_groups(out),
        {model["uid"]: model for model in models},
        receiver,
        out,
    )
