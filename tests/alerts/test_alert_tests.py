"""Every alert test, run by promtool on the rules in `out/`; and every alert has a test of each kind."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from generator.checks.registry import coverage_problems
from generator.config.load import load
from generator.definitions import load_definitions
from generator.dsl.alert_test import AlertTest, NotPossible
from generator.dsl.platform import Platform
from generator.external.promtool import Promtool, RuleTestResult
from generator.lowering.alert_settings import with_alert_settings
from generator.lowering.lower import lower
from generator.rendering.alert_tests import BuiltTest, file_name
from tests.alerts.alert_test_results import alert_test_results

Results = Mapping[tuple[str, str], RuleTestResult]
ALERT_TESTS = load_definitions().alert_tests


def qualified_id(alert_test: AlertTest) -> str:
    """The name of an alert test in pytest's report: errors.one_tenant_fails."""
    return f"{alert_test.module.rpartition('.')[2]}.{alert_test.id}"


@pytest.fixture(scope="module")
def shipped(root: Path) -> Platform:
    """The platform of `out/`."""
    return load(root / "platform.yaml")


@pytest.fixture(scope="module")
def results(promtool: Promtool, root: Path) -> Results:
    """promtool's results of the tests in `out/`, by the names of their files and by their ids."""
    return {(Path(each.file).stem, each.name): each for each in alert_test_results(root / "out", promtool)}


@pytest.fixture(scope="module")
def possible(shipped: Platform) -> set[str]:
    """The names of the alert tests that are not of a store or a file of overrides that the platform of `out/` does not
    have."""
    definitions = with_alert_settings(shipped, load_definitions())
    return set(map(qualified_id, lower(shipped, definitions).definitions.alert_tests))


@pytest.mark.parametrize("alert_test", ALERT_TESTS, ids=qualified_id)
def test_an_alert_test_passes(alert_test: AlertTest, results: Results, shipped: Platform, possible: set[str]) -> None:
    """The rules fire exactly the expected alerts, with the expected labels and annotations, at the expected times."""
    if qualified_id(alert_test) not in possible:
        pytest.skip("it is of a store or a file that the platform does not have")
    built = alert_test.build(shipped)
    if isinstance(built, NotPossible):
        pytest.skip(built.reason)
    scenario = BuiltTest(alert_test, built, alert_test.claim_of(built))
    file = file_name(scenario.module, scenario.interval)
    result = results.get((file, alert_test.id))
    assert result is not None, f"out/tests/{file}.yaml has no {alert_test.id}: run make build"
    if result.failures:
        pytest.fail(f"{scenario.claim}\n" + "\n".join(result.failures), pytrace=False)


def test_every_alert_has_a_test_of_each_kind(platform: Platform) -> None:
    """No rule lacks a test of any kind that is applicable to it."""
    assert coverage_problems(lower(platform, load_definitions())) == []
