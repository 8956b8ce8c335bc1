"""The laws of the contract itself, before anything is made from it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from contract import BUILT_IN, COMBINED_COUNTERS, METRICS, area_of
from contract.labels import ORDER
from contract.logs import FIELDS
from generator.dsl.log import LogField, ObjectType
from generator.dsl.metrics import BuiltIn, CombinedCounter, Extension, Metric
from generator.errors import Problem, did_you_mean

Named: TypeAlias = Metric | CombinedCounter | BuiltIn
NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
KEY = re.compile(r"[a-z][a-z0-9_]*")


def contract_faults() -> list[Problem]:
    """All that is wrong with the contract, by every law of this module."""
    named: tuple[Named, ...] = (*METRICS, *COMBINED_COUNTERS, *BUILT_IN)
    laws: tuple[Callable[[Sequence[Named]], list[Problem]], ...] = (
        names_are_unique, names_are_valid, labels_are_known, helps_are_sentences, extensions_have_reasons,
    )  # fmt: skip
    return [problem for law in laws for problem in law(named)] + log_fields_are_sound(FIELDS)


def names_are_unique(named: Sequence[Named]) -> list[Problem]:
    """No two metrics, unions or built-in series share a name, nor the name of a histogram's stored series."""
    given = Counter(name for one in named for name in _stored(one))
    return [
        Problem(_place(one), f'the name "{name}" is given {given[name]} times', "rename all but one")
        for one in named
        for name in _stored(one)
        if given[name] > 1
    ]


def names_are_valid(named: Sequence[Named]) -> list[Problem]:
    """Every name is one that Prometheus takes for a metric and does not keep for recorded series, which bear colons."""
    hint = "write letters, digits and underscores, and no digit first"
    return [
        Problem(_place(one), f'"{one.name}" is no name of a metric', hint)
        for one in named
        if not NAME.fullmatch(one.name)
    ]


def labels_are_known(named: Sequence[Named]) -> list[Problem]:
    """Every label is listed in the contract's order of labels, by a name that Prometheus takes and leaves free."""
    known = {label.name for label in ORDER}
    unknown = [
        Problem(_place(one), f'the label "{label.name}" is not in ORDER', did_you_mean(label.name, known))
        for one in named
        for label in one.labels
        if label not in ORDER
    ]
    hint = "write letters, digits and underscores, and no digit or two underscores first"
    return unknown + [
        Problem(_place(one), f'"{label.name}" is no name of a label', hint)
        for one in named
        for label in one.labels
        if not NAME.fullmatch(label.name) or label.name.startswith("__")
    ]


def helps_are_sentences(named: Sequence[Named]) -> list[Problem]:
    """Every help says something, and ends with a full stop."""
    return [_unsaid(_place(one)) for one in named if not _is_sentence(one.help)]


def extensions_have_reasons(named: Sequence[Named]) -> list[Problem]:
    """Every metric that the plan does not name says why it was added."""
    return [
        Problem(_place(one), "an extension without a reason", "say in Extension(…) what cannot be done without it")
        for one in named
        if isinstance(one, Metric) and isinstance(one.origin, Extension) and not one.origin.reason.strip()
    ]


def log_fields_are_sound(fields: Sequence[LogField]) -> list[Problem]:
    """Every log field has a name of its own in lower case, and a help that ends with a full stop."""
    return list(_field_faults(fields, "contract/logs.py "))


def _field_faults(fields: Sequence[LogField], above: str) -> Iterator[Problem]:
    given = Counter(field.name for field in fields)
    for field in fields:
        where = above + field.name
        if given[field.name] > 1:
            yield Problem(where, f'the name "{field.name}" is given {given[field.name]} times', "rename all but one")
        if not KEY.fullmatch(field.name):
            yield Problem(where, f'"{field.name}" is no name of a field', "write small letters, digits and underscores")
        if not _is_sentence(field.help):
            yield _unsaid(where)
        if isinstance(field.type, ObjectType):
            yield from _field_faults(field.type.fields, f"{where}.")


def _stored(one: Named) -> tuple[str, ...]:
    return tuple(dict.fromkeys((one.name, *one.names()))) if isinstance(one, Metric) else (one.name,)


def _is_sentence(help_: str) -> bool:
    return bool(help_.strip(" .")) and help_.endswith(".")


def _unsaid(where: str) -> Problem:
    return Problem(where, "the help is no sentence", "say what counts, and end with a full stop")


def _place(one: Named) -> str:
    try:
        return f"contract/{area_of(one.name)}.py {one.name}"
    except KeyError:
        return f"contract {one.name}"
