"""Grafana's variable interpolation, as its documentation describes it, implemented independently for the tests."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

SPECIAL_CHARACTERS = re.compile(r"[\\^$*+?.()|\[\]{}/]")
MACROS = {"$__interval": "5m0s", "$__rate_interval": "1m0s", "$__range": "6h"}


def escaped(value: str) -> str:
    """A value in the format `regex`: special characters of regular expressions have a backslash before them."""
    return SPECIAL_CHARACTERS.sub(lambda match: "\\" + match[0], value)


def alternatives(values: Sequence[str]) -> str:
    """One value, or several as alternatives of a regular expression."""
    return escaped(values[0]) if len(values) == 1 else f"({'|'.join(map(escaped, values))})"


def interpolated(query: str, values: Mapping[str, Sequence[str]]) -> str:
    """A query with the values of its variables, inserted in one pass, and then with those of the duration macros."""
    text = re.sub(r"\$\{(\w+):regex\}", lambda match: alternatives(values[match[1]]), query)
    for macro, window in MACROS.items():
        text = text.replace(macro, window)
    return text


def double_quoted(query: str) -> str:
    """The same query without raw strings: promql-parser reads a backslash in them wrongly."""
    return re.sub(r"`([^`]*)`", lambda match: json.dumps(match[1], ensure_ascii=False), query)
