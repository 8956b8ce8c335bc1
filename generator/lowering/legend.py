"""The names of series in legends, and which of them are known at build time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import chain, islice, pairwise, product

from contract.labels import ALERTMANAGER, INTEGRATION, MODEL, ROUTE, RULE_GROUP, SERVICE
from generator.dsl.conditional import Conditional
from generator.dsl.dashboard import BarGauge, HistogramPanel, Stat, TimeSeries, Visualization
from generator.dsl.label_values import is_closed, values_of
from generator.dsl.labels import Label
from generator.dsl.metrics import Histogram
from generator.dsl.platform import Platform
from generator.dsl.query import Query, WithoutPrice

SEPARATOR = " · "
MAX_EXPECTED = 15
"""The greatest number of series that a panel has room for; the legend of more scrolls."""
EXPECTED_VALUES, LONG_NAME = 6, "com.rainbowsmokeofficial"
"""How many values a label is expected to have that the platform does not list, such as tenants, and a long one. Models
have prices, also those that no Worker calls."""
LIKELY: Mapping[Label, tuple[str, ...]] = {
    RULE_GROUP: ("production:telemetry",),
    ALERTMANAGER: ("http://alertmanager:9093/api/v2/alerts",),
    INTEGRATION: ("pagerduty", "webhook"),
}
"""What Prometheus and Alertmanager may count at a time: panels of failures are empty most of the time."""


def legend(query: Query, name: str = "", constant_labels: Sequence[Label] = ()) -> str:
    """Grafana's legend format of a series: its name and the values of its labels, without the labels that have the same
    value everywhere on the dashboard."""
    values = [f"{{{{{label.name}}}}}" for label in query.output_labels if label not in constant_labels]
    return SEPARATOR.join(([name] if name else []) + values) or "all"


def known_names(labels: Sequence[Label], platform: Platform, constant_labels: Sequence[Label] = ()) -> tuple[str, ...]:
    """The names of all series that have these labels, where the values are known at build time; empty otherwise."""
    shown = tuple(label for label in labels if label not in constant_labels)
    if shown == (ROUTE, SERVICE):
        return tuple(chain.from_iterable(platform.services.values()))
    if len(shown) != 1:
        return ()
    return tuple(shortened(value, shown[0]) for value in _values(shown[0], platform))


def name_patterns(labels: Sequence[Label], constant_labels: Sequence[Label] = ()) -> tuple[str, ...]:
    """Regular expressions of series' names of which only the two groups are shown: models without their common prefix,
    groups of rules without their file, whose name the group has, and routes without the service, which has a route
    alone. The fallback route, which begins with no slash, is one of every service."""
    shown = [label for label in labels if label not in constant_labels]
    patterns = [f"(.*){label.prefix}(.*)" for label in shown if label.prefix]
    if RULE_GROUP in shown:
        patterns.append(f"^(.*{SEPARATOR}|)[^;]*;(.*)$")
    before_service = shown[: shown.index(SERVICE)] if SERVICE in shown else []
    if ROUTE in before_service and all(map(is_closed, before_service)):
        patterns.append(f"(.*/\\S*){SEPARATOR}[a-z0-9_-]+(.*)")
    return tuple(patterns)


def shortened(value: str, label: Label) -> str:
    """A value without the part that is not shown."""
    return value.rpartition("/")[2] if label.prefix else value


def _values(label: Label, platform: Platform) -> tuple[str, ...]:
    return tuple(platform.model_prices) if label == MODEL else values_of(label, platform)


def expected_names(
    visualization: Visualization, platform: Platform, constant_labels: Sequence[Label] = ()
) -> tuple[str, ...]:
    """The names of the series that a panel will have on a platform, for which it needs room: those that are known at
    build time, and the longest likely ones of others. A table and a heatmap have none."""
    match visualization:
        case TimeSeries(series=series):
            return tuple(
                SEPARATOR.join(filter(None, (each.name, *name)))
                for each in series
                for name in _combinations(each.query, platform, constant_labels)
            )
        case BarGauge(query=query, max_series=max_series):
            names = _joined(query, platform, constant_labels)
            is_open = any(label == MODEL or not _values(label, platform) for label in query.output_labels)
            return (names * max_series)[:max_series] if is_open else names[:max_series]
        case Stat(query=query):
            return _joined(query, platform, constant_labels)
        case HistogramPanel(histogram=histogram):
            return tuple(name for _, name in bucket_names(histogram))
    return ()


def bucket_names(histogram: Histogram) -> tuple[tuple[str, str], ...]:
    """The names of a histogram's buckets by regular expressions of their upper bounds: "5–10 documents" by "10" or
    "10.0", which depends on the version of Prometheus."""
    unit = histogram.unit.name
    bounds = [f"{bound:g}" for bound in histogram.buckets]
    first = f"{bounds[0]} {unit}" if histogram.buckets[0] == 0 else f"up to {bounds[0]} {unit}"
    between = (f"{lower}–{upper} {unit}" for lower, upper in pairwise(bounds))
    patterns = (f"^{re.escape(bound)}(\\.0+)?$" for bound in bounds)
    return (*zip(patterns, (first, *between), strict=True), (r"^\+Inf$", f"{bounds[-1]}+ {unit}"))


def _joined(query: Query, platform: Platform, constant_labels: Sequence[Label]) -> tuple[str, ...]:
    return tuple(SEPARATOR.join(name) for name in _combinations(query, platform, constant_labels))


def _combinations(query: Query, platform: Platform, constant_labels: Sequence[Label]) -> list[tuple[str, ...]]:
    """The values of the labels of a query's series, at most so many as a panel can show. At most one model has no
    price: an alert says so."""
    shown = tuple(label for label in query.output_labels if label not in constant_labels)
    if shown == (ROUTE, SERVICE):
        unlisted = SEPARATOR.join((ROUTE.fallback, max(platform.services, key=len)))
        return [(name,) for name in (*known_names(shown, platform), unlisted)]
    without_price = isinstance(query, Conditional) and isinstance(query.condition, WithoutPrice)
    values = (_expected_values(label, platform)[-1 if without_price and label == MODEL else 0 :] for label in shown)
    return list(islice(product(*values), MAX_EXPECTED))


def _expected_values(label: Label, platform: Platform) -> tuple[str, ...]:
    if label in LIKELY:
        return LIKELY[label]
    known = [shortened(value, label) for value in _values(label, platform)]
    if known and label != MODEL:
        return tuple(known)
    longest = sorted(known or [LONG_NAME] * EXPECTED_VALUES, key=len)[-EXPECTED_VALUES:]
    return tuple(longest)
