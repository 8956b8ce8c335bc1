"""Checks of windows: long enough for two samples, and not longer than Prometheus stores samples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.check import check
from generator.checks.alerts import example
from generator.checks.stages import LOWERED
from generator.dsl.panel_text import queries_of
from generator.dsl.platform import Platform
from generator.dsl.query import Query, ThresholdSeries
from generator.dsl.query_parts import stored_windows
from generator.errors import Problem
from generator.ir.build import Lowered


@check(
    "alert/window-out-of-range",
    stage=LOWERED,
    language="python",
    bad=example().replace("minutes(5)", "days(90)"),
    good=example(),
    message="its window of 90 days is longer than Prometheus stores samples; use 35 days or less",
)
def windows_of_alerts_have_samples(lowered: Lowered) -> Iterator[Problem]:
    """A window of an alert, also one in its annotations, is at least twice as long as the interval in which Workers
    push telemetry, and at most as long as Prometheus stores samples.

    An increase needs two samples: over a shorter window it is always absent, and the alert never fires. Over a longer
    window than samples are stored, it is too small.
    """
    for rule in lowered.alerts:
        queries = [*rule.condition.queries(), *_of_values(rule.alert.values(lowered.platform).values())]
        for comparison in rule.condition.comparisons():
            if isinstance(comparison.threshold, ThresholdSeries) and comparison.threshold.default_for is not None:
                queries.append(comparison.threshold.default_for)
        yield from _problems(lowered.platform, rule.alert.where, queries)


@check(
    "dashboard/window-out-of-range",
    stage=LOWERED,
    language="python",
    bad='''
        @panel("Requests", id="requests_now")
        def requests_now(platform: Platform) -> Stat:
            """Requests of the last {window}."""
            return Stat(REQUESTS.increase(seconds(10)))
    ''',
    good='''
        @panel("Requests", id="requests_now")
        def requests_now(platform: Platform) -> Stat:
            """Requests of the last {window}."""
            return Stat(REQUESTS.increase(minutes(5)))
    ''',
    message="its window of 10 seconds holds fewer than two samples; use 30 seconds or more",
)
def windows_of_panels_have_samples(lowered: Lowered) -> Iterator[Problem]:
    """A fixed window of a panel is at least twice as long as the interval in which Workers push telemetry, and at most
    as long as Prometheus stores samples.

    The panel would be empty, or show too little.
    """
    for dashboard in lowered.definitions.dashboards:
        for panel in (panel for row in dashboard.rows for panel in row.panels):
            yield from _problems(lowered.platform, panel.where, queries_of(panel.build(lowered.platform)))


def _of_values(values: Iterable[object]) -> Iterator[Query]:
    return (value for value in values if isinstance(value, Query))


def _problems(platform: Platform, where: str, queries: Iterable[Query]) -> Iterator[Problem]:
    shortest, longest = platform.push_interval * 2, platform.retention
    for window in sorted({window for query in queries for window in stored_windows(query)}):
        if window < shortest:
            what = f"its window of {window.text()} holds fewer than two samples"
            yield Problem(where, what, f"use {shortest.text()} or more")
        elif window > longest:
            what = f"its window of {window.text()} is longer than Prometheus stores samples"
            yield Problem(where, what, f"use {longest.text()} or less")
