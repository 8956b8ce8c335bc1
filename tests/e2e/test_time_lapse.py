"""The rules of the end-to-end tests are the shipped ones, with shorter windows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
import yaml

from generator.definitions import load_definitions
from generator.dsl.platform import Platform
from generator.dsl.units import seconds
from generator.ir.build import Lowered
from generator.lowering.lower import lower
from generator.pipeline import compile_all
from tests.e2e.time_lapse import time_lapse

DURATION = re.compile(r"\b\d+[smhd]\b")


@pytest.fixture(scope="module")
def lowered(platform: Platform) -> Lowered:
    """The lowered definitions of the platform, whose intervals can be divided by 30 too."""
    return lower(replace(platform, push_interval=seconds(30), scrape_interval=seconds(30)), load_definitions())


@pytest.fixture(scope="module")
def shipped(lowered: Lowered) -> Mapping[str, str]:
    """The shipped files."""
    return compile_all(lowered.platform, lowered.definitions).texts


@pytest.fixture(scope="module")
def shortened(lowered: Lowered) -> Mapping[str, str]:
    """The files with durations divided by 30."""
    return time_lapse(lowered, 30).texts


def rules(texts: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield all rules of a build, each with its group's evaluation interval and without annotations."""
    for path, text in texts.items():
        if path.startswith("prometheus/rules/"):
            for group in yaml.safe_load(text)["groups"]:
                yield from ({**rule, "interval": group["interval"], "annotations": None} for rule in group["rules"])


def test_a_factor_of_one_gives_the_shipped_build(lowered: Lowered, shipped: Mapping[str, str]) -> None:
    """With a factor of 1 every file equals the shipped one."""
    assert dict(time_lapse(lowered, 1).texts) == dict(shipped)


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


def test_no_duration_is_rounded(lowered: Lowered) -> None:
    """A factor that does not divide all durations is rejected."""
    with pytest.raises(AssertionError, match="cannot be divided by 7"):
        time_lapse(lowered, 7)
