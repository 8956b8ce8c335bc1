"""Queries of dashboards as Prometheus gets them: Grafana's variables and windows filled in, in one pass."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from generator.errors import DefinitionError, did_you_mean

SPECIAL = re.compile(r"[\\^$*+?.()|\[\]{}/]")
HOLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<format>\w+))?\}|\$(?P<word>\w+)")
WINDOWS = {"__interval": "1m", "__rate_interval": "5m", "__range": "6h"}
"""Windows that a reader could have picked."""


def escaped(value: str) -> str:
    """A value in Grafana's format `regex`: a backslash before each sign of a regular expression, and each slash."""
    return SPECIAL.sub(lambda found: "\\" + found[0], value)


def picked(values: Sequence[str]) -> str:
    """One value, or several as alternatives, as Grafana's format `regex` writes them."""
    return escaped(values[0]) if len(values) == 1 else f"({'|'.join(map(escaped, values))})"


def filled(query: str, values: Mapping[str, Sequence[str]]) -> str:
    """A query with the values picked for each variable. Refuses a variable that there is not, or that is not escaped:
    a value with a quote or a bracket would break the query."""

    def fill(found: re.Match[str]) -> str:
        name = found["name"] or found["word"]
        if found["word"] in WINDOWS:
            return WINDOWS[name]
        if name not in values:
            raise DefinitionError(f"nothing fills the variable {found[0]}", did_you_mean(name, [*values, *WINDOWS]))
        if found["format"] != "regex":
            raise DefinitionError(f"the values of {found[0]} are not escaped", f"write ${{{name}:regex}}")
        return picked(values[name])

    return HOLE.sub(fill, query)
