"""Whether the metrics of the contract arrive, under their names, as their types and with the platform's labels."""

from __future__ import annotations

import re
from collections.abc import Iterator

from contract.ai import AI_LATENCY, AI_REQUESTS
from contract.api import DROPPED, HEARTBEAT, LATENCY, OVERFLOW, REQUESTS
from contract.rag import RAG_QUERIES, RAG_RETRIEVAL_COUNT
from contract.storage import VECTORIZE_LATENCY, VECTORIZE_QUERIES
from generator.dsl.metrics import Counter, Histogram, Metric
from generator.verify.doctor.finding import Evidence, FindingSeverity, Observation, live_check
from generator.verify.doctor.queries import UNLABELLED
from generator.verify.doctor.subject import Subject
from generator.verify.doctor.system import System

IMPLIED_BY: dict[str, Metric] = {
    DROPPED.name: HEARTBEAT,
    OVERFLOW.name: HEARTBEAT,
    LATENCY.name: REQUESTS,
    AI_LATENCY.name: AI_REQUESTS,
    VECTORIZE_LATENCY.name: VECTORIZE_QUERIES,
    RAG_RETRIEVAL_COUNT.name: RAG_QUERIES,
}
"""Metrics that exist wherever another one does. Any other one is missing until the first event that it counts."""
NO_WORD = re.compile(r"\W")
RECORDED = ":"
"""What the names of recorded series have, also those of earlier builds, and no others."""
PARTS = re.compile(r"_(bucket|sum|count)$")
TYPES: dict[type[Metric], str] = {Counter: "counter", Histogram: "histogram"}


def is_present(subject: Subject, system: System, metric: Metric) -> bool:
    """Whether Prometheus has series of a metric, under its name or its earlier one."""
    return not system.prometheus.names.isdisjoint(subject.series_names(metric))


def absent_metrics(subject: Subject, system: System) -> list[Metric]:
    """The metrics that Prometheus does not have under any of their names."""
    return [metric for metric in subject.metrics if not is_present(subject, system, metric)]


def other_names(subject: Subject, system: System, metric: Metric) -> list[str]:
    """Names of series that are those of a metric, changed by a backend or a collector: with a suffix for the unit or
    the type, with a prefix, or with dots."""
    ours = {name for each in subject.metrics for name in subject.series_names(each)}
    name = subject.name(metric)
    names = {name, name.removesuffix("_total")}
    return sorted(
        other
        for other in system.prometheus.names - ours - subject.recorded.keys() - {name}
        if RECORDED not in other
        if (plain := PARTS.sub("", NO_WORD.sub("_", other))) in names
        or plain.startswith(f"{name}_")
        or plain.endswith(f"_{name}")
    )


def lost_metrics(subject: Subject, system: System) -> Iterator[tuple[Metric, Metric | None]]:
    """The metrics that Prometheus does not have in any form, each with the one that is counted with it and has series,
    if any."""
    for metric in absent_metrics(subject, system):
        is_of_another_type = subject.name(metric) in system.prometheus.names
        if not is_of_another_type and not other_names(subject, system, metric):
            cause = IMPLIED_BY.get(metric.name)
            yield metric, cause if cause is not None and is_present(subject, system, cause) else None


@live_check(
    "metric-missing",
    FindingSeverity.ERROR,
    reads="the names of the platform's series of the last hour",
    example="latency_ms is missing, although requests_total is counted",
    hint="look for it in the log of Prometheus (rejected samples) and in a collector's filters; was the service "
    "deployed with another version of the Workers' library?",
)
def metric_missing(subject: Subject, system: System) -> Iterator[Observation]:
    """A metric arrives wherever one does that is counted with it.

    Each request that is counted has a latency, and each heartbeat comes with the counters of lost telemetry. Where one
    of the two is missing, it was dropped or refused on its way, and the rules that read it are blind.
    """
    for metric, cause in lost_metrics(subject, system):
        if cause is None:
            continue
        name, present = subject.name(metric), subject.name(cause)
        evidence = (Evidence(name, "no series in the last hour"), Evidence(present, "has series"))
        yield Observation(f"{name} is missing, although {present} is counted", evidence)


@live_check(
    "metric-unused",
    FindingSeverity.INFO,
    reads="the names of the platform's series of the last hour",
    example="2 metrics of the contract have no series",
    hint="nothing to do where the application does not use them; else look at a log line of a call, which has the same "
    "numbers; take stores that no Worker calls out of `stores` in platform.yaml",
)
def metric_unused(subject: Subject, system: System) -> Iterator[Observation]:
    """Every metric of the contract has series.

    A metric begins with its first event: no error, no retrieval, no call to a store. That is right on a platform where
    these do not happen, and a broken wrapper looks the same.
    """
    names = [
        subject.name(metric)
        for metric, cause in lost_metrics(subject, system)
        if cause is None and metric.name != HEARTBEAT.name
    ]
    if names:
        count = f"{len(names)} metrics of the contract have" if len(names) > 1 else "1 metric of the contract has"
        yield Observation(f"{count} no series", [Evidence(name, "no series in the last hour") for name in names])


@live_check(
    "metric-renamed",
    FindingSeverity.ERROR,
    reads="the names of the platform's series of the last hour",
    example="ai_tokens_input is stored under another name",
    hint="keep the names: `translation_strategy: UnderscoreEscapingWithoutSuffixes` in Prometheus, "
    "`add_metric_suffixes: false` in a collector or in Cortex, suffixes off in Mimir",
)
def metric_renamed(subject: Subject, system: System) -> Iterator[Observation]:
    """Series have the names that the contract gives them.

    A backend or a collector that appends the unit or the type (`_total`, `_milliseconds`) stores the metric under a
    name that no rule and no panel reads: alerts on it never fire.
    """
    for metric in absent_metrics(subject, system):
        if names := other_names(subject, system, metric):
            name = subject.name(metric)
            yield Observation(
                f"{name} is stored under another name", [Evidence(each, f"instead of {name}") for each in names]
            )


@live_check(
    "metric-type",
    FindingSeverity.ERROR,
    reads="the names of the platform's series of the last hour, and the types that sources declare",
    example="latency_ms is a histogram in the contract, and is stored without buckets",
    hint="store classic histograms (`convert_histograms_to_nhcb: false`, no native ones for OTLP), cumulative "
    "counters, and deploy Workers and rules of the same contract",
)
def metric_type(subject: Subject, system: System) -> Iterator[Observation]:
    """A metric is stored as the type that the contract gives it.

    `rate` of a gauge and quantiles without buckets give numbers that mean nothing, or none. A histogram that is stored
    as a native one has no series whose name ends with `_bucket`.
    """
    names = system.prometheus.names
    for metric in subject.metrics:
        name = subject.name(metric)
        buckets, is_histogram = f"{name}_bucket", isinstance(metric, Histogram)
        declared, expected = system.prometheus.types.get(name), TYPES.get(type(metric), "gauge")
        if is_histogram and name in names:
            what = f"{name} is a histogram in the contract, and is stored without buckets"
            yield Observation(what, (Evidence(name, "a series of this name, as of a gauge or a native histogram"),))
        elif not is_histogram and buckets in names:
            yield Observation(
                f"{name} is a {expected} in the contract, and is stored as a histogram",
                (Evidence(buckets, "has series"),),
            )
        elif name in names and declared and declared not in (expected, "unknown", "untyped"):
            what = f"{name} is a {expected} in the contract, and its source declares a {declared}"
            yield Observation(what, (Evidence(name, f"type {declared}"),))


@live_check(
    "series-without-platform",
    FindingSeverity.ERROR,
    reads="the newest samples of series with the contract's names",
    example="requests_total has 12 series without the label platform",
    hint="deploy the Workers with this build's contract.gen.ts, and let no collector drop labels of points; where the "
    "series are those of another program, let it rename them",
)
def series_without_platform(subject: Subject, system: System) -> Iterator[Observation]:
    """Every series of the contract has the label of its platform.

    Rules, panels and alerts read the series of their platform alone: what has no platform is counted nowhere.
    """
    (label, *_) = subject.identity
    for sample in system.prometheus.vector(UNLABELLED):
        what = f"{sample.name} has {sample.value:.0f} series without the label {label}"
        yield Observation(what, (Evidence(f'{sample.name}{{{label}=""}}', f"{sample.value:.0f} series"),))
