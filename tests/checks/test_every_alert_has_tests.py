"""The stories that are told: true, and one of each kind for every alert."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.checks.alert_tests import stories_are_of_alerts, stories_can_be_told, stories_show_what_they_say
from generator.checks.registry import STORY_LAWS
from generator.dsl.definitions import Definitions
from generator.ir.build import Compiled, Lowered
from tests.checks.builds import said


@pytest.fixture(scope="module")
def firing(built: Compiled, definitions: Definitions) -> Lowered:
    """Production, with all its stories."""
    return replace(built.lowered, definitions=definitions)


def test_every_alert_has_its_stories(firing: Lowered) -> None:
    """Every rule has a story of each kind, or a reason why that kind makes no sense for it."""
    assert said(problem for law in STORY_LAWS for problem in law(firing)) == []


def test_every_story_is_true(firing: Lowered) -> None:
    """Every story can be told, is of an alert that there is, and shows what it says."""
    laws = (stories_can_be_told, stories_are_of_alerts, stories_show_what_they_say)
    assert said(problem for law in laws for problem in law(firing)) == []
