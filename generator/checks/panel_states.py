"""Checks of what panels show where there is no value: a dead Prometheus never looks like a healthy platform."""

from __future__ import annotations

from collections.abc import Iterator

from contract import ALERTS_SERIES, WATCHDOG
from generator.check import check
from generator.checks.parsed_output import Json, ParsedOutput
from generator.checks.stages import COMPILED, LOWERED
from generator.dsl.dashboard import Freshness, Heatmap, HistogramPanel, Stat
from generator.errors import Problem
from generator.ir.build import Lowered
from generator.ir.dashboard import QueryFormat
from generator.lowering.absence import INFINITY
from generator.output import dashboard_path
from generator.rendering.promql import flat

STATE_TYPES = ("bargauge", "gauge", "stat")
"""Grafana's types of panels that show current values."""
INFINITE = flat(INFINITY)
"""The result of a query without telemetry."""


@check(
    "dashboard/row-without-state",
    stage=LOWERED,
    language="python",
    bad='''
        @panel("Latency distribution", id="latency_distribution")
        def latency_distribution(platform: Platform) -> Heatmap:
            """Distribution of the latency of all requests over time."""
            return Heatmap(LATENCY)
    ''',
    good='''
        @panel("Latency distribution", id="latency_distribution")
        def latency_distribution(platform: Platform) -> Heatmap:
            """Distribution of the latency of all requests over time."""
            return Heatmap(LATENCY)


        @panel("Error rate", id="errors")
        def errors(platform: Platform) -> Stat:
            """Failed requests in percent of all, or why there are none."""
            return Stat(ERRORS.ratio_to(REQUESTS, minutes(5)), critical=percent(5))
    ''',
    message='it can be empty for several reasons, and no stat in its row says which; add a Stat(…) to the row "Row"',
)
def rows_of_buckets_say_their_state(lowered: Lowered) -> Iterator[Problem]:
    """A row with a heatmap or a histogram has a stat.

    Both show Grafana's "No data" whether nothing happened, telemetry does not arrive, or the data source failed. The
    stat beside them says which.
    """
    platform = lowered.platform
    for row in (row for dashboard in lowered.definitions.dashboards for row in dashboard.rows):
        built = [(panel, panel.build(platform)) for panel in row.panels]
        if any(isinstance(visualization, Stat | Freshness) for _, visualization in built):
            continue
        for panel, visualization in built:
            if isinstance(visualization, Heatmap | HistogramPanel):
                what = "it can be empty for several reasons, and no stat in its row says which"
                yield Problem(panel.where, what, f'add a Stat(…) to the row "{row.title}"')


@check(
    "dashboard/absence-without-state",
    stage=COMPILED,
    language="json",
    bad='{"panels": [{"title": "Errors", "targets": [{"expr": "sum(rate(errors_total[5m]))"}]}]}',
    good="""
        {"panels": [{"title": "Errors", "targets": [{"expr": "sum(rate(errors_total[5m])) or on () vector(1 / 0)"}]}]}
    """,
    message="its query has no result while telemetry does not arrive, as if the data source had failed; "
    "let generator/lowering/absence.py give it one",
)
def panels_of_current_values_say_their_state(output: ParsedOutput) -> Iterator[Problem]:
    """The query of every stat, gauge and bar gauge has a result for every state, and a text for each.

    A query without a result cannot say why it has none: "No traffic" would be shown of a dead Prometheus. Bars of a
    histogram's buckets are excepted: the stat in their row says it.
    """
    for name, panel, expression in _current_queries(output):
        if INFINITE not in expression:
            what = "its query has no result while telemetry does not arrive, as if the data source had failed"
            yield Problem(_place(name, panel), what, "let generator/lowering/absence.py give it one")


@check(
    "dashboard/alerts-without-watchdog",
    stage=COMPILED,
    language="json",
    bad=f"""
        {{"panels": [{{"title": "Pages", "targets": [{{"expr": "count(ALERTS) or on () {INFINITE}"}}]}}]}}
    """,
    good=f"""
        {{"panels": [{{"title": "Pages", "targets": [{{
          "expr": "count(ALERTS) or 0 * sum(ALERTS{{alertname=\\"Watchdog\\"}}) or on () {INFINITE}"
        }}]}}]}}
    """,
    message="it counts alerts, and does not ask for Watchdog; read them by ALERTS.firing(…)",
)
def counts_of_alerts_ask_for_watchdog(output: ParsedOutput) -> Iterator[Problem]:
    """A stat, a gauge or a bar gauge that counts alerts reads Watchdog too.

    Where Prometheus is dead, or does not evaluate its rules, no alert fires: without Watchdog, nobody knows that none
    would.
    """
    for name, panel, expression in _current_queries(output):
        if ALERTS_SERIES in expression and f'"{WATCHDOG}"' not in expression:
            what = "it counts alerts, and does not ask for Watchdog"
            yield Problem(_place(name, panel), what, "read them by ALERTS.firing(…)")


def _current_queries(output: ParsedOutput) -> Iterator[tuple[str, Json, str]]:
    """The queries of the panels of current values, each with its dashboard and its panel."""
    for name, board in output.valid_dashboards.items():
        for panel in (panel for panel in board["panels"] if panel["type"] in STATE_TYPES):
            for target in panel["targets"]:
                if target["format"] != QueryFormat.HEATMAP.value:
                    yield name, panel, target["expr"]


def _place(name: str, panel: Json) -> str:
    return f"{dashboard_path(name)} {panel['title']!r}"
