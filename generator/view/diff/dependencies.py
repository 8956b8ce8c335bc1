"""What rests on what: the series that an expression reads, and those that they are recorded from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cache

from generator.errors import DefinitionError
from generator.promql.parser import name_of, parsed, selectors
from generator.view.diff.snapshot import Key, Panel, Rule, Snapshot

VARIABLE = re.compile(r"\$__(?:interval|rate_interval|range)")
SUFFIX = re.compile(r"_(?:bucket|sum|count)$")
OWN_PANEL = re.compile(r"viewPanel=(?:panel-)?(\d+)")


@dataclass(frozen=True)
class Ground:
    """What everything in a build rests on: `below` maps a recorded series to all those that it is recorded from."""

    build: Snapshot
    below: Mapping[str, Set[str]]

    def under(self, expression: str) -> set[str]:
        """All series that an expression rests on, directly or not; a histogram's under its metric's name as well."""
        found: set[str] = set()
        left: Set[str] = read(expression)
        while left:
            found |= left
            left = {deeper for name in left for deeper in self.below.get(name, ())} - found
        return {SUFFIX.sub("", name) for name in found} | found

    def panels_on(self, series: str) -> dict[Key, Panel]:
        """The panels that rest on a series."""
        return {
            key: panel
            for key, panel in self.build.panels.items()
            if any(series in self.under(query) for query in panel.queries)
        }

    def alerts_on(self, series: str) -> dict[str, Rule]:
        """The alerts that rest on a series."""
        return {key: rule for key, rule in self.build.alerts.items() if series in self.under(rule.expression)}

    def marked(self, alert: Rule) -> Iterator[Key]:
        """Where an alert is seen: the panel that it leads to has a mark where it begins, others count what fires."""
        own = OWN_PANEL.search(str(alert.says.get("annotations", {}).get("dashboard_url", "")))
        yield from (key for key in self.build.panels if own and key[1] == int(own[1]))
        yield from self.panels_on("ALERTS")

    def seen(self, series: str) -> Iterator[Key]:
        """The panels that look different when a series is another: those that rest on it, and those of its alerts."""
        yield from self.panels_on(series)
        for alert in self.alerts_on(series).values():
            yield from self.marked(alert)

    def hits(self, series: str) -> Iterator[str]:
        """Every panel, alert and story that rests on a series."""
        yield from (f"hits panel {panel.place}" for panel in self.panels_on(series).values())
        alerts = self.alerts_on(series)
        yield from (f"hits alert {key}" for key in alerts)
        told = {rule.name for rule in alerts.values()}
        for name, story in self.build.stories.items():
            if told & {moment["alertname"] for moment in story["alert_rule_test"]}:
                yield f"hits story {name}"


def ground(build: Snapshot) -> Ground:
    """The ground of a build."""
    below: dict[str, set[str]] = {}
    for rule in build.recorded.values():
        below.setdefault(rule.name, set()).update(read(rule.expression))
    return Ground(build, below)


@cache
def read(expression: str) -> frozenset[str]:
    """The names of all series that an expression reads; none where it is no PromQL: its panel tells that."""
    try:
        return frozenset(map(name_of, selectors(parsed(VARIABLE.sub("5m", expression)))))
    except DefinitionError:
        return frozenset()
