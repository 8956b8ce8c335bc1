"""The names of series in legends, and which of them are known at build time."""

from __future__ import annotations

from collections.abc import Sequence

from contract.labels import MODEL, ROUTE, SERVICE
from generator.dsl.label_values import values_of
from generator.dsl.labels import Label
from generator.dsl.platform import Platform
from generator.dsl.query import Query

SEPARATOR = " · "


def legend(query: Query, name: str = "", constant_labels: Sequence[Label] = ()) -> str:
    """Grafana's legend format of a series: its name and the values of its labels, without the labels that have the same
    value everywhere on the dashboard."""
    values = [f"{{{{{label.name}}}}}" for label in query.output_labels if label not in constant_labels]
    return SEPARATOR.join(([name] if name else []) + values) or "all"


def known_names(labels: Sequence[Label], platform: Platform, constant_labels: Sequence[Label] = ()) -> tuple[str, ...]:
    """The names of all series that have these labels, where the values are known at build time; empty otherwise."""
    shown = tuple(label for label in labels if label not in constant_labels)
    if shown == (ROUTE, SERVICE):
        return tuple(
            f"{route}{SEPARATOR}{service}" for service, routes in platform.services.items() for route in routes
        )
    if len(shown) != 1:
        return ()
    return tuple(shortened(value, shown[0]) for value in _values(shown[0], platform))


def hidden_name_part(labels: Sequence[Label]) -> str:
    """The part of a series' name that is not shown, as a regular expression; empty where all is shown."""
    return next((label.prefix for label in labels if label.prefix), "")


def shortened(value: str, label: Label) -> str:
    """A value without the part that is not shown."""
    return value.rpartition("/")[2] if label.prefix else value


def _values(label: Label, platform: Platform) -> tuple[str, ...]:
    return tuple(platform.model_prices) if label == MODEL else values_of(label, platform)
