"""The output labels of aggregations that select series, as `topk` does."""

from __future__ import annotations

import pytest

from generator.promql.output_labels import output_labels
from generator.promql.parser import parsed

LABELS = {"requests": frozenset({"route", "service"})}


@pytest.mark.parametrize(
    "expression",
    [
        "topk(3, requests)",
        "bottomk(3, requests)",
        "limitk(3, requests)",
        "limit_ratio(0.5, requests)",
        "topk by (route) (3, requests)",
        "bottomk by (route) (3, requests)",
    ],
)
def test_an_aggregation_that_selects_series_keeps_their_labels(expression: str) -> None:
    """`topk`, `bottomk`, `limitk` and `limit_ratio` return some of the series with all labels, also with `by`."""
    assert output_labels(parsed(expression), LABELS) == LABELS["requests"]


@pytest.mark.parametrize(
    ("expression", "labels"), [("max(requests)", frozenset()), ("max by (route) (requests)", frozenset({"route"}))]
)
def test_other_aggregations_keep_the_labels_of_their_grouping(expression: str, labels: frozenset[str]) -> None:
    """`max` keeps only the labels that it groups by."""
    assert output_labels(parsed(expression), LABELS) == labels
