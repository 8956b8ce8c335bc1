"""The names under which backends store what Workers push."""

from __future__ import annotations

import pytest

from generator.dsl.backends import BACKENDS, CORTEX, PROMETHEUS, THANOS


@pytest.mark.parametrize(
    ("pushed", "stored"),
    [
        ("ai_tokens_input", "ai_tokens_input_total"),
        ("requests_total", "requests_total"),
        ("acme_ai_tokens_input", "acme_ai_tokens_input_total"),
        ("total_requests", "requests_total"),
    ],
)
def test_opentelemetrys_rules_end_counters_in_total(pushed: str, stored: str) -> None:
    """The specification of OpenTelemetry: a monotonic sum without a unit gets `_total`, once, at the end."""
    assert THANOS.stored_name(pushed, is_counter=True) == stored


def test_gauges_and_histograms_keep_their_names() -> None:
    """The Workers push no unit, so there is no suffix of a unit either."""
    assert CORTEX.stored_name("telemetry_heartbeat_timestamp_seconds", False) == "telemetry_heartbeat_timestamp_seconds"
    assert CORTEX.stored_name("latency_ms_bucket", is_counter=False) == "latency_ms_bucket"


def test_prometheus_keeps_the_names_of_counters() -> None:
    """Its configuration chooses the translation without suffixes."""
    assert PROMETHEUS.stored_name("ai_tokens_input", is_counter=True) == "ai_tokens_input"


def test_every_backend_says_what_was_measured() -> None:
    """A page never says nothing: what was not tried is marked so."""
    assert all(each.measured and each.start for each in BACKENDS.values())
    for name in ("grafana-cloud", "amazon-managed-prometheus", "mimir"):
        assert {each.source for each in BACKENDS[name].measured} == {"its documentation, not measured"}
