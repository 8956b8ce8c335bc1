"""The contract of a build: everything that is declared in its modules, by area."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import field, replace
from datetime import date
from functools import cached_property
from typing import TypeAlias, TypeVar

from generator.dsl.built_in import BuiltIn
from generator.dsl.labels import Label
from generator.dsl.log import LogField
from generator.dsl.metrics import CombinedCounter, Counter, Metric, uses
from generator.dsl.observations import Observations
from generator.dsl.query import Readable
from generator.frozen import frozen
from generator.project import default_path

Declared: TypeAlias = Metric | CombinedCounter | BuiltIn
T = TypeVar("T", bound=Readable)


@frozen(eq=False)
class Contract:
    """What is declared, by area: the file of recording rules of each area has its name. `labels` are all labels, in
    their order in the names of recorded series. `places` are the files of the declarations, by their names.
    `complete` is the contract with the metrics of all stores, where this one lacks some. `log_fields` are those of a
    log line, where a project extends the default ones. `earlier_names` are those of the metrics that are declared by
    them here, by their new names."""

    areas: Mapping[str, tuple[Declared, ...]]
    labels: tuple[Label, ...]
    places: Mapping[str, str] = field(default_factory=dict)
    complete: Contract | None = None
    log_fields: tuple[LogField, ...] = ()
    earlier_names: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def declared(self) -> tuple[Declared, ...]:
        """All metrics, then all combined counters, then all built-in series."""
        return (*self.metrics, *self.combined_counters, *self.built_in)

    @cached_property
    def metrics(self) -> tuple[Metric, ...]:
        """All metrics, in the order of their areas."""
        return tuple(item for area in self.areas.values() for item in area if isinstance(item, Metric))

    @cached_property
    def combined_counters(self) -> tuple[CombinedCounter, ...]:
        """All combined counters, in the order of their areas."""
        return tuple(item for area in self.areas.values() for item in area if isinstance(item, CombinedCounter))

    @cached_property
    def built_in(self) -> tuple[BuiltIn, ...]:
        """All series that Prometheus itself writes."""
        return tuple(item for area in self.areas.values() for item in area if isinstance(item, BuiltIn))

    @cached_property
    def _by_name(self) -> Mapping[str, Declared]:
        declared = {item.name: item for item in self.declared}
        return declared | {name: declared[earlier] for name, earlier in self.earlier_names.items()}

    @cached_property
    def _areas_of_names(self) -> Mapping[str, str]:
        return {item.name: area for area, items in reversed([*self.areas.items()]) for item in items}

    def current(self, metric: T) -> T:
        """What this contract declares in place of a metric: the one of its name, which a project may have replaced;
        the metric itself where it declares none."""
        if isinstance(metric, Observations):
            histogram = self.current(metric.histogram)
            return metric if histogram is metric.histogram else replace(metric, histogram=histogram)
        declared = self._by_name.get(metric.name)
        return declared if isinstance(declared, type(metric)) else metric

    def of_stores(self, stores: Collection[str]) -> Contract:
        """The contract of a platform with these stores: without the metrics of others, and with combined counters of
        what remains."""
        complete = self.complete or self
        areas = {area: tuple(_of_stores(declared, stores)) for area, declared in complete.areas.items()}
        pairs = ((areas[area], declared) for area, declared in complete.areas.items())
        is_complete = all(list(map(id, reduced)) == list(map(id, declared)) for reduced, declared in pairs)
        return complete if is_complete else replace(self, areas=areas, complete=complete)

    def with_labels(self, added: Mapping[str, tuple[Label, ...]]) -> Contract:
        """The contract whose metrics of these names have these labels, too."""
        if not any(added.values()):
            return self
        areas = {area: tuple(_with_labels(item, added) for item in items) for area, items in self.areas.items()}
        new = dict.fromkeys(label for labels in added.values() for label in labels)
        complete = self.complete and self.complete.with_labels(added)
        return replace(self, areas=areas, labels=(*self.labels[:-1], *new, self.labels[-1]), complete=complete)

    def with_earlier_names(self) -> Contract:
        """The contract whose renamed metrics have the names that they had, and answer to both."""
        names = {metric.name: metric.earlier.name for metric in self.metrics if metric.renamed_from is not None}
        areas = {area: tuple(map(_earlier, items)) for area, items in self.areas.items()}
        return replace(self, areas=areas, earlier_names=names) if names else self

    def ended_renames(self, today: date) -> dict[str, str]:
        """What to remove of renames whose time is over, by the places of their metrics."""
        return {
            self.place_of(metric): f"the earlier name {renamed.name} was to be read until {renamed.until}"
            for metric in self.metrics
            if (renamed := metric.renamed_from) is not None and renamed.until <= today
        }

    def area_of(self, name: str) -> str:
        """The area that declares what has this name. Raises KeyError for an unknown name."""
        return self._areas_of_names[name]

    def place_of(self, declared: Declared) -> str:
        """Where it is declared, for messages: contract/api.py requests_total."""
        return self.place_of_name(declared.name)

    def place_of_name(self, name: str) -> str:
        """Where what has this name is declared, for messages. Raises KeyError for an unknown name."""
        file = self.places.get(name) or default_path(f"contract/{self.area_of(name)}.py")
        return f"{file} {name}"


def _of_stores(declared: Iterable[Declared], stores: Collection[str]) -> Iterator[Declared]:
    for item in declared:
        reduced = item.of_stores(stores) if isinstance(item, CombinedCounter) else item
        if reduced is not None and (not isinstance(reduced, Metric) or uses(stores, reduced)):
            yield reduced


def _with_labels(item: Declared, added: Mapping[str, tuple[Label, ...]]) -> Declared:
    if isinstance(item, CombinedCounter):
        counters = (
            replace(each.counter, labels=(*each.counter.labels, *added.get(each.counter.name, ())))
            for each in item.members
        )
        pairs = zip(item.members, counters, strict=True)
        return replace(item, members=tuple(replace(member, counter=counter) for member, counter in pairs))
    return replace(item, labels=(*item.labels, *added[item.name])) if added.get(item.name) else item


def _earlier(item: Declared) -> Declared:
    if isinstance(item, CombinedCounter):
        counters = (each.counter.earlier for each in item.members)
        pairs = zip(item.members, counters, strict=True)
        return replace(
            item,
            members=tuple(
                replace(member, counter=counter) if isinstance(counter, Counter) else member
                for member, counter in pairs
            ),
        )
    return item.earlier if isinstance(item, Metric) else item


def declarations(values: Iterable[object]) -> tuple[Declared, ...]:
    """The metrics, combined counters and built-in series of a module's values, in their order."""
    return tuple(value for value in values if isinstance(value, Metric | CombinedCounter | BuiltIn))
