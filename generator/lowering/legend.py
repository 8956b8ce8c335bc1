"""What lines and bars are called, and which of their names are known before anything runs."""

from __future__ import annotations

from collections.abc import Sequence

from contract.labels import MODEL, ROUTE, SERVICE
from generator.dsl.label_values import values_of
from generator.dsl.labels import Label
from generator.dsl.measure import Measure
from generator.dsl.platform import Platform

BETWEEN = " · "


def legend(measure: Measure, name: str = "", same: Sequence[Label] = ()) -> str:
    """What a line is called: its name, and the values of its labels, but not of those that are the same for all."""
    told = [f"{{{{{label.name}}}}}" for label in measure.group if label not in same]
    return BETWEEN.join(([name] if name else []) + told) or "all"


def known_names(group: Sequence[Label], platform: Platform, same: Sequence[Label] = ()) -> tuple[str, ...]:
    """The names of all lines that are told by these labels, where their values are known; nothing where one is open."""
    told = tuple(label for label in group if label not in same)
    if told == (ROUTE, SERVICE):
        return tuple(f"{route}{BETWEEN}{service}" for service, routes in platform.services.items() for route in routes)
    if len(told) != 1:
        return ()
    return tuple(shortened(value, told[0]) for value in _values(told[0], platform))


def left_out(group: Sequence[Label]) -> str:
    """The part of a line's name that says nothing, as a regular expression; empty where there is none."""
    return next((label.prefix for label in group if label.prefix), "")


def shortened(value: str, label: Label) -> str:
    """A value without the part that says nothing."""
    return value.rpartition("/")[2] if label.prefix else value


def _values(label: Label, platform: Platform) -> tuple[str, ...]:
    return tuple(platform.model_prices) if label == MODEL else values_of(label, platform)
