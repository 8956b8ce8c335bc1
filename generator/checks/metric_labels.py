"""Checks of the labels that a platform adds, which need the contract with a project's own metrics and labels."""

from __future__ import annotations

from collections.abc import Iterator

from generator.check import check
from generator.config.checks import PROMETHEUS_LABELS
from generator.config.labels import METRIC_LABELS, STATIC_LABELS
from generator.config.loaded import LOADED, LoadedPlatform
from generator.config.validation import suggestion
from generator.config.yaml_tree import KeyPath, dotted, quoted
from generator.dsl.labels import Label
from generator.dsl.metrics import Metric, uses
from generator.dsl.platform import Platform
from generator.errors import Problem
from generator.lowering.metric_labels import is_counted_for_requests

RESERVED = (*PROMETHEUS_LABELS, "all", "datasource")
"""Names that Prometheus, recorded series and dashboards already use."""


@check(
    "config/reserved-metric-label",
    stage=LOADED,
    language="yaml",
    bad="metrics: {labels: {tenant: {values: [free, paid]}}}",
    good="metrics: {labels: {plan: {values: [free, paid]}}}",
    message='the label "tenant" cannot be distinguished from tenant_id; choose another name',
)
def metric_labels_are_not_reserved(loaded: LoadedPlatform) -> Iterator[Problem]:
    """No label that a platform adds to metrics is one of the contract or of Prometheus, or resembles one.

    A metric has each label once. Template variables are named as labels without `_id`, and recorded series by their
    labels, joined with `_`.
    """
    platform = loaded.platform
    names = {*(label.name for label in loaded.contract.labels), *platform.metric_labels}
    for name in platform.metric_labels:
        path: KeyPath = (*METRIC_LABELS, name)
        variable = Label(name, "").variable
        similar = [label.name for label in loaded.contract.labels if label.variable == variable and label.name != name]
        parts = name.split("_")
        if name in RESERVED or any(label.name == name for label in loaded.contract.labels):
            what = f"the label {quoted(name)} is one of the contract, of Prometheus or of a dashboard"
            yield _problem(platform, path, what, "choose another name")
        elif similar or (len(parts) > 1 and set(parts) <= names):
            others = similar[0] if similar else " and ".join(parts)
            what = f"the label {quoted(name)} cannot be distinguished from {others}"
            yield _problem(platform, path, what, "choose another name")


@check(
    "config/label-of-unknown-metric",
    stage=LOADED,
    language="yaml",
    bad="metrics: {labels: {region: {values: [eu, us], metrics: [request_total]}}}",
    good="metrics: {labels: {region: {values: [eu, us], metrics: [requests_total]}}}",
    message='the contract has no metric "request_total"; did you mean "requests_total"? If not, remove it',
)
def labelled_metrics_exist(loaded: LoadedPlatform) -> Iterator[Problem]:
    """Every metric that gets a label of a platform is one of the contract, by its name there, without a prefix.

    A label of a misspelt metric changes nothing.
    """
    metrics = {metric.name: metric for metric in loaded.contract.metrics}
    combined = {counter.name: counter for counter in loaded.contract.combined_counters}
    for path, name in _labelled(loaded.platform):
        if name in combined:
            members = ", ".join(member.counter.name for member in combined[name].members)
            yield _problem(loaded.platform, path, f"{name} combines several counters", f"list {members}")
        elif name not in metrics:
            hint = suggestion(name, metrics, "remove it")
            yield _problem(loaded.platform, path, f"the contract has no metric {quoted(name)}", hint)


@check(
    "config/label-of-uncounted-metric",
    stage=LOADED,
    language="yaml",
    bad="metrics: {labels: {region: {values: [eu, us], metrics: [requests_total, rag_cache_hit_rate]}}}",
    good="metrics: {labels: {region: {values: [eu, us], metrics: [requests_total, rag_cache_hits_total]}}}",
    message="no Worker counts rag_cache_hit_rate for requests; remove it",
)
def labelled_metrics_are_counted(loaded: LoadedPlatform) -> Iterator[Problem]:
    """Every metric that gets a label of a platform is counted by its Workers for requests.

    Rules record the others, or the Workers' library counts them for itself, and neither knows a value of the label.
    """
    metrics = {metric.name: metric for metric in loaded.contract.metrics}
    for path, name in _labelled(loaded.platform):
        if name in metrics and (problem := _uncounted(metrics[name], loaded.platform)):
            yield _problem(loaded.platform, path, *problem)


def _uncounted(metric: Metric, platform: Platform) -> tuple[str, str] | None:
    """What is wrong with a metric that no Worker of a platform counts for requests, and a hint."""
    if not is_counted_for_requests(metric):
        return f"no Worker counts {metric.name} for requests", "remove it"
    if not uses(platform.stores, metric):
        what = f"{metric.name} is of a store that the platform does not use"
        return what, f"remove it, or add {metric.store} to `stores`"
    return None


@check(
    "config/static-label-of-metrics",
    stage=LOADED,
    language="yaml",
    bad="""
        labels: {region: eu}
        metrics: {labels: {region: {values: [eu, us]}}}
    """,
    good="""
        labels: {continent: europe}
        metrics: {labels: {region: {values: [eu, us]}}}
    """,
    message='the label "region" is one of the metrics; choose another name',
)
def static_labels_are_not_of_metrics(loaded: LoadedPlatform) -> Iterator[Problem]:
    """No static label is one that a project's own contract declares, or that the platform adds to metrics.

    It would replace the value that an alert of such a metric has.
    """
    default = {label.name for label in loaded.default_labels}
    for label in loaded.platform.labels:
        if label in loaded.reserved_labels and label not in default:
            what = f"the label {quoted(label)} is one of the metrics"
            yield _problem(loaded.platform, (*STATIC_LABELS, label), what, "choose another name")


def _labelled(platform: Platform) -> Iterator[tuple[KeyPath, str]]:
    """Yield every metric that gets a label, with its path."""
    for name, label in platform.metric_labels.items():
        for index, metric in enumerate(label.metrics or ()):
            yield (*METRIC_LABELS, name, "metrics", index), metric


def _problem(platform: Platform, path: KeyPath, what: str, hint: str) -> Problem:
    where = f"{platform.label_locations.get(path, '')} {dotted(path)}".lstrip()
    return Problem(where, what, hint)
