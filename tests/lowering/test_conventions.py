"""The names of conventions in Prometheus, by the rules of its default translation of OTLP."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from contract.ai import AI_LATENCY, AI_REQUESTS, AI_TOKENS_INPUT
from contract.conventions import DURATION, GEN_AI_0_1_0, GEN_AI_2026_09, INPUT_TOKENS
from contract.labels import MODEL, ROUTE, SERVICE, TENANT
from generator.dsl.conventions import ConventionMetric, ConventionVersion
from generator.dsl.units import QUERIES_UNIT, REQUESTS_UNIT
from generator.lowering.conventions import counterpart, factor, label_name, prometheus_name, ucum

VERSION = ConventionVersion("sample", "https://example.com", date(2026, 1, 1))


def convention(name: str, instrument: str, unit: str) -> ConventionMetric:
    """A metric of a convention."""
    return ConventionMetric(names={VERSION: name}, instrument=instrument, unit=unit, stability="development")


@pytest.mark.parametrize(
    ("name", "instrument", "unit", "expected"),
    [
        ("gen_ai.client.operation.duration", "histogram", "s", "gen_ai_client_operation_duration_seconds"),
        ("gen_ai.usage.input_tokens", "counter", "{token}", "gen_ai_usage_input_tokens_total"),
        ("a.time_seconds", "histogram", "s", "a_time_seconds"),
        ("a.wait-time", "counter", "ms", "a_wait_time_milliseconds_total"),
    ],
)
def test_a_name_has_the_suffixes_of_its_unit_and_type(name: str, instrument: str, unit: str, expected: str) -> None:
    """Dots and hyphens become underscores; a unit outside braces is a suffix once; a counter ends in _total."""
    assert prometheus_name(name, convention(name, instrument, unit)) == expected


def test_labels_have_the_names_of_their_attributes() -> None:
    """A label with a counterpart has its name with underscores; another one keeps its own."""
    assert [label_name(label) for label in (TENANT, ROUTE, SERVICE, MODEL)] == [
        "tenant_id",
        "http_route",
        "service_name",
        "gen_ai_request_model",
    ]


def test_the_factor_follows_from_the_units() -> None:
    """Milliseconds are divided by 1,000 to be seconds, tokens are counted as they are, and tokens are no seconds."""
    assert factor(AI_LATENCY, DURATION) == Fraction(1, 1000)
    assert factor(AI_TOKENS_INPUT, INPUT_TOKENS) == 1
    assert factor(AI_TOKENS_INPUT, DURATION) is None


def test_a_metric_has_a_name_in_each_version() -> None:
    """The duration of a call was renamed between the versions; a metric without a counterpart has no name."""
    assert counterpart(AI_LATENCY, GEN_AI_2026_09) == "gen_ai.client.operation.duration"
    assert counterpart(AI_LATENCY, GEN_AI_0_1_0) == "gen_ai.client.inference.duration"
    assert counterpart(AI_REQUESTS, GEN_AI_0_1_0) is None
    assert counterpart(AI_LATENCY, VERSION) is None


def test_counts_are_annotated_in_the_singular() -> None:
    """OpenTelemetry writes counts as what is counted, in braces and in the singular."""
    assert (ucum(REQUESTS_UNIT), ucum(QUERIES_UNIT)) == ("{request}", "{query}")
