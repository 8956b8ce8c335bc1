"""Labels with their possible values, and matchers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

from generator.dsl.arguments import require, shown
from generator.dsl.conventions import ConventionAttribute, NoCounterpart
from generator.dsl.fields import check_fields
from generator.dsl.operators import NoTruthValue
from generator.dsl.text import require_no_templates, require_no_variables
from generator.errors import DefinitionError
from generator.frozen import frozen


class LabelValues(Enum):
    """Where the possible values of a label are listed."""

    OPEN = "open"
    """Not listed: any value that matches the label's pattern is possible."""
    CONTRACT = "contract"
    """In the contract."""
    SERVICES = "services"
    """In `platform.yaml`, as the services."""
    ROUTES = "routes"
    """In `platform.yaml`, as the routes; and the fallback."""
    STORES = "stores"
    """In the contract; on a platform, those that `platform.yaml` lists as its stores."""
    PLATFORM = "platform"
    """The name of the platform, as `platform.yaml` gives it."""
    CLUSTER = "cluster"
    """The name of the cluster, if `platform.yaml` gives one."""
    SEVERITIES = "severities"
    """In the contract; on a platform, the organisation's names of them, if `platform.yaml` gives some."""


WITH_LIST = (LabelValues.CONTRACT, LabelValues.STORES, LabelValues.SEVERITIES)
"""Where values are, if the contract lists them."""


@frozen
class Label(NoTruthValue):
    """A label of the contract.

    `fallback` is the value of events without one, so that every event is counted. `pattern` is a regular expression for
    the whole value of an open label. `prefix` is a regular expression of the values' common prefix, which
    legends omit. `title` is the heading of the label's column, where it does not follow from the name. `convention` is
    its counterpart in a semantic convention, or why there is none.
    """

    name: str
    help: str
    values: LabelValues = LabelValues.OPEN
    listed: tuple[str, ...] = ()
    fallback: str = ""
    pattern: str = ""
    prefix: str = ""
    title: str = ""
    convention: ConventionAttribute | NoCounterpart | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        require_no_templates("Label", help=self.help)
        require_no_variables(self.title, "Label(title=…)")
        if (self.values in WITH_LIST) != (self.listed != ()):
            what = f"the label {self.name} lists {len(self.listed)} values, and its values are {self.values.name}"
            raise DefinitionError(what, "write values=LabelValues.CONTRACT, listed=(…,) for values of the contract")
        for expression in (self.pattern, self.prefix):
            try:
                re.compile(expression)
            except re.error as error:
                what = f"{expression!r} of the label {self.name} is not a regular expression: {error}"
                raise DefinitionError(what, 'fix the expression, or escape a literal character with "\\"') from None

    def __hash__(self) -> int:
        # No two labels of a contract have one name, and builds look labels up a hundred thousand times.
        return hash(self.name)

    def noun(self) -> str:
        return f"the label {self.name}"

    def instead_of(self, operator: str, other: object) -> str:
        return "name labels one by one, as .by(TENANT, ROUTE)"

    @property
    def constant(self) -> str:
        """The name of its constant in the contract, as hints write it."""
        return self.name.removesuffix("_id").upper()

    @property
    def variable(self) -> str:
        """The name of the label's template variable in dashboards."""
        return self.name.removesuffix("_id")

    @property
    def plural(self) -> str:
        """Its values as texts name them, such as routes."""
        return f"{self.variable.replace('_', ' ')}s"

    def is_(self, value: str) -> Matcher:
        """The matcher `=`. Raises DefinitionError for a value that the contract does not list."""
        return Matcher(self, "=", self.possible(value))

    def is_not(self, value: str) -> Matcher:
        """The matcher `!=`. Raises DefinitionError for a value that the contract does not list."""
        return Matcher(self, "!=", self.possible(value))

    def matches_variable(self, or_absent: bool = False) -> Matcher:
        """The matcher for the value of the label's template variable; with `or_absent`, series without the label match
        too."""
        return Matcher(self, "=~", self.variable, variable=True, or_absent=or_absent)

    def possible(self, value: str) -> str:
        """The value itself. Raises DefinitionError for what is no text, or not one of the values that the contract
        lists."""
        if not isinstance(value, str):
            require((value,), str, f"{self.constant}.is_(…)", "a text", f'write "{value}"')
        if self.listed and value not in self.listed:
            raise DefinitionError(f'label {self.name} has no value "{value}"', f"use one of {', '.join(self.listed)}")
        return value


@frozen
class Matcher(NoTruthValue):
    """A label matcher. With `variable`, the value is the name of a template variable; with `or_absent`, series without
    the label match too."""

    label: Label
    operator: str
    value: str
    variable: bool = False
    or_absent: bool = False

    def noun(self) -> str:
        return "a matcher"

    def instead_of(self, operator: str, other: object) -> str:
        return "name matchers one by one, as .where(LABEL.is_(value), LABEL.is_not(value)): all of them must match"


BUCKET_BOUND = Label("le", "The upper bound of a histogram's bucket.")


def require_labels(values: Iterable[object], known: Iterable[Label], call: str) -> None:
    """Raise DefinitionError unless every argument of a call is a label; the hint names the constants of `known`."""
    for value in values:
        if not isinstance(value, Label):
            constants = {label.name: label.constant for label in known}
            constant = constants.get(str(value)) or " or ".join(constants.values()) or "TENANT"
            hint = f"write {constant}, imported from contract.labels"
            raise DefinitionError(f"{call} takes labels of the contract, not {shown(value)}", hint)
