"""RequestsStopped over 24 simulated days: no false page through ordinary rhythms, a page within 15 minutes of a stop. A
model of the alert counts its minutes, and promtool confirms verdicts of the model on the shipped rule."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import yaml

from alerts.errors import requests_stopped
from contract.objectives import RARE, REGULAR
from generator.dsl.platform import Platform
from generator.external.promtool import Promtool
from generator.pipeline import TEST_PLATFORM, build
from tests.alerts.stop_model import DAY, HOUR, StopRule, Values, firing_minutes, poisson, true_minutes

Rate = Callable[[Values], Values]
DAYS = 24
ROUTE = {"platform": "production", "tenant_id": "a", "route": "/chat", "service": "worker-api"}
VARYING = 5 * np.random.default_rng(5).integers(4, 18, DAYS + 1)
"""Minutes of a batch on each day."""


def time_of_day(minutes: Values) -> Values:
    """Minutes since midnight."""
    return minutes % DAY


def on_workdays(minutes: Values) -> Values:
    """1 from Monday to Friday, and 0 at the weekend."""
    return np.where(minutes // DAY % 7 < 5, 1.0, 0.0)


def between(minutes: Values, start: float, end: float) -> Values:
    """1 within these minutes of each day, and 0 outside."""
    return np.where((time_of_day(minutes) >= start) & (time_of_day(minutes) < end), 1.0, 0.0)


def day_and_night(minutes: Values) -> Values:
    """From a twentieth at night to the double by day."""
    return 1.05 - np.cos(2 * np.pi * (time_of_day(minutes) - 2 * HOUR) / DAY)


def office(minutes: Values) -> Values:
    """Workdays from 8 to 18 o'clock."""
    return on_workdays(minutes) * between(minutes, 8 * HOUR, 18 * HOUR)


RHYTHMS: dict[str, Rate] = {
    "steady": lambda minutes: np.full(minutes.size, 600.0),
    "day and night": lambda minutes: 300 * day_and_night(minutes),
    "nightly fade": lambda minutes: 60 * np.maximum(day_and_night(minutes) - 1.05, 0),
    "small fade": lambda minutes: 6 * np.maximum(day_and_night(minutes) - 1.05, 0),
    "office hours": lambda minutes: 60 * office(minutes),
    "holidays": lambda minutes: 60 * office(minutes) * np.where((minutes // DAY == 17) | (minutes // DAY == 18), 0, 1),
    "weekend": lambda minutes: 300 * day_and_night(minutes) * np.maximum(on_workdays(minutes), 0.01),
    "batch of fixed length": lambda minutes: 100 * between(minutes, 2 * HOUR, 2 * HOUR + 45),
    "low traffic": lambda minutes: np.full(minutes.size, 0.5),
    "lowest traffic": lambda minutes: np.full(minutes.size, 0.05),
}
VARYING_BATCH: Rate = lambda minutes: np.where(  # noqa: E731
    between(minutes, 2 * HOUR, 2 * HOUR + VARYING[(minutes // DAY).astype(int)]) > 0, 100.0, 0.0
)


@pytest.fixture
def rule(platform: Platform) -> StopRule:
    """The numbers of the shipped alert."""
    shipped = requests_stopped.rule(platform)
    assert shipped.pending is not None
    assert shipped.keep_firing is not None
    minutes = shipped.pending.seconds // 60, shipped.keep_firing.seconds // 60
    return StopRule(float(REGULAR.amount), float(RARE.amount), *minutes)


@pytest.mark.parametrize("name", RHYTHMS)
def test_an_ordinary_rhythm_never_pages(rule: StopRule, name: str) -> None:
    """24 days, of which the first are those of a young route, have no minute with a page."""
    assert not firing_minutes(poisson(RHYTHMS[name], DAYS, seed=1), rule).any()


def test_batches_of_varying_length_page_for_few_minutes(rule: StopRule) -> None:
    """A batch that ends earlier than a week ago looks like a stop: at most 135 minutes in 24 days, as documented."""
    assert 0 < firing_minutes(poisson(VARYING_BATCH, DAYS, seed=1), rule).sum() <= 135


@pytest.mark.parametrize("name", ["steady", "day and night", "office hours", "weekend"])
@pytest.mark.parametrize("day", [1, 3, 10, 16])
def test_a_stop_pages_within_15_minutes(rule: StopRule, name: str, day: int) -> None:
    """Requests stop at noon of a workday: also in the first week, but for its first day."""
    counts, stop = poisson(RHYTHMS[name], DAYS, seed=1), day * DAY + 12 * HOUR
    counts[stop:] = 0
    firing = np.flatnonzero(firing_minutes(counts, rule))
    assert stop < firing[0] + 1 <= stop + 15


def test_a_stop_of_one_request_a_minute_pages_within_an_hour_and_a_quarter(rule: StopRule) -> None:
    """Low traffic needs an hour without any request."""
    counts, stop = poisson(lambda minutes: np.full(minutes.size, 1.0), DAYS, seed=1), 10 * DAY + 12 * HOUR
    counts[stop:] = 0
    firing = np.flatnonzero(firing_minutes(counts, rule))
    assert stop + HOUR <= firing[0] + 1 <= stop + 75


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the rules that are shipped for the tests' own platform."""
    out = tmp_path_factory.mktemp("stops") / "out"
    build(TEST_PLATFORM, out)
    return out / "prometheus/rules"


def shipped(rules: Path, kind: str, name: str) -> dict[str, object]:
    """A shipped rule, by its kind and name."""
    files = (yaml.safe_load(file.read_text(encoding="utf-8")) for file in sorted(rules.glob("*.yaml")))
    of_files = (each for file in files for group in file["groups"] for each in group["rules"])
    return next(each for each in of_files if each.get(kind) == name)


@pytest.mark.parametrize("name", ["stop", "young", "office hours", "batches"])
def test_promtool_confirms_the_model(
    rule: StopRule, rules: Path, promtool: Promtool, tmp_path: Path, name: str
) -> None:
    """At every fifth minute around what changes in nine days, the shipped condition is true where the model says so."""
    rates = {"office hours": RHYTHMS["office hours"], "batches": VARYING_BATCH}
    counts = poisson(rates.get(name, RHYTHMS["steady"]), 9, seed=1)
    stop = {"stop": 8 * DAY, "young": 2 * DAY}.get(name, counts.size)
    counts[stop:] = 0
    ends = {"office hours": 18 * HOUR, "batches": 2 * HOUR + 20}
    moments = [day * DAY + ends[name] for day in (1, 4, 7, 8)] if name in ends else [stop]
    times = [moment + 5 * step for moment in moments for step in range(-2, 26)]
    verdicts = true_minutes(counts, rule)
    expression = str(shipped(rules, "alert", "RequestsStopped")["expr"])
    series = "requests_total{" + ",".join(f'{label}="{value}"' for label, value in ROUTE.items()) + "}"
    recorded = shipped(rules, "record", "route_service:requests_total:increase5m")
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": "a", "rules": [recorded]}]}))
    values = " ".join(f"{value:.0f}" for value in [0, *np.cumsum(counts)])
    checks = [
        {
            "expr": f"count({expression}) or vector(0)",
            "eval_time": f"{time}m",
            "exp_samples": [{"labels": "{}", "value": int(verdicts[time - 1])}],
        }
        for time in times
    ]
    test = {"interval": "1m", "input_series": [{"series": series, "values": values}], "promql_expr_test": checks}
    document = {"rule_files": ["rules.yaml"], "evaluation_interval": "5m", "tests": [test]}
    (tmp_path / "stops.yaml").write_text(yaml.safe_dump(document, width=10**9), encoding="utf-8")
    results = promtool.test_rules([tmp_path / "stops.yaml"]).results
    assert [failure for result in results for failure in result.failures] == []
    assert verdicts[[time - 1 for time in times]].any() == (name != "office hours")
