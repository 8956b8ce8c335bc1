"""The texts of panels: placeholders in titles and descriptions are filled from the panel's own queries and thresholds,
so that no text states another window, quantile or threshold than the panel shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from generator.dsl.conditional import Conditional
from generator.dsl.dashboard import (
    BarGauge,
    Freshness,
    GaugePanel,
    Heatmap,
    HistogramPanel,
    Panel,
    Stat,
    Table,
    TimeSeries,
    Visualization,
)
from generator.dsl.metrics import Forecast, Latest, Quantile, fixed_windows, percentile
from generator.dsl.platform import Platform
from generator.dsl.query import DerivedQuery, Query
from generator.dsl.query_parts import parts_of
from generator.dsl.text import Placeholder, template_parts
from generator.dsl.units import Duration, Quantity
from generator.errors import DefinitionError

DurationText = Callable[[Duration], str]


def title_of(panel: Panel, platform: Platform) -> str:
    """The title of a panel on a platform. Raises DefinitionError for a placeholder that the panel cannot fill."""
    return panel_texts(panel, panel.build(platform))[0] if "{" in panel.title else panel.title


def panel_texts(
    panel: Panel, visualization: Visualization, thresholds: Mapping[str, str] | None = None
) -> tuple[str, str]:
    """The title and the description of a panel; `thresholds` are the texts of those that alerts have. Raises
    DefinitionError for a placeholder that the panel cannot fill."""

    def filled(text: str, duration_text: DurationText) -> str:
        if "{" not in text and "}" not in text:
            return text
        return _filled(text, {**placeholder_values(visualization, duration_text), **(thresholds or {})})

    return filled(panel.title, short_text), filled(panel.description, _long)


def placeholder_values(visualization: Visualization, duration_text: DurationText) -> Mapping[str, str]:
    """What a panel can fill: its window (or the shortest and the longest one), the recent window of a forecast, its
    quantiles, the minimum behind its values, and its constant thresholds."""
    queries = list(queries_of(visualization))
    windows = sorted({window for query in queries for window in _windows(query)})
    values = {name: duration_text(window) for name, window in _window_names(windows)}
    parts = [part for query in queries for part in parts_of(query)]
    for part in parts:
        if isinstance(part, Forecast):
            values["recent"] = duration_text(part.recent_window)
        if isinstance(part, Conditional) and part.minimum is not None:
            values["minimum"] = part.minimum.text()
    quantiles = sorted({part.q for part in parts if isinstance(part, Quantile)})
    if quantiles:
        names = [percentile(q) for q in quantiles]
        values["quantiles" if names[1:] else "quantile"] = " and ".join(
            filter(None, (", ".join(names[:-1]), names[-1]))
        )
    for name in ("threshold", "warning", "critical"):
        quantity = getattr(visualization, name, None)
        if isinstance(quantity, Quantity):
            values[name] = quantity.text().replace("%", " %")
    return values


def queries_of(visualization: Visualization) -> Iterator[Query]:
    """The queries of a panel; a panel of a histogram reads it over the dashboard's time."""
    match visualization:
        case TimeSeries(series=series):
            yield from (each.query for each in series)
        case Table(columns=columns):
            yield from (each.query for each in columns)
        case Stat(query=query) | Freshness(query=query) | GaugePanel(query=query) | BarGauge(query=query):
            yield query
        case Heatmap(histogram=histogram) | HistogramPanel(histogram=histogram):
            yield histogram.bucket_counts()


def _filled(text: str, values: Mapping[str, str]) -> str:
    return "".join(part if isinstance(part, str) else _value(part, values) for part in template_parts(text))


def _value(placeholder: Placeholder, values: Mapping[str, str]) -> str:
    if placeholder.name not in values:
        known = ", ".join(f"{{{name}}}" for name in sorted(values))
        hint = f"use {known}" if known else "its queries and thresholds have no constant value"
        raise DefinitionError(f"the panel cannot fill {{{placeholder.name}}}", hint)
    return values[placeholder.name]


def _windows(query: Query) -> Iterator[Duration]:
    """The fixed windows of a query, that of the query which records a gauge included."""
    inner = query
    while isinstance(inner, DerivedQuery):
        inner = inner.inner
    if isinstance(inner, Latest) and inner.metric.recorded_from is not None:
        yield from _windows(inner.metric.recorded_from)
    yield from fixed_windows(inner)


def _window_names(windows: list[Duration]) -> Iterator[tuple[str, Duration]]:
    if len(windows) == 1:
        yield "window", windows[0]
    elif windows:
        yield from (("shortest_window", windows[0]), ("longest_window", windows[-1]))


def _long(duration: Duration) -> str:
    """For sentences, after "the last": 5 minutes, hour, 24 h, 30 days."""
    return duration.window_text().replace(" hours", " h")


def short_text(duration: Duration) -> str:
    """For titles: 5 min, 24 h, 30 d."""
    count, _, unit = duration.text().partition(" ")
    return f"{count} {'min' if unit.startswith('minute') else unit[0]}"
