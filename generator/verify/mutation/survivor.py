"""What a survivor's reader needs: the rule before and after, and the story that would have told them apart."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import unified_diff

from generator.ir.build import Lowered
from generator.rendering.rule_files import rule_files
from generator.rendering.rule_yaml import rules
from generator.verify.mutation.mutants import Mutant
from generator.verify.mutation.runner import missing

NUMBERS = re.compile(r"(?P<right>\d[\d.e+-]*) → (?P<wrong>\d[\d.e+-]*)$")


def difference(right: Lowered, mutant: Mutant) -> list[str]:
    """The lines of a unified diff from the right rule files to the mutant's, of those that differ."""
    before, after = _texts(right), _texts(mutant.wrong)
    return [
        line for path in sorted(before | after) for line in _of_file(path, before.get(path, ""), after.get(path, ""))
    ]


def story_wanted(mutant: Mutant) -> str:
    """The story that is missing, in words; where a number is wrong, with the values between which it must tell."""
    numbers = NUMBERS.search(mutant.how)
    between = ""
    if numbers:
        low, high = sorted((numbers["right"], numbers["wrong"]), key=float)
        between = f", at a value between {low} and {high}"
    return f"a story of {' or '.join(mutant.alerts)} is missing that shows: {missing(mutant).value}{between}"


def _of_file(path: str, before: str, after: str) -> Iterable[str]:
    return unified_diff(before.splitlines(), after.splitlines(), path, path, n=2, lineterm="")


def _texts(lowered: Lowered) -> dict[str, str]:
    return rules(rule_files(lowered.platform, lowered.recording_rules, lowered.alerts, lowered.link))
