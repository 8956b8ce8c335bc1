"""Observations above a threshold: all of them without those of the bucket at the threshold."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import pytest

from contract.ai import AI_LATENCY
from contract.api import LATENCY
from contract.labels import MODEL, ROUTE, SERVICE, TENANT
from contract.objectives import latency_slo
from contract.rag import RAG_RETRIEVAL_COUNT
from generator.dsl.labels import Label
from generator.dsl.metrics import P95
from generator.dsl.observations import observations, observations_above, observations_up_to
from generator.dsl.query import DashboardWindow, ThresholdSeries, ThresholdTable
from generator.dsl.units import DOCUMENTS_UNIT, MILLISECONDS, hours, milliseconds, minutes, quantity
from generator.lowering.conditions import lower_condition
from generator.lowering.observations import bound_text
from generator.lowering.queries import QueryLowering
from generator.rendering.promql import flat
from tests.lowering.recording_rule_text import recorded_expressions

WINDOW = minutes(5)


def thresholds(label: Label, default: int | None = None, **overrides: int) -> ThresholdSeries:
    """Thresholds in milliseconds by value of a label."""
    values = {name: milliseconds(amount) for name, amount in overrides.items()}
    table = ThresholdTable("latency_ms", MILLISECONDS, milliseconds(default) if default else None, values)
    return ThresholdSeries(table, label, None)


@pytest.mark.parametrize(
    ("bound", "matching", "other"),
    [
        ("500", ("500", "500.0"), ("5000", "50", "500x0", "+Inf")),
        ("0.5", ("0.5",), ("0", "0.50.0", "075", "05")),
        ("10000", ("10000", "10000.0"), ("1000", "100000", "1e+04")),
        ("1000000", ("1000000", "1000000.0", "1e+06"), ("1e+05", "10e+06", "100000")),
        ("2500000", ("2500000", "2.5e+06"), ("25e+06", "2500000000")),
    ],
)
def test_a_bound_is_found_however_it_is_written(bound: str, matching: tuple[str, ...], other: tuple[str, ...]) -> None:
    """Prometheus 3 writes 500.0 where older versions write 500, and both an exponent from a million on."""
    pattern = bound_text(Fraction(bound))
    assert [text for text in (*matching, *other) if re.fullmatch(pattern, text)] == list(matching)


def test_all_observations_are_the_histogram_s_count(rule_lowering: QueryLowering) -> None:
    """They are read as any counter is."""
    query = observations(LATENCY).increase(WINDOW).by(ROUTE, SERVICE)
    assert flat(rule_lowering.lower(query)) == "route_service:latency_ms_count:increase5m"
    assert recorded_expressions(rule_lowering) == {
        "route_service:latency_ms_count:increase5m": "sum by (route, service) (increase(latency_ms_count[5m]))"
    }


def test_observations_above_one_threshold_leave_out_one_bucket(rule_lowering: QueryLowering) -> None:
    """All calls of a model without those within 10 s; a longer window is their sum."""
    query = observations_above(AI_LATENCY, milliseconds(10000)).increase(hours(1)).by(MODEL)
    assert flat(rule_lowering.of_shares.lower(query)) == "model:ai_latency_ms_above_10000:increase1h"
    assert recorded_expressions(rule_lowering) == {
        "route_service_model:ai_latency_ms_above_10000:increase5m": (
            "sum by (route, service, model) (increase(ai_latency_ms_count[5m])) - "
            'sum by (route, service, model) (increase(ai_latency_ms_bucket{le=~"10000(\\\\.0)?"}[5m]))'
        ),
        "model:ai_latency_ms_above_10000:increase1h": (
            "sum by (model) (sum_over_time(route_service_model:ai_latency_ms_above_10000:increase5m[1h:5m]))"
        ),
    }


def test_observations_up_to_a_threshold_are_its_bucket(rule_lowering: QueryLowering) -> None:
    """Queries without a document are in the bucket at 0."""
    query = observations_up_to(RAG_RETRIEVAL_COUNT, quantity(0, DOCUMENTS_UNIT)).increase(WINDOW).by(ROUTE, SERVICE)
    assert flat(rule_lowering.lower(query)) == "route_service:rag_retrieval_count_up_to_0:increase5m"
    assert recorded_expressions(rule_lowering) == {
        "route_service:rag_retrieval_count_up_to_0:increase5m": (
            'sum by (route, service) (increase(rag_retrieval_count_bucket{le=~"0(\\\\.0)?"}[5m]))'
        )
    }


def test_thresholds_by_label_value_have_a_bucket_each(rule_lowering: QueryLowering) -> None:
    """Values with one threshold share its bucket; the default is that of all other values."""
    slow = observations_above(LATENCY, thresholds(ROUTE, 1000, a=500, b=500, c=250, d=1000))
    rule_lowering.lower(slow.increase(WINDOW).by(ROUTE, SERVICE))
    buckets = ('route="c",le=~"250', 'route=~"a|b",le=~"500', 'route!~"a|b|c",le=~"1000')
    within = " or ".join(
        f'sum by (route, service) (increase(latency_ms_bucket{{{bucket}(\\\\.0)?"}}[5m]))' for bucket in buckets
    )
    assert recorded_expressions(rule_lowering) == {
        "route_service:latency_ms_above_route_limit:increase5m": (
            f"sum by (route, service) (increase(latency_ms_count[5m])) - ({within})"
        )
    }


def test_a_name_with_dots_is_no_pattern(rule_lowering: QueryLowering) -> None:
    """A dot in the name of a model matches nothing else."""
    table = ThresholdTable("ai_latency_ms", MILLISECONDS, None, {})
    overrides = {"m-3.1": milliseconds(500), "m-3.2": milliseconds(500)}
    slow = observations_above(AI_LATENCY, ThresholdSeries(replace(table, overrides=overrides), MODEL, None))
    rule_lowering.lower(slow.increase(WINDOW).by(MODEL))
    (expression,) = recorded_expressions(rule_lowering).values()
    assert 'model=~"m-3\\\\.1|m-3\\\\.2"' in expression


def test_a_grouping_without_the_threshold_s_label_is_a_sum(rule_lowering: QueryLowering) -> None:
    """Each route's requests are compared with its own threshold, and the slow ones of all routes are added."""
    slow = observations_above(LATENCY, thresholds(ROUTE, a=500, b=1000))
    assert flat(rule_lowering.lower(slow.increase(WINDOW).by(TENANT))) == (
        "sum by (tenant_id) (tenant_id_route:latency_ms_above_route_limit:increase5m)"
    )


def test_those_of_one_tenant_are_read_from_the_raw_series(dashboard_lowering: QueryLowering) -> None:
    """Over a panel's step, both sides have the tenant's matcher."""
    slow = observations_above(LATENCY, milliseconds(500)).increase(DashboardWindow.STEP)
    assert flat(dashboard_lowering.lower(slow.where(TENANT.is_("t")).by(ROUTE))) == (
        'sum by (route) (rate(latency_ms_count{tenant_id="t"}[$__rate_interval])) - '
        'sum by (route) (rate(latency_ms_bucket{tenant_id="t",le=~"500(\\\\.0)?"}[$__rate_interval]))'
    )


def test_a_quantile_above_a_threshold_is_a_share(rule_lowering: QueryLowering) -> None:
    """More than 5 % of the requests are slower; the alert's value is their share."""
    condition = LATENCY.quantile(P95, WINDOW).by(ROUTE, SERVICE).above(latency_slo(rule_lowering.platform))
    assert flat(lower_condition(rule_lowering, condition)) == (
        "(route_service:latency_ms_above_route_limit:increase5m > 0.05 * route_service:latency_ms_count:increase5m)"
        " / route_service:latency_ms_count:increase5m"
    )
    assert "route:latency_ms:limit" in rule_lowering.rules


def test_a_long_window_adds_up_the_recorded_increases(rule_lowering: QueryLowering) -> None:
    """A share over an hour is a sum of slow requests divided by a sum of requests, as an error ratio is."""
    condition = AI_LATENCY.quantile(0.99, hours(1)).by(MODEL).above(milliseconds(10000))
    assert flat(lower_condition(rule_lowering, condition)) == (
        "(model:ai_latency_ms_above_10000:increase1h > 0.01 * model:ai_latency_ms_count:increase1h)"
        " / model:ai_latency_ms_count:increase1h"
    )
