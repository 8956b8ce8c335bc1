"""The build of a time lapse is the shipped one, with shorter durations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
import yaml

from generator.definitions import load_definitions
from generator.dsl.platform import Platform
from generator.dsl.receivers import Notifications, Timing
from generator.dsl.units import seconds
from generator.errors import BuildError
from generator.output import ALERT_TESTS_FOLDER, ALERTMANAGER_CONFIG, PROMETHEUS_CONFIG
from generator.pipeline import compile_all

DURATION = re.compile(r"\b\d+[smhd]\b")


@pytest.fixture(scope="module")
def divisible(platform: Platform) -> Platform:
    """The tests' platform with intervals that 30 divides."""
    notifications = Notifications(page=Timing(group_wait=seconds(30)))
    return replace(platform, push_interval=seconds(30), scrape_interval=seconds(30), notifications=notifications)


@pytest.fixture(scope="module")
def shipped(divisible: Platform) -> Mapping[str, str]:
    """The shipped files."""
    return compile_all(divisible, load_definitions()).texts


@pytest.fixture(scope="module")
def shortened(divisible: Platform) -> Mapping[str, str]:
    """The files with durations divided by 30; the build passes all checks."""
    return compile_all(divisible, load_definitions(), 30).texts


def rules(texts: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield all rules of a build, each with its group's evaluation interval and without annotations."""
    for path, text in texts.items():
        if path.startswith("prometheus/rules/"):
            for group in yaml.safe_load(text)["groups"]:
                yield from ({**rule, "interval": group["interval"], "annotations": None} for rule in group["rules"])


def routes(texts: Mapping[str, str]) -> list[dict[str, Any]]:
    """The first routes of Alertmanager: that of all tickets, Watchdog's and that of the first team's pages."""
    route = yaml.safe_load(texts[ALERTMANAGER_CONFIG])["route"]
    return [route, route["routes"][0]["routes"][0], route["routes"][1]["routes"][0]]


def test_only_durations_differ(shipped: Mapping[str, str], shortened: Mapping[str, str]) -> None:
    """The rules have the same names, labels and thresholds, and durations in the same places."""
    without_durations = [[DURATION.sub("…", str(rule)) for rule in rules(texts)] for texts in (shipped, shortened)]
    assert without_durations[0] == without_durations[1]
    assert list(rules(shipped)) != list(rules(shortened))


def test_five_minutes_are_ten_seconds(shortened: Mapping[str, str]) -> None:
    """With a factor of 30, a 5-minute window evaluated every 30 seconds is 10 seconds, evaluated every second."""
    name = "route_service:errors_total:increase5m"
    recording_rule = next(rule for rule in rules(shortened) if rule.get("record") == name)
    summed = 'sum by (platform, route, service) (increase(errors_total{platform="production"}[10s]))'
    assert recording_rule["expr"] == summed
    assert recording_rule["interval"] == "1s"


def test_alertmanager_waits_shorter(shortened: Mapping[str, str]) -> None:
    """Tickets wait 4 seconds instead of 2 minutes, pages are repeated after 2 minutes instead of an hour."""
    ticket, watchdog, page = (
        {key: value for key, value in route.items() if key in ("group_wait", "group_interval", "repeat_interval")}
        for route in routes(shortened)
    )
    assert ticket == {"group_wait": "4s", "group_interval": "30s", "repeat_interval": "48m"}
    assert watchdog == {"group_wait": "0s", "group_interval": "1s", "repeat_interval": "2s"}
    assert page == {"group_wait": "1s", "group_interval": "2s", "repeat_interval": "2m"}


def test_prometheus_looks_back_shorter(shipped: Mapping[str, str], shortened: Mapping[str, str]) -> None:
    """Samples and alerts are stale, and sent again, after a thirtieth of Prometheus' defaults."""
    assert yaml.safe_load(shortened[PROMETHEUS_CONFIG])["global"]["evaluation_interval"] == "1s"
    flags = ("--query.lookback-delta=10s", "--rules.alert.resend-delay=2s", "--rules.alert.for-grace-period=20s")
    assert all(flag in shortened[PROMETHEUS_CONFIG] for flag in flags)
    assert "lookback-delta" not in shipped[PROMETHEUS_CONFIG]


def test_alert_tests_are_left_out(shipped: Mapping[str, str], shortened: Mapping[str, str]) -> None:
    """Their input series are as long as ever, so that they would fail."""
    assert any(path.startswith(ALERT_TESTS_FOLDER) for path in shipped)
    assert not any(path.startswith(ALERT_TESTS_FOLDER) for path in shortened)


@pytest.mark.parametrize("factor", [7, 30, 0, -3])
def test_no_duration_is_rounded(factor: int, platform: Platform) -> None:
    """A factor that does not divide all durations is a problem, which names those that do: pages wait 15 seconds."""
    with pytest.raises(BuildError) as error:
        compile_all(platform, load_definitions(), factor)
    assert [str(problem) for problem in error.value.problems] == [
        f"--time-lapse: {factor} does not divide all durations, of which the shortest is 15 seconds; give one of "
        "1, 3, 5, 15, or choose other intervals in platform.yaml."
    ]
