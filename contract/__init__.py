"""THE CONTRACT: what the Workers emit. Every query, rule, alert test, runbook and the Workers' types are compiled from it."""

from contract import ai, api, rag, storage
from generator.dsl.metrics import BuiltIn, CombinedCounter, Metric

AREAS = {"api": api, "ai": ai, "storage": storage, "rag": rag}
"""The modules of the contract, by the name of their file of recording rules."""

METRICS: tuple[Metric, ...] = tuple(x for area in AREAS.values() for x in vars(area).values() if isinstance(x, Metric))
COMBINED_COUNTERS: tuple[CombinedCounter, ...] = tuple(
    x for area in AREAS.values() for x in vars(area).values() if isinstance(x, CombinedCounter)
)
BUILT_IN: tuple[BuiltIn, ...] = tuple(
    x for area in AREAS.values() for x in vars(area).values() if isinstance(x, BuiltIn)
)

ALERTS_SERIES = api.ALERTS.name
"""The series that Prometheus writes for every pending or firing alert."""
WATCHDOG = "Watchdog"
"""The alert that always fires: while it does, alerting works."""


def area_of(name: str) -> str:
    """The area that declares the metric or combined counter of this name. Raises KeyError for an unknown name."""
    for area, module in AREAS.items():
        if any(
            getattr(x, "name", None) == name for x in vars(module).values() if isinstance(x, Metric | CombinedCounter)
        ):
            return area
    raise KeyError(name)
