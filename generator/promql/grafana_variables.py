"""Queries of dashboards as Prometheus gets them: with the values of Grafana's variables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from generator.errors import DefinitionError, did_you_mean

REGEX_CHARACTER = re.compile(r"[\\^$*+?.()|\[\]{}/]")
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<format>\w+))?\}|\$(?P<word>\w+)")
BUILT_IN_DURATIONS = {"__interval": "1m", "__rate_interval": "5m", "__range": "6h"}
"""Grafana's own variables, with the values of a time range of six hours."""


def escaped(value: str) -> str:
    """A value in Grafana's format `regex`: a backslash before every character with a meaning in a regular expression,
    and before every slash."""
    return REGEX_CHARACTER.sub(lambda character: "\\" + character[0], value)


def as_regex(values: Sequence[str]) -> str:
    """One value, or several as alternatives, in Grafana's format `regex`."""
    return escaped(values[0]) if len(values) == 1 else f"({'|'.join(map(escaped, values))})"


def filled(query: str, values: Mapping[str, Sequence[str]], texts: Mapping[str, str] = BUILT_IN_DURATIONS) -> str:
    """A query with the values of its variables, replaced in one pass as in Grafana. `texts` are inserted as they are:
    Grafana's own variables, and what stands for All. Raises DefinitionError for a variable without values, and for one
    that is not escaped: a quote or a bracket in a value would break the query."""

    def fill(variable: re.Match[str]) -> str:
        name = variable["name"] or variable["word"]
        if name in texts:
            return texts[name]
        if name not in values:
            hint = did_you_mean(name, [*values, *texts])
            raise DefinitionError(f"the dashboard has no variable {variable[0]}", hint)
        if variable["format"] != "regex":
            raise DefinitionError(f"the values of {variable[0]} are not escaped", f"write ${{{name}:regex}}")
        return as_regex(values[name])

    return VARIABLE.sub(fill, query)
