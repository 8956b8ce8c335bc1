"""Flows as promtool's input series: each notation is worked out by hand, and read back by the real promtool."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from contract.api import LATENCY, REQUESTS
from contract.labels import ROUTE, SERVICE, TENANT
from generator.dsl.alert_test import InputSeries, Restart, Segment, count, input_series, no_samples, observe
from generator.dsl.units import minutes, seconds
from generator.external.promtool import Promtool
from generator.rendering.input_series import notation

WHO = {TENANT: "a", ROUTE: "/chat", SERVICE: "worker-api"}
MINUTE = minutes(1)
HOSTILE = 'a "é" \\ {{ $value }}, b="c"'


def counted(*segments: Segment) -> InputSeries:
    """A flow of requests."""
    return input_series(REQUESTS, WHO, *segments)


def values(*series: InputSeries) -> str:
    """The notation of the only series of these flows, sampled each minute."""
    (text,) = input_series(series, MINUTE).values()
    return text


def below(*series: InputSeries) -> dict[str, str]:
    """The notation of each bucket of a histogram, by its bound."""
    found = input_series(series, MINUTE)
    return {name.partition('le="')[2].partition('"')[0]: text for name, text in found.items()}


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        ((count(6, minutes(30)),), "0+6x30"),
        ((count(0, minutes(2)), count(6, minutes(3))), "0+0x2 6+6x2"),
        ((count(6, minutes(2)), Restart(), count(6, minutes(2))), "0+6x2 6+6x1"),
        ((count(6, minutes(2)), no_samples(minutes(2)), count(6, minutes(2))), "0+6x2 _x2 18+6x1"),
        ((count("2.8", minutes(5)),), "0+2.8x5"),
        ((count("0.1", minutes(3)), count(0, MINUTE)), "0+0.1x3 0.3"),
    ],
    ids=["steady", "two paces", "a restart", "a silence", "a fraction", "tenths that add up"],
)
def test_a_counter(segments: tuple[Segment, ...], expected: str) -> None:
    """A counter starts at 0 and grows by its pace; a restart takes it back to 0, a silence is a gap it outlives."""
    assert values(counted(*segments)) == expected


def test_half_minutes() -> None:
    """Sampled each half minute, seven a minute are 3.5 a sample."""
    assert list(input_series([counted(count(7, MINUTE))], seconds(30)).values()) == ["0+3.5x2"]


def test_a_falling_run() -> None:
    """Samples that fall evenly are one run too, and one that stands alone is written alone."""
    assert notation([Fraction(12), Fraction(6), Fraction(0), None, Fraction(5)]) == "12-6x2 _x1 5"


def test_flows_of_one_series_add_up() -> None:
    """Six a minute for two minutes and one a minute for four: 7, 14, 15, 16; a flow that ended keeps its count."""
    assert values(counted(count(6, minutes(2))), counted(count(1, minutes(4)))) == "0+7x2 15+1x1"


def test_a_histogram_counts_what_is_at_most_its_bound() -> None:
    """75 a minute of 100 ms and 5 of 800 ms: a bucket counts all that is not above its bound, the last one everything;
    a value on a bound is in its bucket. There are only buckets, since no rule reads a sum."""
    series = (
        input_series(LATENCY, WHO, observe(75, 100, minutes(9))),
        input_series(LATENCY, WHO, observe(5, 800, minutes(9))),
    )
    expected = {f"{bound}": "0+0x9" for bound in (5, 10, 25, 50)}
    expected |= {f"{bound}": "0+75x9" for bound in (100, 250, 500)}
    expected |= {f"{bound}": "0+80x9" for bound in (1000, 2500, 5000, 10000, 30000, "+Inf")}
    assert below(*series) == expected
    assert all(name.startswith("latency_ms_bucket{") for name in input_series(series, MINUTE))


def test_a_histogram_restarts_whole() -> None:
    """A restart takes every bucket back to 0."""
    found = below(input_series(LATENCY, WHO, observe(4, 800, minutes(2)), Restart(), observe(4, 800, MINUTE)))
    assert (found["500"], found["1000"], found["+Inf"]) == ("0+0x3", "0+4x2 4", "0+4x2 4")


def test_promtool_reads_the_samples(promtool: Promtool, tmp_path: Path) -> None:
    """The real promtool has, minute by minute, the samples that the acts say, under a hostile tenant's name."""
    segments = (count(6, minutes(2)), no_samples(MINUTE), Restart(), count("2.5", minutes(2)))
    ((series, text),) = input_series([input_series(REQUESTS, {**WHO, TENANT: HOSTILE}, *segments)], MINUTE).items()
    labels = '{route="/chat", service="worker-api", tenant_id="a \\"é\\" \\\\ {{ $value }}, b=\\"c\\""}'
    # Only what was sampled in the last second: a gap is a gap.
    moments = [
        {
            "expr": "last_over_time(requests_total[1s])",
            "eval_time": f"{minute}m",
            "exp_samples": [] if sample is None else [{"labels": f"requests_total{labels}", "value": sample}],
        }
        for minute, sample in enumerate((0, 6, 12, None, 2.5, 5))
    ]
    inputs = [{"series": series, "values": text}]
    test = {"name": "samples", "interval": "1m", "input_series": inputs, "promql_expr_test": moments}
    (tmp_path / "tests.yaml").write_text(yaml.safe_dump({"tests": [test]}), encoding="utf-8")
    (verdict,) = promtool.test_rules([tmp_path / "tests.yaml"]).results
    assert verdict.failures == ()
