"""Records metrics under the names of a semantic convention, where a platform asks for them.

Workers push a metric once. A rule copies each of its series with conventional labels, and with all others that it has:
whoever reads the copy takes increases of it as of the metric itself. A bucket of milliseconds becomes one of seconds by
a rule of its own, which sets the bound: it reads the series of that bucket alone and writes the bound's exact text,
where one rule for all buckets would try each bound on each series.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from contract.conventions import VERSIONS
from generator.dsl.conventions import ConventionMetric, ConventionVersion
from generator.dsl.labels import BUCKET_BOUND, Label, Matcher
from generator.dsl.metrics import Counter, Histogram, Metric
from generator.dsl.platform import Platform
from generator.dsl.units import format_number
from generator.ir.build import Lowered
from generator.ir.expression import Binary, Call, Expression, Scalar, Selector, String
from generator.ir.rules import RecordingRule
from generator.lowering.conventions import counterpart, factor, label_name, prometheus_name
from generator.lowering.observations import bound_text

AREA = "conventions"
"""The area of these rules, which their file is named after."""
INFINITE = "+Inf"


def version_of(platform: Platform) -> ConventionVersion | None:
    """The version of the conventions whose names the platform has recorded; None for none."""
    return next((version for version in VERSIONS if version.id == platform.convention_version), None)


def with_convention_rules(lowered: Lowered) -> Lowered:
    """The build with the rules that record the conventional names, if the platform asks for them."""
    version = version_of(lowered.platform)
    if version is None:
        return lowered
    rules = (rule for metric in lowered.definitions.contract.metrics for rule in convention_rules(metric, version))
    return replace(lowered, recording_rules=(*lowered.recording_rules, *rules))


def convention_rules(metric: Metric, version: ConventionVersion) -> Iterator[RecordingRule]:
    """The rules that record a metric under its name in a version; none where it has no counterpart."""
    name, convention = counterpart(metric, version), metric.convention
    if name is None or not isinstance(convention, ConventionMetric):
        return
    conventional, scale = prometheus_name(name, convention), factor(metric, convention)
    assert scale is not None
    blank = RecordingRule(conventional, _labels(metric), Scalar(Fraction(0)), AREA)
    if isinstance(metric, Counter):
        yield replace(blank, expression=_scaled(_copied(Selector(metric.name), metric), scale))
    elif isinstance(metric, Histogram):
        for text, matcher in bounds(metric, scale):
            bucket = Selector(f"{metric.name}_bucket", (matcher,))
            of_bucket = replace(blank, name=f"{conventional}_bucket", static_labels=((BUCKET_BOUND, text),))
            yield replace(of_bucket, expression=_copied(bucket, metric))
        total = _scaled(_copied(Selector(f"{metric.name}_sum"), metric), scale)
        yield replace(blank, name=f"{conventional}_sum", expression=total)
        yield replace(blank, name=f"{conventional}_count", expression=_copied(Selector(f"{metric.name}_count"), metric))


def _labels(metric: Metric) -> tuple[Label, ...]:
    """The labels of a metric by their conventional names."""
    return tuple(
        label if label_name(label) == label.name else Label(label_name(label), label.help) for label in metric.labels
    )


def bounds(histogram: Histogram, scale: Fraction) -> Iterator[tuple[str, Matcher]]:
    """The bound of each bucket in the conventional unit as Prometheus writes it, and the matcher of the bucket."""
    for bound in histogram.buckets:
        exact = Fraction(str(bound))
        yield format_number(exact * scale).replace(",", ""), Matcher(BUCKET_BOUND, "=~", bound_text(exact))
    yield INFINITE, Matcher(BUCKET_BOUND, "=~", "\\+Inf")


def _copied(series: Expression, metric: Metric) -> Expression:
    """Series with the conventional names of their labels. A label is copied, and then removed under its own name; all
    others stay, such as those of a shard: without them a series that ends would take its part of a sum along."""
    renamed = [label for label in metric.labels if label_name(label) != label.name]
    for label in renamed:
        series = _replaced(series, label_name(label), "$1", label.name, "(.*)")
    for label in renamed:
        series = _replaced(series, label.name, "", "", "")
    return series


def _replaced(series: Expression, *arguments: str) -> Expression:
    return Call("label_replace", (series, *map(String, arguments)))


def _scaled(series: Expression, scale: Fraction) -> Expression:
    if scale == 1:
        return series
    # A division by a whole number is rounded once; a product with 0.001, which is not exact in binary, twice.
    return Binary("/", series, Scalar(1 / scale)) if scale.numerator == 1 else Binary("*", series, Scalar(scale))
