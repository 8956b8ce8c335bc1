"""What Grafana does to a query before Prometheus reads it, as its documentation tells: written anew for the tests."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

SPECIAL = re.compile(r"[\\^$*+?.()|\[\]{}/]")
MACROS = {"$__interval": "5m0s", "$__rate_interval": "1m0s", "$__range": "6h"}


def escaped(value: str) -> str:
    """A value in the format `regex`: every sign of a regular expression has a backslash before it."""
    return SPECIAL.sub(lambda found: "\\" + found[0], value)


def matches_variable(values: Sequence[str]) -> str:
    """One value, or several as alternatives."""
    return escaped(values[0]) if len(values) == 1 else f"({'|'.join(map(escaped, values))})"


def filled(query: str, values: Mapping[str, Sequence[str]]) -> str:
    """A query with its variables filled in, in one pass, and after them the windows."""
    text = re.sub(r"\$\{(\w+):regex\}", lambda found: matches_variable(values[found[1]]), query)
    for macro, window in MACROS.items():
        text = text.replace(macro, window)
    return text


def double_quoted(query: str) -> str:
    """The same query without raw strings, which the parser of PyPI reads wrongly where they hold a backslash."""
    return re.sub(r"`([^`]*)`", lambda found: json.dumps(found[1], ensure_ascii=False), query)
