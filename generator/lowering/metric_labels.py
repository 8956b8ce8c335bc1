"""The labels that a platform adds to metrics: in the contract of a build, on dashboards, and on simulated and tested
series. Rules sum them away, because no definition groups by them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from contract.labels import TENANT
from generator.dsl.alert_test import InputSeries
from generator.dsl.chance import ShareBeyondChance
from generator.dsl.contract import Contract
from generator.dsl.dashboard import Dashboard, Visualization
from generator.dsl.definitions import Definitions
from generator.dsl.labels import Label, LabelValues
from generator.dsl.metrics import CombinedCounter, Metric, Quantile
from generator.dsl.observations import Observations
from generator.dsl.panel_text import queries_of
from generator.dsl.platform import MetricLabel, Platform
from generator.dsl.query import MetricQuery
from generator.dsl.query_parts import parts_of
from generator.dsl.units import Duration

FALLBACK = "other"
"""The value of a label where a Worker gives none, or one that the platform does not list."""


def with_metric_labels(platform: Platform, definitions: Definitions) -> Definitions:
    """The definitions with the platform's labels in their contract."""
    if not platform.metric_labels:
        return definitions
    added = {metric.name: labels_of(metric, platform) for metric in definitions.contract.metrics}
    return replace(definitions, contract=definitions.contract.with_labels(added))


def labels_of(metric: Metric, platform: Platform) -> tuple[Label, ...]:
    """The labels that a platform adds to a metric."""
    return tuple(
        label_of(name, each)
        for name, each in platform.metric_labels.items()
        if is_counted_for_requests(metric) and (each.metrics is None or metric.name in each.metrics)
    )


def label_of(name: str, label: MetricLabel) -> Label:
    """A label of a platform, as the contract declares its own."""
    listed = tuple(value for value in label.values if value != FALLBACK)
    help = f"A label of this platform; `{FALLBACK}` for a value that the platform does not list."
    return Label(name, help, LabelValues.CONTRACT, (*listed, FALLBACK), FALLBACK)


def is_counted_for_requests(metric: Metric) -> bool:
    """Whether Workers count a metric for requests, so that it can have labels of these: all but those of the telemetry
    itself, and those that rules record."""
    return TENANT in metric.labels and getattr(metric, "recorded_from", None) is None


def filters_of(visualization: Visualization, labels: Iterable[Label], contract: Contract) -> tuple[Label, ...]:
    """The labels by whose variables a panel is filtered: those that each of its metrics has. A panel with a query that
    names its own filters has none, and neither has one of a quantile of every tenant or of a share beyond chance, which
    are recorded as such."""
    if any(isinstance(part, ShareBeyondChance) for query in queries_of(visualization) for part in parts_of(query)):
        return ()
    queries = [each for query in queries_of(visualization) for each in query.metric_queries()]
    if any(query.filters is not None or _is_recorded_quantile(query) for query in queries):
        return ()
    metrics = [contract.current(query.metric) for query in queries]
    return tuple(label for label in labels if all(label in metric.labels for metric in metrics))


def _is_recorded_quantile(query: MetricQuery) -> bool:
    return isinstance(query, Quantile) and TENANT in query.by_labels and isinstance(query.window, Duration)


def variable_sources(dashboard: Dashboard, platform: Platform, contract: Contract) -> Mapping[Label, Metric]:
    """The labels of a platform that filter panels of a dashboard, each with a metric whose series have its values."""
    labels = [label_of(name, label) for name, label in platform.metric_labels.items()]
    sources: dict[Label, Metric] = {}
    for panel in (panel for row in dashboard.rows for panel in row.panels) if labels else ():
        visualization = panel.build(platform)
        if not isinstance(visualization, Visualization):
            continue
        for label in filters_of(visualization, labels, contract):
            sources.setdefault(label, next(_metrics(visualization, contract)))
    return {label: sources[label] for label in labels if label in sources}


def _metrics(visualization: Visualization, contract: Contract) -> Iterator[Metric]:
    for each in (each for query in queries_of(visualization) for each in query.metric_queries()):
        read = contract.current(each.metric)
        if isinstance(read, Observations):
            yield read.histogram
        elif isinstance(read, CombinedCounter):
            yield from (member.counter for member in read.members)
        elif isinstance(read, Metric):
            yield read


def with_labelled_series(series: Iterable[InputSeries], platform: Platform) -> tuple[InputSeries, ...]:
    """Input series with the platform's labels. Series that differ in the contract's labels get different values in
    turn, so that a rule which does not sum the labels away fires apart, and fails."""
    if not platform.metric_labels:
        return tuple(series)
    turns: dict[tuple[tuple[str, str], ...], int] = {}
    labelled = []
    for each in series:
        turn = turns.setdefault(tuple(sorted(each.labels.items())), len(turns))
        of_metric = labels_of(each.metric, platform) if isinstance(each.metric, Metric) else ()
        added = {label.name: label.listed[turn % len(label.listed)] for label in of_metric}
        labelled.append(replace(each, labels={**each.labels, **added}))
    return tuple(labelled)
