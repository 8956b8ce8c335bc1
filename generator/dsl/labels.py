"""Labels: by what a series is told apart, which values it can have, and the matchers that pick some of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from generator.errors import DefinitionError


class Values(Enum):
    """Who says which values a label can have."""

    OPEN = "open"
    """Any value: what the outside sends."""
    CATALOGUE = "catalogue"
    """The ones that the contract lists."""
    SERVICES = "services"
    """The services of `platform.yaml`."""
    ROUTES = "routes"
    """The routes of `platform.yaml`, and the fallback."""


@dataclass(frozen=True)
class Label:
    """A label of the contract.

    `fallback` is the value under which what has none is counted, so that nothing goes uncounted; `pattern` (a regular
    expression, matched whole) bounds what an open label may hold. `prefix` is what values have in common and legends
    leave out: up to the last slash, as a regular expression. `title` heads its column, where its name would not do.
    """

    name: str
    help: str
    values: Values = Values.OPEN
    listed: tuple[str, ...] = ()
    fallback: str = ""
    pattern: str = ""
    prefix: str = ""
    title: str = ""

    @property
    def variable(self) -> str:
        """The name of the dashboards' variable that picks it."""
        return self.name.removesuffix("_id")

    def is_(self, value: str) -> Matcher:
        """Only the series whose label is exactly this. Refuses a value that the contract does not list."""
        return Matcher(self, "=", self._listed(value))

    def is_not(self, value: str) -> Matcher:
        """All series but those whose label is exactly this. Refuses a value that the contract does not list."""
        return Matcher(self, "!=", self._listed(value))

    def picked(self, absent: bool = False) -> Matcher:
        """The series that the dashboard's variable of this label's name picks; with `absent`, those without it too."""
        return Matcher(self, "=~", self.variable, variable=True, absent=absent)

    def _listed(self, value: str) -> str:
        if self.values is Values.CATALOGUE and value not in self.listed:
            raise DefinitionError(f'label {self.name} has no value "{value}"', f"use one of {', '.join(self.listed)}")
        return value


@dataclass(frozen=True)
class Matcher:
    """One condition on one label. With `variable`, the value is the name of a dashboard's variable; with `absent`,
    series without the label match too."""

    label: Label
    operator: str
    value: str
    variable: bool = False
    absent: bool = False


BUCKET_BOUND = Label("le", "A histogram's bucket holds what is at most this.")
