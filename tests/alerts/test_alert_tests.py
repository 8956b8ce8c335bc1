"""Every story, judged by promtool on the rules that are shipped; and whether every alert has all of its stories.

A story that does not hold for the shipped platform, since `platform.yaml` has other numbers by now than the one that it
is told in, is judged on the rules of that one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest

from generator.checks.registry import broken_in_stories
from generator.definitions import load_definitions
from generator.dsl.alert_test import AlertTest
from generator.dsl.platform import Platform
from generator.external.promtool import Promtool, Verdict
from generator.ir.build import Compiled
from generator.pipeline import TEST_PLATFORM, build, compiled
from generator.rendering.alert_tests import Scene, file_name

Verdicts = Callable[[Path], Mapping[str, Verdict]]
STORIES = load_definitions().alert_tests


def named(alert_test: AlertTest) -> str:
    """A story's name in a report of tests: errors.one_tenant_sours."""
    return f"{alert_test.module.rpartition('.')[2]}.{alert_test.name}"


@pytest.fixture(scope="module")
def shipped(root: Path) -> Compiled:
    """What `platform.yaml` says now."""
    return compiled(root / "platform.yaml")


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of the platform that stories are told in."""
    out = tmp_path_factory.mktemp("planned") / "out"
    build(TEST_PLATFORM, out)
    return out


@pytest.fixture(scope="module")
def verdicts(promtool: Promtool) -> Verdicts:
    """promtool's verdicts on a test file, by the stories' names; each file is judged once, when asked for."""

    @cache
    def of(path: Path) -> Mapping[str, RuleTestResult]:
        return {one.name: one for one in promtool.test_rules([path]).results} if path.exists() else {}

    return of


@pytest.mark.parametrize("story", STORIES, ids=named)
def test_story(
    alert_test: AlertTest, verdicts: Verdicts, platform: Platform, shipped: Compiled, root: Path, planned: Path
) -> None:
    """What the shipped rules tell of the story's traffic is what the story says, to the letter and to the minute."""
    scene = Scene(alert_test, alert_test.build(platform))
    out = root / "out" if alert_test in shipped.lowered.definitions.alert_tests else planned
    path = out / "tests" / f"{file_name(scene.family, scene.scenario.evaluation_interval)}.yaml"
    verdict = verdicts(path).get(alert_test.name)
    assert verdict is not None, f"{path} has no {alert_test.name}: run make build"
    if verdict.failures:
        pytest.fail(f"{alert_test.claim}\n" + "\n".join(verdict.failures), pytrace=False)


def test_every_alert_has_its_stories() -> None:
    """No rule lacks a story of any kind, unless the kind is declared senseless for it."""
    assert broken_in_stories(compiled(TEST_PLATFORM).lowered) == []
