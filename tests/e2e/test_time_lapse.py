"""The rules that run from end to end are the shipped ones, but for how long their windows are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from generator.definitions import load_definitions
from generator.dsl.platform import Platform
from generator.ir.build import Lowered
from generator.pipeline import compile_all, lower
from tests.e2e.time_lapse import time_lapse

DURATION = re.compile(r"\b\d+[smhd]\b")


@pytest.fixture(scope="module")
def lowered(platform: Platform) -> Lowered:
    """Production's trees."""
    return lower(platform, load_definitions())


@pytest.fixture(scope="module")
def shipped(lowered: Lowered) -> Mapping[str, str]:
    """The texts that are shipped."""
    return compile_all(lowered.platform, lowered.definitions).texts


@pytest.fixture(scope="module")
def lapsed(lowered: Lowered) -> Mapping[str, str]:
    """The same, thirty times as fast."""
    return time_lapse(lowered, 30).texts


def rules(texts: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """All rules of a build, each with the interval of its group."""
    for path, text in texts.items():
        if path.startswith("prometheus/rules/"):
            for group in yaml.safe_load(text)["groups"]:
                yield from ({**rule, "interval": group["interval"], "annotations": None} for rule in group["rules"])


def test_by_one_it_is_the_build(lowered: Lowered, shipped: Mapping[str, str]) -> None:
    """Nothing is lost on the way: at its own pace, every text is the one that is shipped."""
    assert dict(time_lapse(lowered, 1).texts) == dict(shipped)


def test_durations_alone_differ(shipped: Mapping[str, str], lapsed: Mapping[str, str]) -> None:
    """Each rule is there, with its name, labels and thresholds, and with each duration in its place."""
    blank = [[DURATION.sub("…", str(rule)) for rule in rules(texts)] for texts in (shipped, lapsed)]
    assert blank[0] == blank[1]
    assert list(rules(shipped)) != list(rules(lapsed))


def test_five_minutes_are_ten_seconds(lapsed: Mapping[str, str]) -> None:
    """Thirty times as fast: what is recorded of 5 minutes every 30 seconds is of 10 seconds, every second."""
    name = "route_service:errors_total:increase5m"
    found = next(rule for rule in rules(lapsed) if rule.get("record") == name)
    assert found["expr"] == "sum by (route, service) (increase(errors_total[10s]))"
    assert found["interval"] == "1s"


def test_no_duration_is_rounded(lowered: Lowered) -> None:
    """A factor that does not divide them all is refused."""
    with pytest.raises(AssertionError, match="cannot be divided by 7"):
        time_lapse(lowered, 7)
