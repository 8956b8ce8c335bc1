"""One condition finds broken tenants of any size, and no healthy ones: a sample of docs/small-tenants.md."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from generator.definitions import load_definitions
from generator.dsl.platform import Platform
from generator.external.promtool import Promtool
from generator.lowering.lower import lower
from tests.verify.chance.compared import differences, random_tenants
from tests.verify.chance.condition import ROUNDING, Counts, condition, firing, tickets
from tests.verify.chance.figures import RATES, false_tickets, incident_figures, incidents
from tests.verify.chance.kinds import ERRORS, SLOW, STORES, Kind


def counts(per_minute: list[int]) -> Counts:
    """One tenant that counts so much in each minute, all of it in the first 15 seconds."""
    values = np.array([per_minute], dtype=np.float32)
    return Counts(values, values)


@pytest.mark.parametrize("kind", [ERRORS, SLOW, STORES], ids=lambda kind: kind.name)
def test_an_incident_is_one_ticket(kind: Kind) -> None:
    """A hundred incidents of each size keep within the limits. Calls to models are counted as errors are."""
    figures = [incident_figures(kind, rate, share, 1, 100) for rate, share in incidents(kind)]
    assert [problem for each in figures for problem in each.problems()] == []


@pytest.mark.parametrize("rate", RATES)
def test_healthy_tenants_open_few_tickets(rate: float) -> None:
    """Five hundred days of tenants keep within the limits."""
    assert list(false_tickets(ERRORS, rate, 1, 500).problems()) == []


def test_a_minute_of_failures_opens_no_ticket() -> None:
    """Twelve failures within one minute, of 60 requests a minute, are over before they decide."""
    requests, failures = [60] * 480, [0] * 480
    failures[240] = 12
    assert not condition(counts(requests).increase(), counts(failures).increase(), 0.05).any()


def test_three_minutes_just_above_the_threshold_open_no_ticket() -> None:
    """60 requests a minute of which 6 % fail for three minutes."""
    requests, failures = [60] * 480, [0] * 480
    failures[240:243] = [4, 4, 3]
    assert not condition(counts(requests).increase(), counts(failures).increase(), 0.05).any()


def test_tenants_with_one_or_two_failures_open_no_ticket() -> None:
    """A hundred tenants fail once or twice at random times of a day."""
    random = np.random.default_rng(5)
    failures = np.zeros((100, 1440), dtype=np.float32)
    for tenant in range(100):
        failures[tenant, random.integers(0, 1440, 1 + tenant % 2)] = 1
    requests = np.ones_like(failures)
    decided = condition(Counts(requests, requests).increase(), Counts(failures, failures).increase(), 0.05)
    assert tickets(firing(decided)).sum() == 0


@pytest.mark.parametrize(("last", "decides"), [(2, 0), (1, 2)])
def test_an_increase_of_sixty_an_hour_is_enough(last: int, decides: int) -> None:
    """57 events an hour are an increase of 300 / 285 x 57 = 60: failures of 40 minutes ago do not prolong the
    condition, but with other rounding they may. 56 events are too few, so they do. All requests fail for six hours,
    then none; they come after a minute's first sample."""
    per_step = np.tile([5] * 11 + [last], 12)
    requests = np.zeros((1, per_step.size * 5), dtype=np.float32)
    requests[0, ::5] = per_step
    failures = requests.copy()
    failures[:, 360:] = 0
    none = np.zeros_like(requests)
    increases = Counts(none, requests).increase(), Counts(none, failures).increase()
    assert condition(*increases, 0.05)[0, 360 + 40] == decides
    assert condition(*increases, 0.05, -ROUNDING)[0, 360 + 40] == 2


@pytest.mark.parametrize("kind", [ERRORS, STORES], ids=lambda kind: kind.name)
def test_promtool_finds_the_same_tickets(kind: Kind, platform: Platform, promtool: Promtool, tmp_path: Path) -> None:
    """The rules of the tests' own platform fire for the same tenants as the figures, equally often. The command
    compares those of all kinds."""
    traffic = random_tenants(kind, seed=1, of_each=1)
    assert 5 <= (tickets(traffic.fires) > 0).sum() < traffic.tenants
    assert differences(traffic, lower(platform, load_definitions()), promtool, tmp_path) == []
