"""The list of mutants that mean the same as the right rule: it is exact, it says why, and no other mutant survives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from generator.external.promtool import Promtool
from generator.ir.build import Compiled
from generator.verify.mutation.command import EQUIVALENT, equivalents, mutate, report
from generator.verify.mutation.mutants import mutants

SENTENCE = re.compile(r"[A-Z][^.]* [^.]* [^.]*[^. ]\.")
"""Three words at least, begun large and ended once."""
ONE_IN = 24
"""`make test` judges one mutant in so many; `make mutate` judges them all."""


@pytest.fixture(scope="module")
def listed(root: Path) -> Mapping[str, str]:
    """The list that is checked in."""
    return equivalents(root / EQUIVALENT)


def test_each_listed_one_is_a_mutant(production: Compiled, listed: Mapping[str, str]) -> None:
    """A key that names no mutant would excuse a rule that was renamed."""
    assert sorted(listed.keys() - {one.key for one in mutants(production.lowered)}) == []


def test_each_reason_is_a_sentence(listed: Mapping[str, str]) -> None:
    """Whoever reads the list can judge the reason."""
    assert [key for key, reason in listed.items() if not SENTENCE.fullmatch(reason)] == []


def test_no_key_is_listed_twice(root: Path) -> None:
    """YAML would silently keep the last."""
    keys = re.findall(r'^"(.*?)": ', (root / EQUIVALENT).read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert sorted(keys) == sorted(equivalents(root / EQUIVALENT))


def test_no_other_mutant_survives(production: Compiled, promtool: Promtool, listed: Mapping[str, str]) -> None:
    """Of every 24th mutant of production, the stories notice all that are not listed, and none that is."""
    verdict = mutate(production, promtool, listed, quick=True, one_in=ONE_IN)
    assert verdict.judged > 20
    assert verdict.sound, report(verdict, production.lowered)
