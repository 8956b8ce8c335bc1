"""The contract: everything that the Workers emit. Queries, rules, alert tests and types are compiled from it."""

from contract import ai, api, rag, storage
from generator.dsl.metrics import BuiltIn, CombinedCounter, Metric

AREAS = {"api": api, "ai": ai, "storage": storage, "rag": rag}
"""The modules of the contract by name; the file of recording rules of each has the same name."""

METRICS: tuple[Metric, ...] = tuple(
    item for area in AREAS.values() for item in vars(area).values() if isinstance(item, Metric)
)
COMBINED_COUNTERS: tuple[CombinedCounter, ...] = tuple(
    item for area in AREAS.values() for item in vars(area).values() if isinstance(item, CombinedCounter)
)
BUILT_IN: tuple[BuiltIn, ...] = tuple(
    item for area in AREAS.values() for item in vars(area).values() if isinstance(item, BuiltIn)
)

ALERTS_SERIES = api.ALERTS.name
"""The name of the series that Prometheus writes for every pending or firing alert."""
WATCHDOG = "Watchdog"
"""The name of the alert that always fires, so that its absence shows that alerting is broken."""


def area_of(name: str) -> str:
    """The area that declares the metric or combined counter of this name. Raises KeyError for an unknown name."""
    for area, module in AREAS.items():
        declared = (item for item in vars(module).values() if isinstance(item, Metric | CombinedCounter))
        if any(item.name == name for item in declared):
            return area
    raise KeyError(name)
