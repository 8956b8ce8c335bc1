"""Observations of a histogram, counted: all of them, or those above a threshold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from contract.ai import AI_LATENCY
from contract.api import LATENCY, REQUESTS
from contract.labels import MODEL, ROUTE, SERVICE, TENANT
from contract.objectives import error_threshold, latency_slo
from contract.rag import RAG_RETRIEVAL_COUNT
from generator.dsl.metrics import P95, Quantile
from generator.dsl.observations import (
    allowed_share,
    observations,
    observations_above,
    observations_up_to,
    share_above,
)
from generator.dsl.platform import Platform
from generator.dsl.units import RATIO, milliseconds, minutes, percent, quantity
from generator.errors import DefinitionError

WINDOW = minutes(5)


def untyped(value: object) -> Any:
    """A value that the type checker does not look at."""
    return value


def test_the_names_are_those_of_series(platform: Platform) -> None:
    """All observations are a raw series; those above a threshold are recorded under a name that says which one."""
    slo = latency_slo(platform)
    other_table = replace(slo, table=replace(slo.table, name="slow_ms"))
    names = [
        observations(LATENCY),
        observations_above(AI_LATENCY, milliseconds(10000)),
        observations_above(AI_LATENCY, quantity("2.5", AI_LATENCY.unit)),
        observations_up_to(RAG_RETRIEVAL_COUNT, quantity(0, RAG_RETRIEVAL_COUNT.unit)),
        observations_above(LATENCY, slo),
        observations_above(LATENCY, other_table),
    ]
    assert [each.name for each in names] == [
        "latency_ms_count",
        "ai_latency_ms_above_10000",
        "ai_latency_ms_above_2_5",
        "rag_retrieval_count_up_to_0",
        "latency_ms_above_route_limit",
        "latency_ms_above_route_slow_ms_limit",
    ]


def test_slow_requests_are_counted_among_requests(platform: Platform) -> None:
    """A histogram observes requests or calls, so the slow ones are a ratio of them, as errors are."""
    slow = observations_above(LATENCY, latency_slo(platform))
    ratio = slow.ratio_to(REQUESTS, WINDOW).by(TENANT, ROUTE, SERVICE)
    assert (ratio.unit, ratio.output_labels) == (RATIO, (TENANT, ROUTE, SERVICE))


def test_the_share_above_a_threshold_is_read_as_the_quantile(platform: Platform) -> None:
    """Window, grouping, matchers and filters are the quantile's; a 95th percentile allows 5 %, a 99.9th 0.1 %."""
    quantile = LATENCY.quantile(P95, WINDOW).by(ROUTE).where(SERVICE.is_("worker-api")).filtered_by(ROUTE)
    assert isinstance(quantile, Quantile)
    (above, of_all) = share_above(quantile, latency_slo(platform)).metric_queries()
    for query in (above, of_all):
        assert query.fixed_window == WINDOW
        assert query.by_labels == (ROUTE,)
        assert query.matchers == (SERVICE.is_("worker-api"),)
        assert query.filters == (ROUTE,)
    assert allowed_share(quantile) == Fraction(1, 20)
    assert allowed_share(LATENCY.quantile(0.999, WINDOW)) == Fraction(1, 1000)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda _: observations(untyped(REQUESTS)), r"observations\(…\) takes a histogram, not Counter requests_total"),
        (lambda _: observations_above(untyped(REQUESTS), milliseconds(5)), "takes a histogram, not Counter"),
        (
            lambda _: observations_above(LATENCY, untyped(500)),
            r"takes a threshold, not 500; pass one of contract\.objectives",
        ),
        (lambda _: observations_above(LATENCY, percent(5)), "in milliseconds, above ratio; give the threshold in"),
        (lambda _: observations_up_to(LATENCY, percent(5)), "in milliseconds, up to ratio; give the threshold in"),
        (lambda platform: observations_above(LATENCY, latency_slo(platform).table.per(MODEL)), "differs by model"),
        (lambda platform: observations_above(LATENCY, error_threshold(platform)), "above ratio"),
    ],
)
def test_a_wrong_histogram_or_threshold_is_refused(
    platform: Platform, wrong: Callable[[Platform], object], message: str
) -> None:
    """The threshold is in the histogram's unit, and differs by one of its labels."""
    with pytest.raises(DefinitionError, match=message):
        wrong(platform)
