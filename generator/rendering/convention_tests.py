"""Rule tests of the series that are recorded under the names of a convention, where a platform has them recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from generator.dsl.conventions import ConventionMetric, ConventionVersion
from generator.dsl.label_values import values_of
from generator.dsl.labels import BUCKET_BOUND
from generator.dsl.metrics import Counter, Histogram, Metric
from generator.dsl.platform import Platform
from generator.frozen import frozen
from generator.ir.build import Lowered
from generator.ir.rule_files import RuleFile
from generator.ir.rules import FAST_INTERVAL
from generator.lowering.convention_rules import AREA, INFINITE, bounds, version_of
from generator.lowering.conventions import counterpart, factor, label_name, prometheus_name
from generator.lowering.identity import identity_names
from generator.output import alert_test_path
from generator.rendering.alert_tests import file_name
from generator.rendering.input_series import series_text
from generator.rendering.promql import number
from generator.rendering.templates import render

STEPS = 10
"""After how many evaluations the series are compared."""
SUM_OF_STEP = 1500
"""What the sum of a histogram grows by each evaluation, in the metric's unit."""
ANY_VALUE = "any-value"
"""The value of a label without a list of values."""
OF_SHARD = {"instance": "shard-0", "job": "workers"}
"""Labels that Prometheus adds, which the recorded series keep."""

Labels: TypeAlias = Mapping[str, str]


@frozen
class CopiedSeries:
    """A series that Workers push, how much it grows in each evaluation, and the series that is recorded of it with its
    value at the end, as text."""

    pushed: str
    growth: int
    name: str
    recorded: str
    value: str


def convention_tests(lowered: Lowered, files: Sequence[RuleFile]) -> dict[str, str]:
    """The file of rule tests, by its path; none where the platform has no conventional names recorded."""
    version = version_of(lowered.platform)
    if version is None:
        return {}
    (conventions,) = (file for file in files if file.name == f"recorded-{AREA}")
    metrics = lowered.definitions.contract.metrics
    copies = {metric.name: list(_copies(metric, version, lowered.platform)) for metric in metrics}
    text = render(
        "convention_tests.yaml.j2",
        file=conventions.file_name,
        groups=[group.name for group in conventions.groups],
        interval=str(FAST_INTERVAL),
        end=str(FAST_INTERVAL * STEPS),
        steps=STEPS,
        tests={name: series for name, series in copies.items() if series},
    )
    return {alert_test_path(file_name(AREA, FAST_INTERVAL)): text}


def _copies(metric: Metric, version: ConventionVersion, platform: Platform) -> Iterator[CopiedSeries]:
    """Each series of a metric with the recorded one. The counts of buckets grow with their bounds: no two are equal."""
    name, convention = counterpart(metric, version), metric.convention
    if name is None or not isinstance(convention, ConventionMetric):
        return
    scale, conventional = factor(metric, convention), prometheus_name(name, convention)
    assert scale is not None
    pushed = platform.stored_name(metric.name, isinstance(metric, Counter))
    old, new = _labels(metric, platform)

    def copied(suffix: str, growth: int, own: str = "", bound: str = "", scaled: bool = False) -> CopiedSeries:
        own_bound, new_bound = ({BUCKET_BOUND.name: text} if text else {} for text in (own, bound))
        value = number(growth * STEPS * (scale if scaled else Fraction(1)))
        recorded = series_text(f"{conventional}{suffix}", {**new, **new_bound})
        series = series_text(f"{pushed}{suffix}", {**old, **own_bound})
        return CopiedSeries(series, growth, f"{conventional}{suffix}", recorded, value)

    if not isinstance(metric, Histogram):
        yield copied("", SUM_OF_STEP, scaled=True)
        return
    texts = [*(f"{bound:g}" if bound < 1e6 else str(bound) for bound in metric.buckets), INFINITE]
    for index, (own, (bound, _)) in enumerate(zip(texts, bounds(metric, scale), strict=True)):
        yield copied("_bucket", index + 1, own, bound)
    yield copied("_sum", SUM_OF_STEP, scaled=True)
    yield copied("_count", len(texts))


def _labels(metric: Metric, platform: Platform) -> tuple[Labels, Labels]:
    """The labels of a series of a metric by their own names, and by the conventional ones."""
    values = {label: (values_of(label, platform) or (ANY_VALUE,))[0] for label in metric.labels}
    of_all = {**identity_names(platform), **OF_SHARD}
    own = {label.name: value for label, value in values.items()}
    return {**of_all, **own}, {**of_all, **{label_name(label): value for label, value in values.items()}}
