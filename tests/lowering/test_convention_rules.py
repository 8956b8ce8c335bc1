"""The rules that record metrics under the names of a convention."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract import METRICS
from contract.ai import AI_LATENCY, AI_REQUESTS, AI_TOKENS_INPUT
from contract.conventions import GEN_AI_0_1_0, GEN_AI_2026_09, VERSIONS
from generator.definitions import load_definitions
from generator.dsl.conventions import ConventionMetric
from generator.dsl.metrics import Histogram
from generator.dsl.platform import Platform
from generator.ir.build import Lowered
from generator.lowering.convention_rules import AREA, convention_rules
from generator.lowering.lower import lower
from generator.rendering.promql import flat


def lowered(platform: Platform, version: str, prefix: str = "") -> Lowered:
    """A lowered build of a platform that records conventional names."""
    return lower(replace(platform, convention_version=version, metric_prefix=prefix), load_definitions())


def test_nothing_is_recorded_by_default(platform: Platform) -> None:
    """A platform without the key has the rules that it had before."""
    assert not [rule for rule in lowered(platform, "").recording_rules if rule.area == AREA]


@pytest.mark.parametrize("version", [version.id for version in VERSIONS])
def test_each_metric_with_a_counterpart_is_recorded(platform: Platform, version: str) -> None:
    """A counter is one rule; a histogram has a rule for each bound, for all observations, for the sum and for the
    count. Ten bounds are thirteen rules."""
    of_area = [rule for rule in lowered(platform, version).recording_rules if rule.area == AREA]
    expected = {
        metric.name: len(metric.buckets) + 3 if isinstance(metric, Histogram) else 1
        for metric in METRICS
        if isinstance(metric.convention, ConventionMetric)
    }
    assert (expected["ai_latency_ms"], expected["ai_tokens_input"]) == (13, 1)
    assert len(of_area) == sum(expected.values())


def test_a_counter_is_copied_with_conventional_labels() -> None:
    """Labels with a counterpart are copied to its name and then removed; the others stay."""
    (rule,) = convention_rules(AI_TOKENS_INPUT, GEN_AI_0_1_0)
    assert rule.name == "gen_ai_client_inference_usage_input_tokens_total"
    copied = (
        'label_replace(label_replace(label_replace(ai_tokens_input, "http_route", "$1", "route", "(.*)"), '
        '"service_name", "$1", "service", "(.*)"), "gen_ai_request_model", "$1", "model", "(.*)")'
    )
    removed = f'label_replace(label_replace(label_replace({copied}, "route", "", "", ""), "service", "", "", "")'
    assert flat(rule.expression) == f'{removed}, "model", "", "", "")'


def test_bounds_and_sums_are_in_seconds() -> None:
    """50 ms is 0.05 s and 60,000 ms is 60; the sum is divided by 1,000, counts are not."""
    rules = list(convention_rules(AI_LATENCY, GEN_AI_2026_09))
    buckets = [rule for rule in rules if rule.name.endswith("_bucket")]
    seconds = ["0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "30", "60", "+Inf"]
    assert [{label.name: text for label, text in rule.static_labels} for rule in buckets] == [
        {"le": text} for text in seconds
    ]
    assert 'ai_latency_ms_bucket{le=~"2500(\\\\.0)?"}' in flat(buckets[5].expression)
    total, count = rules[-2:]
    assert (total.name, count.name) == (
        "gen_ai_client_operation_duration_seconds_sum",
        "gen_ai_client_operation_duration_seconds_count",
    )
    assert flat(total.expression).endswith(" / 1000")
    assert flat(count.expression).startswith("label_replace(")
    assert not flat(count.expression).endswith(" / 1000")


def test_a_bound_below_a_millisecond_is_exact() -> None:
    """0.25 ms is 0.00025 s, without an exponent, as Prometheus writes bounds of OTLP."""
    small = replace(AI_LATENCY, buckets=(0.25, 1))
    assert isinstance(small, Histogram)
    first, second, *_ = convention_rules(small, GEN_AI_0_1_0)
    assert [{label.name: text for label, text in rule.static_labels}["le"] for rule in (first, second)] == [
        "0.00025",
        "0.001",
    ]


def test_a_metric_without_a_counterpart_is_not_recorded() -> None:
    """Calls are the count of the duration already."""
    assert list(convention_rules(AI_REQUESTS, GEN_AI_0_1_0)) == []


def test_conventional_names_have_no_prefix(platform: Platform) -> None:
    """A platform's prefix is before the names that are read, and not before the conventional ones."""
    of_area = [rule for rule in lowered(platform, "gen-ai-0.1.0", "acme_").recording_rules if rule.area == AREA]
    assert all(rule.name.startswith("gen_ai_client_") for rule in of_area)
    assert all("(acme_ai_" in flat(rule.expression) for rule in of_area)
    assert all('{platform="production"' in flat(rule.expression) for rule in of_area)
