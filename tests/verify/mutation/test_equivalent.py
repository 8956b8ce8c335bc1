"""The list of equivalent mutants is exact, every entry has a reason, and no other mutant survives."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from generator.external.promtool import Promtool
from generator.ir.build import Compiled
from generator.verify.mutation.command import EQUIVALENT, MutantSelection, equivalent_mutants, format_report, mutate
from generator.verify.mutation.mutants import mutants

SENTENCE = re.compile(r"[A-Z][^.]* [^.]* [^.]*[^. ]\.")
"""At least three words, a capital letter at the start, and one period at the end."""
STEP = 160
"""`make test` tests every 160th mutant; `make mutate` tests them all."""


@pytest.fixture(scope="module")
def equivalent(root: Path) -> Mapping[str, str]:
    """Return the list in the repository."""
    return equivalent_mutants(root / EQUIVALENT)


def test_every_listed_key_is_the_key_of_a_mutant(production: Compiled, equivalent: Mapping[str, str]) -> None:
    """A key without a mutant would hide that a rule was renamed."""
    assert sorted(equivalent.keys() - {mutant.key for mutant in mutants(production.lowered)}) == []


def test_every_reason_is_a_sentence(equivalent: Mapping[str, str]) -> None:
    """Each reason explains why no alert test can kill the mutant."""
    assert [key for key, reason in equivalent.items() if not SENTENCE.fullmatch(reason)] == []


def test_no_key_is_listed_twice(root: Path) -> None:
    """YAML silently uses the last of two equal keys."""
    entries = yaml.compose((root / EQUIVALENT).read_text(encoding="utf-8"))
    assert isinstance(entries, yaml.MappingNode)
    keys = Counter(key.value for key, _ in entries.value)
    assert [key for key, times in keys.items() if times > 1] == []
    assert keys.keys() == equivalent_mutants(root / EQUIVALENT).keys()


def test_no_other_mutant_survives(production: Compiled, promtool: Promtool, equivalent: Mapping[str, str]) -> None:
    """Of every 160th mutant of production, the alert tests kill all that are not listed and none that is."""
    report = mutate(production, promtool, equivalent, MutantSelection(step=STEP))
    assert report.tested > 8
    assert report.passed, format_report(report, production.lowered)
