"""Law 1: whatever is read is there, with the labels and the values by which it is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from promql_parser import Expr, Matcher, MatchOp, VectorSelector

from contract.labels import ORDER
from generator.checks.expressions import understood
from generator.checks.operands import missing_labels
from generator.checks.series import Known, known
from generator.errors import Problem, did_you_mean
from generator.ir.build import Compiled
from generator.promql.parser import name_of, nodes, selectors

REGEXES = (MatchOp.Re, MatchOp.NotRe)
SEVERAL = re.compile(r"[^()\[\]\\]*")
"""A regular expression that is one word, or several with bars between them."""
LABELS = {label.name for label in ORDER}


def every_selector_is_known(compiled: Compiled) -> list[Problem]:
    """Every selector names a metric of the contract, a series recorded in `out/` or a built-in one, with labels that
    it has and, where a label is closed, with values that it can have."""
    there = known(compiled)
    return [
        Problem(where, *said)
        for where, expression in understood(compiled)
        for selector in selectors(expression)
        for said in _unknown(selector, there)
    ]


def every_operand_has_its_labels(compiled: Compiled) -> list[Problem]:
    """What an expression groups or matches by, its operands have; two sides that are matched by all labels have the
    same ones, and one side of a match has one series for each of the other's."""
    there = known(compiled)
    return [
        Problem(where, *said)
        for where, expression in understood(compiled)
        for node in nodes(expression)
        for said in missing_labels(node, there.labels)
    ]


def every_set_label_is_known(compiled: Compiled) -> list[Problem]:
    """A label that a rule sets is one of the contract, and its value one that it can have."""
    values = known(compiled).values
    return [
        Problem(f"prometheus/rules/{file.name}.yaml {rule.name}", *said)
        for file in compiled.files
        for group in file.groups
        for rule in group.rules
        for label, value in rule.labels.items()
        for said in _unset(label, value, values.get(label))
    ]


def _unset(label: str, value: str, possible: frozenset[str] | None) -> Iterator[tuple[str, str]]:
    if label not in LABELS:
        yield f'it sets the label "{label}", which the contract does not have', did_you_mean(label, LABELS)
    elif possible is not None and value not in possible:
        yield f'it sets {label} to "{value}"', did_you_mean(value, possible)


def _unknown(selector: VectorSelector, there: Known) -> Iterator[tuple[str, str]]:
    name = name_of(selector)
    if name not in there.labels:
        yield f'there is no series "{name}"', did_you_mean(name, there.labels)
        return
    told = there.labels[name]
    for matcher in selector.matchers.matchers:
        if matcher.name == "__name__":
            continue
        if told is not None and matcher.name not in told:
            yield f'{name} has no label "{matcher.name}"', did_you_mean(matcher.name, told)
        elif (possible := there.values.get(matcher.name)) is not None:
            yield from _impossible(name, matcher, possible)


def _impossible(name: str, matcher: Matcher, possible: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Values that are asked for and that no series can have. An empty one asks for series without the label."""
    for asked in wanted(matcher):
        if asked and not any(re.fullmatch(asked, value) for value in possible):
            plain = re.sub(r"\\(.)", r"\1", asked)
            yield f'{matcher.name} of {name} is never "{plain}"', did_you_mean(plain, possible)


def wanted(matcher: Matcher) -> tuple[str, ...]:
    """The regular expressions of the values that a matcher names, each for itself where they are plain words."""
    if matcher.op not in REGEXES:
        return (re.escape(matcher.value),)
    return tuple(matcher.value.split("|")) if SEVERAL.fullmatch(matcher.value) else (matcher.value,)


def series_of(expression: Expr) -> set[str]:
    """The names of all series that an expression reads."""
    return {name_of(selector) for selector in selectors(expression)}
