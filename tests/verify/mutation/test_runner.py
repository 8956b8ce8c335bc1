"""The court: promtool runs an alert's stories on wrong rules, and says which story noticed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from generator.errors import BuildError
from generator.external.promtool import Promtool
from generator.ir.build import Compiled
from generator.ir.expression import Selector
from generator.verify.mutation.mutants import Mutant, mutants
from generator.verify.mutation.runner import Court, Judged

RULE = "Sours (ticket)"


def judged(built: Compiled, promtool: Promtool, *keys: str) -> list[Judged]:
    """The verdicts on the mutants of these keys, in this order."""
    by_key = {one.key: one for one in mutants(built.lowered)}
    return list(Court(built, promtool).judge([by_key[key] for key in keys]))


def test_what_a_story_notices(small: Compiled, promtool: Promtool) -> None:
    """A comparison turned round silences the alert, so the story that hears it fails, and is named."""
    (one,) = judged(small, promtool, f"{RULE}: > → <")
    assert (one.noticed_by, one.survived) == ("a_tenth_fails", False)


def test_what_no_story_notices(small: Compiled, promtool: Promtool) -> None:
    """The story is of 10 %: whether the ceiling is at 2 or at 2.5 %, it cannot tell."""
    (one,) = judged(small, promtool, f"{RULE}: > 0.02 → 0.025")
    assert (one.noticed_by, one.survived) == ("", True)


def test_a_recorded_series_is_judged_by_the_alerts_above_it(small: Compiled, promtool: Promtool) -> None:
    """Ten minutes of errors over five of requests are another share; the largest of one series is its sum."""
    name = "route_service:errors_total:increase5m"
    longer, largest = judged(small, promtool, f"{name}: [5m] → [10m]", f"{name}: sum → max")
    assert (longer.noticed_by, largest.noticed_by) == ("a_tenth_fails", "")


def test_verdicts_come_in_the_order_of_the_mutants(small: Compiled, promtool: Promtool) -> None:
    """Several are judged at once, and told as they were given."""
    keys = [f"{RULE}: owner → nobody", f"{RULE}: > → >=", f"{RULE}: severity → page"]
    assert [(one.mutant.key, one.survived) for one in judged(small, promtool, *keys)] == [
        (keys[0], False),
        (keys[1], True),
        (keys[2], False),
    ]


def test_the_right_rules_pass(small: Compiled, promtool: Promtool) -> None:
    """A mutant that is none survives: stories do not fail of themselves."""
    right = Mutant(RULE, "as it is", small.lowered, ("Sours",))
    assert [one.survived for one in Court(small, promtool).judge([right])] == [True]


def test_a_rule_that_cannot_be_loaded_is_noticed(small: Compiled, promtool: Promtool) -> None:
    """What is no PromQL fails every story: nobody could deploy that."""
    (alert,) = small.lowered.alerts
    broken = replace(small.lowered, alerts=(replace(alert, expression=Selector("no name")),))
    (one,) = Court(small, promtool).judge([Mutant(RULE, "no name", broken, ("Sours",))])
    assert one.noticed_by == "a_tenth_fails"


def test_a_promtool_that_fails_is_no_verdict(small: Compiled, promtool: Promtool) -> None:
    """A promtool that is not there notices nothing: it is a fault, or all mutants would seem to be noticed."""
    right = Mutant(RULE, "as it is", small.lowered, ("Sours",))
    with pytest.raises(BuildError, match="it cannot be started"):
        list(Court(small, replace(promtool, path=Path("no-promtool"))).judge([right]))


@pytest.mark.parametrize("workers", [1, 3])
def test_no_verdict_depends_on_how_many_are_judged_at_once(small: Compiled, promtool: Promtool, workers: int) -> None:
    """One worker or three: four mutants of a threshold, of which the first alone is noticed."""
    first = [one for one in mutants(small.lowered) if one.rule == RULE][:4]
    assert [one.how for one in first] == ["> → <", "> → >=", "> 0.02 → 0.016", "> 0.02 → 0.025"]
    verdicts = Court(small, promtool).judge(first, workers)
    assert [one.survived for one in verdicts] == [False, True, True, True]
