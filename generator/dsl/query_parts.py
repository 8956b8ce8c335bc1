"""What a query consists of: the queries that it is derived from, and the windows over which samples are read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from generator.dsl.metrics import Latest
from generator.dsl.query import DerivedQuery, MetricQuery, Query, ThresholdTable
from generator.dsl.units import Duration, Quantity


def stored_windows(query: Query) -> Iterator[Duration]:
    """Every fixed window over which samples are read, that of the query which records a gauge included."""
    for metric_query in query.metric_queries():
        if isinstance(metric_query, Latest) and metric_query.metric.recorded_from is not None:
            yield from stored_windows(metric_query.metric.recorded_from)
        elif metric_query.fixed_window is not None:
            yield metric_query.fixed_window


def parts_of(query: Query) -> Iterator[Query]:
    """A query, the ones that it is derived from, and the queries of single metrics."""
    yield query
    if isinstance(query, DerivedQuery):
        yield from parts_of(query.inner)
    elif not isinstance(query, MetricQuery):
        yield from query.metric_queries()


def same_for_all(table: ThresholdTable) -> Quantity | None:
    """The threshold of every label value that has one; None where they differ."""
    values = chain(() if table.default is None else (table.default,), table.overrides.values())
    first = next(values, None)
    return first if all(value == first for value in values) else None
