"""Limits: what the platform promises or grants; a default and overrides that are data, never rules of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from generator.dsl.labels import Label
from generator.dsl.units import Quantity, Unit
from generator.errors import DefinitionError

if TYPE_CHECKING:
    from generator.dsl.measure import Measure


@dataclass(frozen=True)
class Limit:
    """A limit that may differ from one to another: `default` for whom `overrides` does not list (None: no limit)."""

    name: str
    unit: Unit
    default: Quantity | None
    overrides: Mapping[str, Quantity] = field(default_factory=dict)

    def per(self, label: Label, among: Measure | None = None) -> LimitPer:
        """The limit of each value of a label. A default needs `among`: the measure whose series say who there is."""
        if self.default is not None and among is None:
            raise DefinitionError(
                f"the default of {self.name} reaches nobody", "say among whom: .per(LABEL, among=measure)"
            )
        if among is not None and among.group != (label,):
            raise DefinitionError(
                f"{self.name} per {label.name} among series told otherwise", f"tell `among` by {label.name} alone"
            )
        return LimitPer(self, label, among)


@dataclass(frozen=True)
class LimitPer:
    """A limit per value of a label, as a series that an alert or a panel joins."""

    limit: Limit
    label: Label
    among: Measure | None

    @property
    def unit(self) -> Unit:
        """The unit of the limit."""
        return self.limit.unit

    @property
    def series(self) -> str:
        """The name of the recorded series that holds every limit."""
        return f"{self.label.name}:{self.limit.name}:limit"

    def of(self, value: str) -> Quantity | None:
        """The limit of one value of the label."""
        return self.limit.overrides.get(value, self.limit.default)
