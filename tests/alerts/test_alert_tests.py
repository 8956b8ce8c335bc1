"""Every alert test, run by promtool on the rules in `out/`; and every alert has a test of each kind.

An alert test that does not apply to the rules of `platform.yaml` runs on those of the tests' own platform."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest

from generator.checks.registry import coverage_problems
from generator.definitions import load_definitions
from generator.dsl.alert_test import AlertTest
from generator.dsl.platform import Platform
from generator.external.promtool import Promtool, RuleTestResult
from generator.ir.build import Compiled
from generator.pipeline import TEST_PLATFORM, build, compiled
from generator.rendering.alert_tests import BuiltTest, file_name

Results = Callable[[Path], Mapping[str, RuleTestResult]]
ALERT_TESTS = load_definitions().alert_tests


def qualified_id(alert_test: AlertTest) -> str:
    """The name of an alert test in pytest's report: errors.one_tenant_fails."""
    return f"{alert_test.module.rpartition('.')[2]}.{alert_test.id}"


@pytest.fixture(scope="module")
def shipped(root: Path) -> Compiled:
    """A build of `platform.yaml`."""
    return compiled(root / "platform.yaml")


@pytest.fixture(scope="module")
def out_for_tests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output for the tests' own platform."""
    out = tmp_path_factory.mktemp("test-platform") / "out"
    build(TEST_PLATFORM, out)
    return out


@pytest.fixture(scope="module")
def results(promtool: Promtool) -> Results:
    """promtool's results of a test file, by the ids of its tests; each file runs once."""

    @cache
    def of_file(path: Path) -> Mapping[str, RuleTestResult]:
        return {result.name: result for result in promtool.test_rules([path]).results} if path.exists() else {}

    return of_file


@pytest.mark.parametrize("alert_test", ALERT_TESTS, ids=qualified_id)
def test_an_alert_test_passes(
    alert_test: AlertTest,
    results: Results,
    platform: Platform,
    shipped: Compiled,
    root: Path,
    out_for_tests: Path,
) -> None:
    """The rules fire exactly the expected alerts, with the expected labels and annotations, at the expected times."""
    built = BuiltTest(alert_test, alert_test.build(platform))
    out = root / "out" if alert_test in shipped.lowered.definitions.alert_tests else out_for_tests
    path = out / "tests" / f"{file_name(built.module, built.interval)}.yaml"
    result = results(path).get(alert_test.id)
    assert result is not None, f"{path} has no {alert_test.id}: run make build"
    if result.failures:
        pytest.fail(f"{alert_test.claim}\n" + "\n".join(result.failures), pytrace=False)


def test_every_alert_has_a_test_of_each_kind() -> None:
    """No rule lacks a test of any kind that is applicable to it."""
    assert coverage_problems(compiled(TEST_PLATFORM).lowered) == []
