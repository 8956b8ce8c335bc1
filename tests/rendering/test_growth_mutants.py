"""Every small change of the rules that record growth makes an amount of a day wrong, or is listed with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.ai import AI_TOKENS_INPUT
from generator.config.load import load
from generator.definitions import load_definitions
from generator.external.promtool import Promtool
from generator.ir.build import Compiled
from generator.lowering.growth import GROWTH, PARTS, SINCE_BIRTH, operation
from generator.lowering.lower import lower
from generator.project import ROOT
from generator.rendering import promql
from generator.verify.mutation.operators import mutations
from tests.rendering.test_amounts import (
    BY_HAND,
    CASES,
    EVALUATED_EVERY,
    MISSES_EVERY_OTHER,
    by_hand,
    failures_of,
    of_cases,
    rules_of_amounts,
)

COUNTER = f'{AI_TOKENS_INPUT.name}{{platform="production"}}'
EQUIVALENT = {
    (SINCE_BIRTH, f"dropped: {COUNTER} offset 1h"): "It leaves out series that have a cursor, to record few.",
    (SINCE_BIRTH, "[1h] → [2h]"): "A series that is an hour old has a cursor.",
    **{
        (GROWTH, f"[1d] → [2d]{number}"): "No series is silent for more than a day."
        for number in ("", " (number 2)", " (number 3)")
    },
    (GROWTH, "[5m] → [150s]"): "Evaluations are 5 minutes or, in tests, a minute apart.",
    (GROWTH, "< → <= (number 2)"): "A series that did not grow since its last cursor is among those that grew 0.",
    (GROWTH, "> → >="): "Equal means a restart just after the last cursor: all of the cursor has grown since.",
}
"""The changes, by the operation of their rule, that make no amount wrong."""
Mutant = tuple[str, str, str, str]
"""The name of a rule, a change of it, and its expressions before and after."""


def mutants() -> Iterator[Mutant]:
    """The mutants of the rules of input tokens; those of output tokens are alike. Changes of one text are numbered."""
    counts: Counter[tuple[str, str]] = Counter()
    for rule in lower(load(ROOT / "platform.yaml"), load_definitions()).recording_rules:
        of_input = AI_TOKENS_INPUT.name in promql.flat(rule.expression)
        if operation(rule.name) in (GROWTH, *PARTS) and of_input:
            before = promql.text(rule.expression)
            for change, mutated in mutations(rule.expression, lambda _: ()):
                counts[rule.name, change] += 1
                number = counts[rule.name, change]
                numbered = change if number == 1 else f"{change} (number {number})"
                yield rule.name, numbered, before, promql.text(mutated)


def wrong_amounts(mutant: Mutant, build: Compiled, interval: str, folder: Path, promtool: Promtool) -> list[str]:
    """What promtool says of the cases on the rules of a build, of which one is a mutant."""
    name, _, before, after = mutant
    groups = [
        {
            **group,
            "rules": [
                {**rule, "expr": after} if (rule["record"], rule["expr"]) == (name, before) else rule
                for rule in group["rules"]
            ],
        }
        for group in rules_of_amounts(build)
    ]
    assert groups != rules_of_amounts(build)
    misses = interval == MISSES_EVERY_OTHER
    cases = {name: case for name, case in CASES.items() if not (misses and case.within_ticks)}
    hand_worked = (by_hand(name, values) for name, values in BY_HAND.items())
    return failures_of(groups, interval, folder, promtool, of_cases(cases), *hand_worked)


@pytest.mark.sampled(24)
@pytest.mark.parametrize("mutant", [*mutants()], ids=lambda mutant: f"{operation(mutant[0])}: {mutant[1]}")
def test_a_change_makes_an_amount_wrong(
    mutant: Mutant, production: Compiled, promtool: Promtool, tmp_path: Path
) -> None:
    """At one of the intervals between evaluations; a change that is listed as equivalent at none."""
    is_equivalent = (operation(mutant[0]), mutant[1]) in EQUIVALENT
    wrong = any(wrong_amounts(mutant, production, interval, tmp_path, promtool) for interval in EVALUATED_EVERY)
    assert wrong != is_equivalent


def test_every_equivalent_change_exists() -> None:
    """A rule that changes leaves no reason behind."""
    assert {(operation(name), change) for name, change, _, _ in mutants()} >= set(EQUIVALENT)
