"""Splits groups of rules that have more rules than a ruler takes.

A ruler evaluates the rules of a group one after the other, and groups at the same time. So rules that read one another
stay in one group. Where there are too many of them, a later group reads what an earlier one recorded: in the same
evaluation, or in the one before, which is as old as between any two groups.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TypeVar

from generator.errors import BuildError, Problem
from generator.ir.expression import is_constant, series_names
from generator.ir.rules import GROWTH_INTERVAL, RecordingRule

Rule = TypeVar("Rule")


def numbered(name: str, count: int) -> tuple[str, ...]:
    """The names of the parts of a group; its own name where it is not split."""
    return (name,) if count == 1 else tuple(f"{name}-{number:02d}" for number in range(1, count + 1))


def slices(rules: Sequence[Rule], limit: int | None) -> list[tuple[Rule, ...]]:
    """Rules in their order, in parts of at most `limit`, about as long; None for no limit."""
    if limit is None or len(rules) <= limit:
        return [tuple(rules)]
    count = -(-len(rules) // limit)
    bounds = [number * len(rules) // count for number in range(count + 1)]
    return [tuple(rules[start:end]) for start, end in itertools.pairwise(bounds)]


def split(rules: Sequence[RecordingRule], limit: int | None) -> list[tuple[RecordingRule, ...]]:
    """The rules of a group, each after those that it reads, in parts of at most `limit`. Rules that read one another
    are in one part, or else in parts of their own, in their order.

    Raises BuildError where growth and its cursors do not fit into one: growth is right only in the evaluation that
    recorded the cursor.
    """
    if limit is None or len(rules) <= limit:
        return [tuple(rules)]
    parts: list[list[int]] = [[]]
    for component in _components(rules):
        if len(component) > limit:
            if rules[component[0]].interval == GROWTH_INTERVAL:
                raise BuildError([_problem(rules[component[0]], len(component), limit)])
            # What would fill up a part before or after them could be read by none of them.
            parts += [list(part) for part in slices(component, limit)] + [[]]
        elif len(parts[-1]) + len(component) > limit:
            parts.append(list(component))
        else:
            parts[-1] += component
    return [tuple(rules[index] for index in sorted(part)) for part in parts if part]


def check_count(names: Sequence[str], limit: int | None) -> None:
    """Raise BuildError for more groups than a ruler takes; None for no limit."""
    if limit is not None and len(names) > limit:
        what = f"{len(names)} groups of rules are more than the {limit} that the backend's ruler takes"
        hint = f"raise the ruler's limit, and write it in the platform file: ruler_limits: {{groups: {len(names)}}}"
        raise BuildError([Problem("the rules", what, hint)])


def _components(rules: Sequence[RecordingRule]) -> Iterator[list[int]]:
    """The indexes of the rules that read one another, in order, by the first of each."""
    of_name: dict[str, list[int]] = {}
    for index, rule in enumerate(rules):
        of_name.setdefault(rule.name, []).append(index)
    parent = list(range(len(rules)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for index, rule in enumerate(rules):
        for name in () if is_constant(rule.expression) else series_names(rule.expression):
            for other in of_name.get(name, ()):
                first, last = sorted((root(index), root(other)))
                parent[last] = first
    components: dict[int, list[int]] = {}
    for index in range(len(rules)):
        components.setdefault(root(index), []).append(index)
    yield from components.values()


def _problem(rule: RecordingRule, count: int, limit: int) -> Problem:
    what = f"{count} rules that read one another do not fit into a group of {limit}"
    hint = f"raise the ruler's limit, and write it in the platform file: ruler_limits: {{rules_per_group: {count}}}"
    return Problem(f"the rules of {rule.name}", what, hint)
