"""The command: survivors are held against the list, and what a person reads says which story is missing."""

from __future__ import annotations

import re

import pytest

from generator.dsl.alert_test import Coverage
from generator.external.promtool import Promtool
from generator.ir.build import Compiled
from generator.verify.mutation.command import mutate, report
from generator.verify.mutation.mutants import mutants
from generator.verify.mutation.runner import missing

RULE = "Sours (ticket)"
SURVIVORS = [f"{RULE}: > → >=", f"{RULE}: > 0.02 → 0.016", f"{RULE}: > 0.02 → 0.025"]
"""Of the alert itself: its story is of 10 % and of nothing, so the ceiling's neighbourhood is not told."""


def test_survivors_that_nobody_listed_are_told(small: Compiled, promtool: Promtool) -> None:
    """Of the alert's eight mutants, three survive, and the run is not sound."""
    verdict = mutate(small, promtool, {}, only=RULE)
    assert (verdict.judged, verdict.noticed, verdict.sound) == (8, 5, False)
    assert [one.mutant.key for one in verdict.unlisted] == SURVIVORS
    told = report(verdict, small.lowered).splitlines()
    assert [line for line in told if line.startswith("SURVIVED")] == [f"SURVIVED {key}" for key in SURVIVORS]
    assert told[-1] == "8 mutants: 5 noticed, 0 equivalent, 3 survived"


def test_a_survivor_is_told_with_its_diff_and_the_missing_story(small: Compiled, promtool: Promtool) -> None:
    """The lines that differ stand as in the rule file, then what a story must show, and between which values."""
    verdict = mutate(small, promtool, {}, only=RULE)
    told = report(verdict, small.lowered).partition(f"SURVIVED {SURVIVORS[2]}")[2].splitlines()
    changed = [line.strip() for line in told if re.match(r" {4}[-+] ", line)]
    assert [(line[0], line.rpartition(">")[2].strip(' "')) for line in changed] == [("-", "0.02"), ("+", "0.025")]
    wanted = "  a story of Sours is missing that shows: quiet just below, at a value between 0.02 and 0.025"
    assert told[-2] == wanted


def test_listed_survivors_are_sound(small: Compiled, promtool: Promtool) -> None:
    """When the list has all survivors, nothing is left to say."""
    verdict = mutate(small, promtool, dict.fromkeys(SURVIVORS, "Its story is of 10 %."), only=RULE)
    assert verdict.sound
    assert report(verdict, small.lowered) == "8 mutants: 5 noticed, 3 equivalent, 0 survived"


def test_a_stale_list_is_told(small: Compiled, promtool: Promtool) -> None:
    """A listed mutant that is noticed after all, or that there is not, must go off the list."""
    noticed, unknown = f"{RULE}: owner → nobody", "Sours (page): gone"
    verdict = mutate(small, promtool, dict.fromkeys([*SURVIVORS, noticed, unknown], "Once it was so."), only=RULE)
    assert (verdict.stale, verdict.sound) == ((noticed, unknown), False)
    assert [line.partition(": it is")[0] for line in report(verdict, small.lowered).splitlines()[:2]] == [
        f"STALE {noticed}",
        f"STALE {unknown}",
    ]


def test_a_quick_run_judges_one_in_so_many(small: Compiled, promtool: Promtool) -> None:
    """One in four of the alert's eight mutants: the first and the fifth, both noticed."""
    assert [one.how for one in mutants(small.lowered)][:8:4] == [
        "> → <",
        "route_service:errors_total:increase5m → route_service:requests_total:increase5m",
    ]
    verdict = mutate(small, promtool, {}, quick=True, only=RULE, one_in=4)
    assert (verdict.judged, verdict.noticed) == (2, 2)


@pytest.mark.parametrize(
    ("key", "shows"),
    [
        ("RouteDown (page): for 1m → 2m", Coverage.BEFORE_FOR),
        ("RouteDown (page): >= 15 → 12", Coverage.LOW_TRAFFIC),
        ("RouteDown (page): > 0.5 → 0.4", Coverage.BELOW_THRESHOLD),
        ("route_service:errors_total:increase2m: increase → delta", Coverage.COUNTER_RESET),
        ("route_service:errors_total:increase2m: [2m] → [4m]", Coverage.RECOVERS),
        ("route_service:errors_total:increase2m: by without route", Coverage.OTHERS_UNAFFECTED),
        ("service:expected:info{worker-api}: left out", Coverage.FIRES),
    ],
)
def test_the_missing_story_is_named(production: Compiled, key: str, shows: Coverage) -> None:
    """By how a mutant is wrong, the kind of story that would notice it."""
    (one,) = (one for one in mutants(production.lowered) if one.key == key)
    assert missing(one) is shows
