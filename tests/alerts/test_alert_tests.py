"""Every alert test, run by promtool on the rules in `out/`; and every alert has a test of each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest

from generator.checks.registry import coverage_problems
from generator.config.load import load
from generator.definitions import load_definitions
from generator.dsl.alert_test import AlertTest, NotPossible
from generator.dsl.platform import Platform
from generator.external.promtool import Promtool, RuleTestResult
from generator.lowering.lower import lower
from generator.rendering.alert_tests import BuiltTest, file_name

Results = Callable[[Path], Mapping[str, RuleTestResult]]
ALERT_TESTS = load_definitions().alert_tests


def qualified_id(alert_test: AlertTest) -> str:
    """The name of an alert test in pytest's report: errors.one_tenant_fails."""
    return f"{alert_test.module.rpartition('.')[2]}.{alert_test.id}"


@pytest.fixture(scope="module")
def shipped(root: Path) -> Platform:
    """The platform of `out/`."""
    return load(root / "platform.yaml")


@pytest.fixture(scope="module")
def results(promtool: Promtool) -> Results:
    """promtool's results of a test file, by the ids of its tests; each file runs once."""

    @cache
    def of_file(path: Path) -> Mapping[str, RuleTestResult]:
        return {result.name: result for result in promtool.test_rules([path]).results} if path.exists() else {}

    return of_file


@pytest.mark.parametrize("alert_test", ALERT_TESTS, ids=qualified_id)
def test_an_alert_test_passes(alert_test: AlertTest, results: Results, shipped: Platform, root: Path) -> None:
    """The rules fire exactly the expected alerts, with the expected labels and annotations, at the expected times."""
    built = alert_test.build(shipped)
    if isinstance(built, NotPossible):
        pytest.skip(built.reason)
    scenario = BuiltTest(alert_test, built, alert_test.claim_of(built))
    path = root / "out" / "tests" / f"{file_name(scenario.module, scenario.interval)}.yaml"
    result = results(path).get(alert_test.id)
    assert result is not None, f"{path} has no {alert_test.id}: run make build"
    if result.failures:
        pytest.fail(f"{scenario.claim}\n" + "\n".join(result.failures), pytrace=False)


def test_every_alert_has_a_test_of_each_kind(platform: Platform) -> None:
    """No rule lacks a test of any kind that is applicable to it."""
    assert coverage_problems(lower(platform, load_definitions())) == []
