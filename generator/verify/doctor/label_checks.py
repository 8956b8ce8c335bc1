"""Whether series have the labels of their metric, with values that the platform knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TypeAlias

from generator.dsl.label_values import is_closed
from generator.verify.doctor.finding import Evidence, FindingSeverity, Observation, live_check
from generator.verify.doctor.queries import checked_labels, label_query_name
from generator.verify.doctor.subject import Subject
from generator.verify.doctor.system import System

STORED_WITH_SERIES = frozenset(
    (
        *("__name__", "job", "instance", "le", "__type__", "__unit__"),
        *("service.name", "service.instance.id", "service_name", "service_instance_id"),
    )
)
"""Labels that backends give pushed series: the name, the type, and the source, as job and instance in Prometheus."""
Counts: TypeAlias = dict[str, dict[str, float]]
"""How many series, by the name of a label and that of a metric."""


def missing_labels(subject: Subject, system: System) -> Counts:
    """The series that lack a label which their metric has."""
    result: Counts = defaultdict(dict)
    for label in checked_labels(subject):
        names = {subject.counted_name(metric) for metric in subject.metrics_with(label)}
        for sample in system.prometheus.vector(label_query_name(label)):
            if sample.name in names and not sample.labels.get(label.name):
                result[label.name][sample.name] = sample.value
    return result


@live_check(
    "label-missing",
    FindingSeverity.ERROR,
    reads="the newest samples of the platform's series, by label",
    example="series of 2 metrics lack the label tenant_id",
    hint="look for what drops it: a relabelling rule, a collector's processor, or a wrapper of the application's that "
    "counts by itself",
)
def label_missing(subject: Subject, system: System) -> Iterator[Observation]:
    """A series has all labels of its metric.

    What is grouped by a label that is missing falls into one group without a name: budgets and alerts of single
    tenants, routes or models do not see it.
    """
    for label, counts in missing_labels(subject, system).items():
        metrics = f"{len(counts)} metrics lack" if len(counts) > 1 else "1 metric lack"
        evidence = [Evidence(f'{name}{{{label}=""}}', f"{count:.0f} series") for name, count in sorted(counts.items())]
        yield Observation(f"series of {metrics} the label {label}", evidence)


@live_check(
    "label-unknown",
    FindingSeverity.WARNING,
    reads="the names of the labels of the platform's series, and the newest samples by label",
    example="the label pod is none of the contract's",
    hint="remove it where it is added (a collector, `promote_resource_attributes`), or declare it: `metrics.labels` in "
    "platform.yaml",
)
def label_unknown(subject: Subject, system: System) -> Iterator[Observation]:
    """Series have no label that the contract does not give their metric.

    Each value of such a label makes one more series of every other one, and rules sum it away: it costs and shows
    nothing.
    """
    known = {label.name for label in subject.contract.labels} | STORED_WITH_SERIES | subject.identity.keys()
    for name in sorted(system.prometheus.label_names - known):
        yield Observation(f"the label {name} is none of the contract's", (Evidence(name, "on series of the platform"),))
    for label in checked_labels(subject):
        names = {subject.counted_name(metric) for metric in subject.metrics_with(label)}
        for sample in system.prometheus.vector(label_query_name(label)):
            if sample.name not in names:
                evidence = Evidence(f'{sample.name}{{{label.name}!=""}}', f"{sample.value:.0f} series")
                yield Observation(
                    f"{sample.name} has the label {label.name}, which the contract does not give it", (evidence,)
                )


@live_check(
    "value-unknown",
    FindingSeverity.WARNING,
    reads="the newest samples of the platform's series, by label",
    example='the label route has the unknown value "/v2/chat"',
    hint="add it to platform.yaml, build, and deploy Workers, rules and dashboards; or correct the name where the "
    "application counts it",
)
def value_unknown(subject: Subject, system: System) -> Iterator[Observation]:
    """The values of a label that lists them are in the list.

    Overrides, SLOs and template variables know the listed values: another service or route has no SLO, and no alert of
    its own tells that it stops.
    """
    for label in filter(is_closed, checked_labels(subject)):
        counts: dict[str, list[Evidence]] = defaultdict(list)
        for sample in system.prometheus.vector(label_query_name(label)):
            if value := sample.labels.get(label.name):
                series = f'{sample.name}{{{label.name}="{value}"}}'
                counts[value].append(Evidence(series, f"{sample.value:.0f} series"))
        for value, evidence in sorted(counts.items()):
            yield Observation(f'the label {label.name} has the unknown value "{value}"', evidence)
