"""A panel that a template variable does not filter says so; a variable may filter through other labels."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.ai import AI_REQUESTS
from contract.labels import MODEL, ROUTE, SERVICE
from contract.rag import RAG_QUERIES
from generator.dsl.dashboard import Dashboard, Row, Series, TimeSeries, Variable, panel
from generator.dsl.platform import Platform
from generator.ir.build import Compiled
from tests.checks.builds import violations


@panel("Queries", id="queries")
def queries(platform: Platform) -> TimeSeries:
    """Retrieval queries per second."""
    return TimeSeries((Series(RAG_QUERIES.rate()),))


@panel("Queries, unfiltered", id="unfiltered")
def unfiltered(platform: Platform) -> TimeSeries:
    """Retrieval queries per second."""
    return TimeSeries((Series(RAG_QUERIES.rate().filtered_by()),))


@pytest.mark.parametrize(
    ("variable", "ignoring"),
    [
        (Variable(MODEL, AI_REQUESTS), ["queries", "unfiltered"]),
        (Variable(MODEL, AI_REQUESTS, through=(ROUTE, SERVICE)), ["unfiltered"]),
    ],
    ids=["by its label alone", "through other labels"],
)
def test_a_variable_filters_metrics_that_have_the_labels_it_goes_through(
    built: Compiled, variable: Variable, ignoring: list[str]
) -> None:
    """Retrieval has no model; its routes call models. A query that names its filters is not filtered."""
    board = Dashboard("example", "Example", "Is it healthy?", (variable,), (Row("Now", (queries, unfiltered)),), ())
    definitions = replace(built.lowered.definitions, dashboards=(board,))
    problems = violations(replace(built.lowered, definitions=definitions), "dashboard/ignored-variable")
    assert [
        next(name for name in ("queries", "unfiltered") if f" {name}:" in problem) for problem in problems
    ] == ignoring
