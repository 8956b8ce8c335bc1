"""The numbers that alert tests derive from a platform are those that were worked out by hand for the tests' own one."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generator.definitions import load_definitions
from generator.dsl.alert_test import AlertTest, Expectation, FiringAlert
from generator.dsl.platform import Platform

ALERT_TESTS = {f"{test.module.rpartition('.')[2]}.{test.id}": test for test in load_definitions().alert_tests}
HAND_WORKED: dict[str, list[str]] = yaml.safe_load(
    Path(__file__).with_name("hand_worked.yaml").read_text(encoding="utf-8")
)


def firing_text(expectation: Expectation, alert: FiringAlert) -> str:
    """An expected alert as the file of hand-worked numbers writes it."""
    ended = [f"ended={alert.condition_ended}" for _ in (1,) if alert.condition_ended is not None]
    values = [f"{name}={value:.6g}" for name, value in alert.values.items()]
    labels = list(alert.labels.values())
    first = [f"{expectation.at.seconds / 60:g}", alert.severity.value, f"{alert.value:.6g}"]
    return " ".join([*first, *labels, *ended, *values])


@pytest.mark.parametrize(("name", "alert_test"), ALERT_TESTS.items(), ids=ALERT_TESTS)
def test_an_alert_test_derives_the_numbers_worked_out_by_hand(
    name: str, alert_test: AlertTest, platform: Platform
) -> None:
    """Times, values and labels of everything that fires are those of the file; the others expect nothing."""
    scenario = alert_test.scenario(platform)
    assert scenario is not None, "every alert test is possible on the tests' own platform"
    texts = [firing_text(each, alert) for each in scenario.expectations for alert in each.firing]
    assert texts == HAND_WORKED.get(name, [])


def test_every_hand_worked_number_is_of_an_alert_test() -> None:
    """A renamed alert test leaves no numbers behind."""
    assert set(HAND_WORKED) <= set(ALERT_TESTS)
