"""Queries and conditions as comparable values: their own `==` is refused, because definitions must not use it."""

from __future__ import annotations

from generator.dsl.query import Condition, Query, Rule


def tree(value: Query | Condition | Rule) -> str:
    """The class and all fields of a query, condition or rule and of everything in it."""
    return repr(value)
