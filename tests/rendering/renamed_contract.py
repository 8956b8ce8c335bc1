"""Definitions whose metrics have earlier names."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from generator.dsl.contract import Declared
from generator.dsl.definitions import Definitions
from generator.dsl.metrics import CombinedCounter, Counter, Metric
from generator.dsl.renames import Renamed

SINCE, UNTIL = date(2026, 11, 1), date(2026, 12, 1)


def earlier(name: str) -> str:
    """The earlier name of a metric in these tests."""
    return f"earlier_{name}"


def with_renames(definitions: Definitions, names: Collection[str] | None = None) -> Definitions:
    """The definitions with metrics that were renamed: those of these names, or all."""

    def renamed(metric: Metric) -> Metric:
        if names is not None and metric.name not in names:
            return metric
        return replace(metric, renamed_from=Renamed(earlier(metric.name), SINCE, UNTIL))

    def current(item: Declared) -> Declared:
        if isinstance(item, CombinedCounter):
            counters = [renamed(member.counter) for member in item.members]
            pairs = zip(item.members, counters, strict=True)
            members = tuple(replace(each, counter=new) for each, new in pairs if isinstance(new, Counter))
            return replace(item, members=members)
        return renamed(item) if isinstance(item, Metric) else item

    contract = definitions.contract
    areas = {area: tuple(map(current, items)) for area, items in contract.areas.items()}
    return replace(definitions, contract=replace(contract, areas=areas))
