"""THE CONTRACT: what the Workers emit. Every query, rule, story, runbook and the Workers' own code come from here."""

from contract import ai, api, rag, storage
from generator.dsl.metric import BuiltIn, Metric, Union

AREAS = {"api": api, "ai": ai, "storage": storage, "rag": rag}
"""The modules of the contract, by the name that files of recorded series bear."""

METRICS: tuple[Metric, ...] = tuple(x for area in AREAS.values() for x in vars(area).values() if isinstance(x, Metric))
UNIONS: tuple[Union, ...] = tuple(x for area in AREAS.values() for x in vars(area).values() if isinstance(x, Union))
BUILT_IN: tuple[BuiltIn, ...] = tuple(
    x for area in AREAS.values() for x in vars(area).values() if isinstance(x, BuiltIn)
)


ALERTS_SERIES = api.ALERTS.name


def area_of(name: str) -> str:
    """The area that declares the metric or union of this name. KeyError for one that none declares."""
    for area, module in AREAS.items():
        if any(getattr(x, "name", None) == name for x in vars(module).values() if isinstance(x, Metric | Union)):
            return area
    raise KeyError(name)
