"""Every story, judged by promtool on the rules that are shipped; and whether every alert has all of its stories."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest

from generator.build import compiled
from generator.definitions import load_definitions
from generator.emit.stories import Scene, file_name
from generator.lang.platform import Platform
from generator.lang.story import Story
from generator.laws.every import broken_in_stories
from generator.promtool import Promtool, Verdict

Verdicts = Callable[[str], Mapping[str, Verdict]]
STORIES = load_definitions().stories


def named(story: Story) -> str:
    """A story's name in a report of tests: errors.one_tenant_sours."""
    return f"{story.module.rpartition('.')[2]}.{story.name}"


@pytest.fixture(scope="module")
def verdicts(root: Path, promtool: Promtool) -> Verdicts:
    """promtool's verdicts on a shipped test file, by the stories' names; each file is judged once, when asked for."""

    @cache
    def of(file: str) -> Mapping[str, Verdict]:
        path = root / "out" / "tests" / f"{file}.yaml"
        return {one.name: one for one in promtool.test_rules([path]).verdicts} if path.exists() else {}

    return of


@pytest.mark.parametrize("story", STORIES, ids=named)
def test_story(story: Story, verdicts: Verdicts, platform: Platform) -> None:
    """What the shipped rules tell of the story's traffic is what the story says, to the letter and to the minute."""
    scene = Scene(story, story.tells(platform))
    file = file_name(scene.family, scene.plot.every)
    verdict = verdicts(file).get(story.name)
    assert verdict is not None, f"out/tests/{file}.yaml has no {story.name}: run make build"
    if verdict.failures:
        pytest.fail(f"{story.claim}\n" + "\n".join(verdict.failures), pytrace=False)


def test_every_alert_has_its_stories(root: Path) -> None:
    """No rule lacks a story of any kind, unless the kind is declared senseless for it."""
    assert broken_in_stories(compiled(root / "platform.yaml").lowered) == []
