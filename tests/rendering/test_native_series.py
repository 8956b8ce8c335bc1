"""Input series of native histograms, in promtool's notation."""

from __future__ import annotations

from contract.api import LATENCY
from contract.labels import ROUTE, SERVICE, TENANT
from generator.dsl.alert_test import InputSeries, Restart, input_series, no_samples, observe
from generator.dsl.units import minutes
from generator.rendering.input_series import pushed_name
from generator.rendering.native_series import native_samples

LABELS = {TENANT: "a", ROUTE: "/chat", SERVICE: "worker-api"}
TEXT = 'latency_ms{platform="p",route="/chat",service="worker-api",tenant_id="a"}'
BOUNDS = "5 10 25 50 100 250 500 1000 2500 5000 10000 30000"


def histogram(count: str, **buckets: str) -> str:
    """A histogram with observations in some of its 13 buckets, by their numbers from b0 on."""
    own = " ".join(buckets.get(f"b{number}", "0") for number in range(13))
    return f"{{{{schema:-53 count:{count} custom_values:[{BOUNDS}] buckets:[{own}]}}}}"


def samples(*series: InputSeries) -> str:
    """The samples of the only series."""
    ((text, notation),) = native_samples(series, minutes(1), pushed_name, {"platform": "p"}).items()
    assert text == TEXT
    return notation


def test_observations_are_in_the_bucket_of_their_value() -> None:
    """Six a minute of 400 ms: between 250 and 500, the seventh bucket, and nowhere else."""
    start, first, step = histogram("0"), histogram("6", b6="6"), histogram("6", b6="6")
    assert samples(input_series(LATENCY, LABELS, observe(6, 400, minutes(3)))) == f"{start} {first}+{step}x2"


def test_a_value_at_a_bound_is_within_it_and_one_above_all_bounds_in_the_last() -> None:
    """500 ms are in the seventh bucket, 31 s in the thirteenth; observations of two series add up."""
    notation = samples(
        input_series(LATENCY, LABELS, observe(2, 500, minutes(1))),
        input_series(LATENCY, LABELS, observe(3, 31_000, minutes(1))),
    )
    assert notation == f"{histogram('0')} {histogram('5', b6='2', b12='3')}"


def test_missing_samples_and_restarts_are_those_of_counters() -> None:
    """Two samples are missing; after a restart the counts begin again."""
    notation = samples(
        input_series(
            LATENCY, LABELS, observe(4, 1, minutes(1)), no_samples(minutes(2)), Restart(), observe(1, 1, minutes(1))
        )
    )
    assert notation == f"{histogram('0')} {histogram('4', b0='4')} _x2 {histogram('1', b0='1')}"


def test_fractions_do_not_fall_behind_what_promtool_adds_up() -> None:
    """A tenth a minute, added ten times, is below 1: what follows begins at the exact sum or above it, never below."""
    notation = samples(input_series(LATENCY, LABELS, observe(0.1, 1, minutes(10)), observe(1, 1, minutes(1))))
    assert "count:0.1 " in notation
    last = notation.rpartition("count:")[2].partition(" ")[0]
    assert float(last) >= 2
