"""The names of metrics and labels in semantic conventions, as Prometheus writes them.

They are those of the default translation of OTLP (`translation_strategy: UnderscoreEscapingWithSuffixes`): characters
that are not of a classic name become `_`, a unit is a suffix unless it is in braces, and a counter ends in `_total`.
"""

from __future__ import annotations

import re
from fractions import Fraction

from generator.dsl.conventions import ConventionAttribute, ConventionMetric, ConventionVersion
from generator.dsl.labels import Label
from generator.dsl.metrics import Counter, Histogram, Metric
from generator.dsl.units import MILLISECONDS, PERCENT, RATIO, SECONDS, TIMESTAMP_SECONDS, Unit, singular

NOT_OF_A_NAME = re.compile(r"[^a-zA-Z0-9_]")
UNIT_SUFFIXES = {"s": "seconds", "ms": "milliseconds"}
"""The suffixes that Prometheus writes for units in UCUM, as far as conventions of the contract have them."""
INSTRUMENTS: dict[type[Metric], str] = {Counter: "counter", Histogram: "histogram"}
UCUM = {MILLISECONDS: "ms", SECONDS: "s", TIMESTAMP_SECONDS: "s", PERCENT: "%", RATIO: "1"}
"""The units of the contract in UCUM; others are counts of what they name, in braces."""
FACTORS = {("ms", "s"): Fraction(1, 1000)}
"""What a value in the first unit is multiplied by to be in the second."""


def ucum(unit: Unit) -> str:
    """A unit in UCUM, as OpenTelemetry names it."""
    return UCUM.get(unit, f"{{{singular(unit.name)}}}")


def factor(metric: Metric, convention: ConventionMetric) -> Fraction | None:
    """What the values of a metric are multiplied by to be in the unit of the convention; None where the units are of
    different kinds."""
    own = ucum(metric.unit)
    return Fraction(1) if own == convention.unit else FACTORS.get((own, convention.unit))


def counterpart(metric: Metric, version: ConventionVersion) -> str | None:
    """The name of the metric in a version of the conventions, with dots; None where it has no counterpart."""
    convention = metric.convention
    return convention.names.get(version) if isinstance(convention, ConventionMetric) else None


def prometheus_name(name: str, convention: ConventionMetric) -> str:
    """The name that Prometheus' default translation gives a metric of a convention; a histogram's is followed by
    `_bucket`, `_sum` or `_count`."""
    parts = [_escaped(name)]
    if (suffix := UNIT_SUFFIXES.get(convention.unit)) is not None and not parts[0].endswith(f"_{suffix}"):
        parts.append(suffix)
    if convention.instrument == "counter":
        parts.append("total")
    return "_".join(parts)


def label_name(label: Label) -> str:
    """The name of a label in the conventions, as Prometheus writes it; its own name where it has no counterpart."""
    return _escaped(label.convention.name) if isinstance(label.convention, ConventionAttribute) else label.name


def _escaped(name: str) -> str:
    return NOT_OF_A_NAME.sub("_", name)
