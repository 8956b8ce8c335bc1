"""The template variables of a dashboard: their values, and the combinations of them that are queried."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from generator.frozen import frozen
from generator.promql.grafana_variables import BUILT_IN_DURATIONS, VARIABLE, filled

ALL = "$__all"
LABEL_VALUES = re.compile(r"label_values\((?P<selector>.+), *(?P<label>\w+)\)", re.DOTALL)
MACROS = {name: f"${name}" for name in BUILT_IN_DURATIONS}
"""Grafana's own variables, which its server replaces, as it knows the step."""

Selection: TypeAlias = Mapping[str, tuple[str, ...]]
"""The selected values of each variable; `(ALL,)` where All is selected."""


@frozen
class QueryVariable:
    """A variable with the values of a label, in Grafana's order. `current` is what a dashboard opens with."""

    name: str
    query: str
    current: tuple[str, ...]
    multi: bool
    all_value: str | None
    values: tuple[str, ...] = ()

    @property
    def source(self) -> tuple[str, str]:
        """The selector and the label whose values it has. ValueError: the query is another one."""
        matched = LABEL_VALUES.fullmatch(self.query)
        if matched is None:
            raise ValueError(f"{self.query} is not label_values(selector, label)")
        return matched["selector"], matched["label"]

    def with_values(self, values: Sequence[str]) -> QueryVariable:
        """With these values. As in Grafana, the first one replaces a current value that is not among them."""
        kept = tuple(value for value in self.current if value in values or value == ALL)
        current = kept or tuple(values[:1]) or self.current
        return QueryVariable(self.name, self.query, current, self.multi, self.all_value, tuple(values))


def variables_of(model: Mapping[str, Any]) -> tuple[QueryVariable, ...]:
    """The variables of a dashboard that are queried."""
    return tuple(
        QueryVariable(
            node["name"],
            node["query"]["query"],
            _as_tuple(node.get("current", {}).get("value", [ALL] if node["includeAll"] else [])),
            node["multi"],
            node.get("allValue") if node["includeAll"] else None,
        )
        for node in model["templating"]["list"]
        if node["type"] == "query"
    )


def _as_tuple(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def opened(variables: Sequence[QueryVariable]) -> Selection:
    """What is selected when the dashboard is opened."""
    return {variable.name: variable.current for variable in variables}


def selections(variables: Sequence[QueryVariable]) -> Iterator[Selection]:
    """The combinations that are queried: as the dashboard opens, then each variable at All, one value and two values,
    while the others stay. A variable that takes one value has its first two values in turn."""
    start = opened(variables)
    yield start
    for variable in variables:
        first, second = variable.values[:1], variable.values[1:2]
        choices: list[tuple[str, ...]] = [(ALL,)] if variable.all_value is not None else []
        choices += [first, first + second if variable.multi else second]
        for choice in choices:
            if choice and choice != start[variable.name]:
                yield {**start, variable.name: choice}


def untried(variables: Sequence[QueryVariable]) -> Iterator[str]:
    """The combinations that the data does not allow: "two values of tenant"."""
    for variable in variables:
        count = len(variable.values)
        if count < 2:
            yield f"{'two values' if count else 'a value'} of {variable.name}"


def as_text(selection: Selection) -> str:
    """A combination for people: "tenant=a, route=All"."""
    return ", ".join(
        f"{name}={'All' if values == (ALL,) else '|'.join(values) or 'nothing'}" for name, values in selection.items()
    )


def interpolated(query: str, selection: Selection, variables: Sequence[QueryVariable]) -> str:
    """A query with the selected values. Raises `DefinitionError` for a variable that the dashboard does not have."""
    whole = {each.name: each.all_value or "" for each in variables if selection[each.name] == (ALL,)}
    values = {name: chosen or ("",) for name, chosen in selection.items() if name not in whole}
    return filled(query, values, {**MACROS, **whole})


def used_in(queries: Sequence[str]) -> frozenset[str]:
    """The names of the variables that queries have."""
    return frozenset(match["name"] or match["word"] for query in queries for match in VARIABLE.finditer(query))
