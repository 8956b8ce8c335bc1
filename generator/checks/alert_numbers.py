"""A check that the panel which an alert opens shows the alert's number."""

from __future__ import annotations

from collections.abc import Iterator

from generator.check import check
from generator.checks.stages import LOWERED
from generator.dsl.dashboard import AlertSeries, TimeSeries
from generator.errors import Problem
from generator.ir.build import Lowered
from generator.lowering.alert_numbers import numbers_of, time_series, unfiltered

ALERT = '''
        @alert("Example", PAGE, panel="example/example_errors")
        def example(platform: Platform) -> Condition:
            """Requests fail: {value}.

            {value} of requests fail (threshold {threshold}, last {window}).

            Impact: Callers get errors.

            First steps:
            1. Look at the logs.
            """
            return ERRORS.ratio_to(REQUESTS, minutes(5)).above(percent(2))
'''


@check(
    "alert/panel-shows-its-number",
    stage=LOWERED,
    language="python",
    bad=f'''
        @panel("Error rate", id="example_errors")
        def errors(platform: Platform) -> TimeSeries:
            """Failed requests in percent of all. The dashed red line is the threshold of Example."""
            return TimeSeries((Series(ERRORS.ratio_to(REQUESTS)),), threshold=threshold_of("Example"))

{ALERT}''',
    good=f'''
        @panel("Error rate", id="example_errors")
        def errors(platform: Platform) -> AlertSeries:
            """Failed requests of the last {{window}} in percent of all. The dashed red line is the threshold of
            Example."""
            return AlertSeries("Example")

{ALERT}''',
    message="its panel example/example_errors does not show what it compares; "
    'let the panel return AlertSeries("Example")',
)
def panels_show_the_numbers_of_their_alerts(lowered: Lowered) -> Iterator[Problem]:
    """The panel that an alert opens is a time series of what the alert compares: the same query over the same window,
    where the minimum of events is met. The dashboard's template variables filter it.

    The on-call engineer looks for the number of the notification. A rate over a graph's step, or one of three
    requests, shows another one.
    """
    panels = {
        f"{dashboard.id}/{panel.id}": panel
        for dashboard in lowered.definitions.dashboards
        for row in dashboard.rows
        for panel in row.panels
    }
    for rule in lowered.alerts:
        numbers = numbers_of(rule.alert, lowered.platform)
        if not numbers or rule.alert.panel not in panels:
            continue
        body = panels[rule.alert.panel].build(lowered.platform)
        definitions = lowered.definitions
        if isinstance(body, AlertSeries):
            body = time_series(body, definitions.alerts, definitions.contract, lowered.platform)
        queries = [each.query for each in body.series] if isinstance(body, TimeSeries) else []
        shown, compared = (
            {unfiltered(query, lowered.platform, definitions.contract) for query in each}
            for each in (queries, [number.query for number in numbers])
        )
        if not compared <= shown:
            what = f"its panel {rule.alert.panel} does not show what it compares"
            yield Problem(rule.alert.where, what, f'let the panel return AlertSeries("{rule.alert.name}")')
