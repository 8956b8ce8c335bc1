"""Input series in promtool's notation: expected values are worked out by hand, and the real promtool reads them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from contract.api import ALERTS, LATENCY, REQUESTS
from contract.labels import ALERTNAME, ALERTSTATE, ROUTE, SERVICE, TENANT
from generator.dsl.alert_test import InputSeries, Restart, Segment, count, exists, input_series, no_samples, observe
from generator.dsl.units import minutes, seconds
from generator.external.promtool import Promtool
from generator.rendering.input_series import Run, notation, samples_by_series

CHAT = {TENANT: "a", ROUTE: "/chat", SERVICE: "worker-api"}
MINUTE = minutes(1)
HOSTILE = 'a "é" \\ {{ $value }}, b="c"'


def counted(*segments: Segment) -> InputSeries:
    """An input series of requests."""
    return input_series(REQUESTS, CHAT, *segments)


def values(*series: InputSeries) -> str:
    """The notation of a single series, sampled every minute. Input series of the same labels add up."""
    (text,) = samples_by_series(series, MINUTE).values()
    return text


def buckets(*series: InputSeries) -> dict[str, str]:
    """The notation of each bucket of a histogram, by its bound."""
    samples = samples_by_series(series, MINUTE)
    bounds = {name: name.partition('le="')[2].partition('"')[0] for name in samples}
    return {bound: samples[name] for name, bound in bounds.items() if bound}


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        ((count(6, minutes(30)),), "0+6x30"),
        ((count(0, minutes(2)), count(6, minutes(3))), "0+0x2 6+6x2"),
        ((count(6, minutes(2)), Restart(), count(6, minutes(2))), "0+6x2 6+6x1"),
        ((count(6, minutes(2)), no_samples(minutes(2)), count(6, minutes(2))), "0+6x2 _x2 18+6x1"),
        ((count("2.8", minutes(5)),), "0+2.8x5"),
        ((count("0.1", minutes(3)), count(0, MINUTE)), "0+0.1x3 0.30000000000000004"),
    ],
    ids=["one rate", "two rates", "a restart", "missing samples", "a fraction", "tenths that add up"],
)
def test_a_counter(segments: tuple[Segment, ...], expected: str) -> None:
    """A counter starts at 0 and increases at its rate; a restart resets it to 0, and missing samples do not."""
    assert values(counted(*segments)) == expected


@pytest.mark.parametrize("rate", ["0.1", "26.35", "0.7", "1.1", "63.7"])
def test_fractions_restart_no_counter(rate: str) -> None:
    """promtool adds a rate sample by sample. Where rounding takes the sum above the exact value, the next samples do
    not begin below it: Prometheus would see a restart, and an increase of all that was counted before."""
    samples = read_by_promtool(values(counted(count(rate, minutes(20)), count(0, minutes(5)), count(rate, minutes(7)))))
    assert len(samples) == 33
    assert samples == sorted(samples)


def read_by_promtool(text: str) -> list[float]:
    """The samples of a notation, added step by step as promtool does."""
    samples: list[float] = []
    for part in text.split(" "):
        first, _, rest = part.partition("+")
        step, _, count_after = rest.partition("x")
        samples.append(float(first))
        for _ in range(int(count_after or 0)):
            samples.append(samples[-1] + float(step))
    return samples


def test_the_series_of_an_alert_is_one_while_it_exists() -> None:
    """It has the labels of the alert and those of the platform, and no prefix: Prometheus writes it."""
    firing = {ALERTNAME: "RouteDown", ALERTSTATE: "firing", ROUTE: "/chat"}
    series = input_series(ALERTS, firing, no_samples(minutes(2)), exists(minutes(3)), no_samples(MINUTE))
    assert samples_by_series([series], MINUTE, lambda name, _: f"own_{name}", {"platform": "p"}) == {
        'ALERTS{alertname="RouteDown",alertstate="firing",platform="p",route="/chat"}': "_x3 1+0x2 _x1"
    }


def test_a_sample_interval_of_half_a_minute() -> None:
    """Seven per minute are 3.5 per sample."""
    assert list(samples_by_series([counted(count(7, MINUTE))], seconds(30)).values()) == ["0+3.5x2"]


def test_decreasing_samples() -> None:
    """Samples that decrease by a constant are one run too, and a single sample is written as a number."""
    assert notation([Run(12, -6, 3), Run(None, 0, 1), Run(5, 0, 1)]) == "12-6x2 _x1 5"


def test_runs_are_joined_where_the_step_continues() -> None:
    """The samples are 0 6 12 12 12 13 14 15.5. From each first sample on, the next one sets the step, and all that
    continue it are in the run, whatever runs they came in."""
    runs = [Run(0, 0, 1), Run(6, 6, 2), Run(12, 0, 2), Run(13, 1, 2), Run(Fraction("15.5"), 0, 1)]
    assert notation(runs) == "0+6x2 12+0x1 13+1x1 15.5"


def test_input_series_of_one_series_add_up() -> None:
    """Six per minute for two minutes plus one per minute for four: 7, 14, 15, 16. An input series keeps its count after
    its end."""
    assert values(counted(count(6, minutes(2))), counted(count(1, minutes(4)))) == "0+7x2 15+1x1"


def test_a_bucket_counts_the_values_up_to_its_bound() -> None:
    """Of 75 values of 100 ms and 5 of 800 ms per minute, each bucket counts those that are not above its bound. A value
    equal to a bound is in its bucket. The count is that of all; there is no sum, because no rule reads it."""
    series = (
        input_series(LATENCY, CHAT, observe(75, 100, minutes(9))),
        input_series(LATENCY, CHAT, observe(5, 800, minutes(9))),
    )
    expected = {f"{bound}": "0+0x9" for bound in (5, 10, 25, 50)}
    expected |= {f"{bound}": "0+75x9" for bound in (100, 250, 500)}
    expected |= {f"{bound}": "0+80x9" for bound in (1000, 2500, 5000, 10000, 30000, "+Inf")}
    assert buckets(*series) == expected
    samples = samples_by_series(series, MINUTE)
    assert {name.partition("{")[0] for name in samples} == {"latency_ms_bucket", "latency_ms_count"}
    assert next(values for name, values in samples.items() if name.startswith("latency_ms_count{")) == "0+80x9"


def test_a_restart_resets_all_buckets() -> None:
    """A restart resets every bucket of a histogram to 0."""
    samples = buckets(input_series(LATENCY, CHAT, observe(4, 800, minutes(2)), Restart(), observe(4, 800, MINUTE)))
    assert (samples["500"], samples["1000"], samples["+Inf"]) == ("0+0x3", "0+4x2 4", "0+4x2 4")


def test_promtool_reads_the_samples(promtool: Promtool, tmp_path: Path) -> None:
    """In every minute, the real promtool has the samples of the segments, with a hostile tenant's name."""
    segments = (count(6, minutes(2)), no_samples(MINUTE), Restart(), count("2.5", minutes(2)))
    ((series, text),) = samples_by_series(
        [input_series(REQUESTS, {**CHAT, TENANT: HOSTILE}, *segments)], MINUTE
    ).items()
    labels = '{route="/chat", service="worker-api", tenant_id="a \\"é\\" \\\\ {{ $value }}, b=\\"c\\""}'
    # The range of a second shows missing samples, which an instant selector would hide.
    expressions = [
        {
            "expr": "last_over_time(requests_total[1s])",
            "eval_time": f"{minute}m",
            "exp_samples": [] if sample is None else [{"labels": f"requests_total{labels}", "value": sample}],
        }
        for minute, sample in enumerate((0, 6, 12, None, 2.5, 5))
    ]
    inputs = [{"series": series, "values": text}]
    test = {"name": "samples", "interval": "1m", "input_series": inputs, "promql_expr_test": expressions}
    (tmp_path / "tests.yaml").write_text(yaml.safe_dump({"tests": [test]}), encoding="utf-8")
    (result,) = promtool.test_rules([tmp_path / "tests.yaml"]).results
    assert result.failures == ()
