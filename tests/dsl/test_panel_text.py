"""The texts of panels: what their placeholders are filled with."""

from __future__ import annotations

from generator.dsl.dashboard import (
    BarGauge,
    Column,
    Heatmap,
    Panel,
    Series,
    Stat,
    Table,
    TimeSeries,
    Visualization,
)
from generator.dsl.metrics import Gauge, percentile
from generator.dsl.panel_text import panel_texts
from generator.dsl.query import ThresholdSeries, ThresholdTable
from generator.dsl.units import MILLISECONDS, PERCENT, TOKENS_UNIT, days, hours, milliseconds, minutes, percent
from tests.dsl.definition_errors import definition_error
from tests.dsl.sample_contract import GUEST, ORDERS, ORIGIN, SIPS, SPILT, WAIT

SPILT_RATIO = SPILT.ratio_to(ORDERS, minutes(5))


def texts(visualization: Visualization, title: str, description: str) -> tuple[str, str]:
    """The title and the description of a panel."""
    return panel_texts(
        Panel("example", title, description, lambda _: visualization, "dashboards/x.py:1 x"), visualization
    )


def test_a_window_is_short_in_titles_and_follows_the_last_in_sentences() -> None:
    """5 min and 5 minutes, 24 h, 1 h and hour, 30 d and 30 days."""
    texts_of = {
        minutes(5): ("5 min", "5 minutes"),
        days(1): ("24 h", "24 h"),
        hours(1): ("1 h", "hour"),
        days(30): ("30 d", "30 days"),
    }
    for window, (short, long) in texts_of.items():
        panel = Stat(SPILT.ratio_to(ORDERS, window))
        assert texts(panel, "Errors, {window}", "Errors of the last {window}.") == (
            f"Errors, {short}",
            f"Errors of the last {long}.",
        )


def test_thresholds_are_in_their_unit() -> None:
    """Percentages have a space, as the texts of a dashboard write them."""
    panel = Stat(SPILT_RATIO, warning=percent("0.5"), critical=percent(5))
    assert texts(panel, "E", "Orange from {warning} on, red from {critical} on.")[1] == (
        "Orange from 0.5 % on, red from 5 % on."
    )
    lines = TimeSeries((Series(WAIT.quantile(0.95)),), threshold=milliseconds(500))
    assert texts(lines, "E", "Red from {threshold} on.")[1] == "Red from 500 ms on."


def test_quantiles_have_the_names_of_percentiles() -> None:
    """One has its name, several are listed in ascending order."""
    single = BarGauge(WAIT.quantile(0.95, minutes(5)).by(GUEST))
    assert texts(single, "Wait, {quantile}", "{quantile} wait.") == ("Wait, p95", "p95 wait.")
    three = TimeSeries(tuple(Series(WAIT.quantile(q), percentile(q)) for q in (0.99, 0.5, 0.95)))
    assert texts(three, "Wait", "{quantiles} wait.")[1] == "p50, p95 and p99 wait."
    assert percentile(0.999) == "p99.9"


def test_a_table_has_its_shortest_and_longest_window() -> None:
    """Where its columns have different ones, also where a query is derived from another."""
    budget = ThresholdSeries(ThresholdTable("sips_per_day", TOKENS_UNIT, None), GUEST, None)
    table = Table(
        GUEST,
        (Column("E", SPILT_RATIO.by(GUEST)), Column("S", SIPS.increase(days(1)).by(GUEST).fraction_of(budget))),
    )
    assert texts(table, "T", "Of {shortest_window} and {longest_window}.")[1] == "Of 5 minutes and 24 h."
    assert definition_error(lambda: texts(table, "T", "Of {window}.")) == (
        "the panel cannot fill {window}; use {longest_window}, {shortest_window}"
    )


def test_a_forecast_has_its_horizon_and_its_recent_window() -> None:
    """The window in which it is reached, and the one that continues."""
    forecast = BarGauge(SIPS.increase(hours(18)).forecast(days(1), recent=hours(2)).by(GUEST))
    assert (
        texts(forecast, "F", "In {window} if the last {recent} continues.")[1] == "In 24 h if the last 2 h continues."
    )


def test_a_recorded_gauge_has_the_window_of_its_query() -> None:
    """The rate that a rule records is that of a window, which the gauge's own query does not have."""
    rate = Gauge(
        name="spilt_rate", unit=PERCENT, labels=(GUEST,), help="Rate.", origin=ORIGIN, recorded_from=SPILT_RATIO
    )
    assert texts(Stat(rate.latest().by(GUEST)), "R", "Of the last {window}.")[1] == "Of the last 5 minutes."


def test_what_a_panel_does_not_have_is_an_error() -> None:
    """A window that the dashboard chooses, a threshold by label value, and a threshold that is not set."""
    panel = TimeSeries((Series(WAIT.quantile(0.95).by(GUEST)),), threshold=ThresholdSeries(
        ThresholdTable("wait_ms", MILLISECONDS, None), GUEST, None))  # fmt: skip
    for name in ("window", "threshold", "warning"):
        assert definition_error(lambda name=name: texts(panel, "P", f"{{{name}}}")) == (  # type: ignore[misc]
            f"the panel cannot fill {{{name}}}; use {{quantile}}"
        )
    assert definition_error(lambda: texts(Heatmap(WAIT), "P", "{quantile}")) == (
        "the panel cannot fill {quantile}; its queries and thresholds have no constant value"
    )
