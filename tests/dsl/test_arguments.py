"""Wrong arguments: each is an error where a definition passes it, and the hint is what to write instead."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from generator.dsl.alert import PAGE, alert
from generator.dsl.alert_test import (
    FIRES,
    alert_test,
    clock,
    count,
    expect_firing,
    expect_none,
    firing,
    input_series,
    no_samples,
    not_applicable,
    observe,
    scenario,
)
from generator.dsl.dashboard import (
    BarGauge,
    Column,
    Dashboard,
    GaugePanel,
    Heatmap,
    HistogramPanel,
    Panel,
    Row,
    Series,
    Stat,
    Table,
    TimeSeries,
    Variable,
)
from generator.dsl.platform import Platform
from generator.dsl.query import ThresholdTable
from generator.dsl.units import (
    DOLLARS,
    MILLISECONDS,
    RATIO,
    REQUESTS_UNIT,
    SECONDS,
    TOKENS_UNIT,
    Unit,
    days,
    example,
    hours,
    milliseconds,
    minutes,
    percent,
    quantity,
    seconds,
)
from tests.dsl.definition_errors import definition_error
from tests.dsl.sample_contract import BELL, GLASSES, GUEST, ORDERS, SIZE, SPILT, TABLE, WAIT

WINDOW = minutes(5)
# The arguments are wrong on purpose: what is typed Any hides them from the type checker.
INCREASE: Any = ORDERS.increase(WINDOW)
SPILT_RATIO: Any = SPILT.ratio_to(ORDERS, WINDOW)
CONDITION: Any = INCREASE.at_least(quantity(15, REQUESTS_UNIT))
BUDGET: Any = ThresholdTable("budget", REQUESTS_UNIT, None)
PANEL = Panel("orders", "Orders", "Orders.", lambda platform: Stat(INCREASE), "dashboards/bar.py:1 orders")
READ_A_METRIC = (
    "read a counter with .rate() or .increase(window), a histogram with .quantile(P95), a gauge with .latest()"
)

QUERIES: list[tuple[Callable[[], object], str]] = [
    (
        lambda: WAIT.quantile(0.95, WINDOW).above(untyped(5000)),
        ".above(…) takes a quantity, not 5000; write milliseconds(5000)",
    ),
    (lambda: INCREASE.above(15), ".above(…) takes a quantity, not 15; write quantity(15, REQUESTS_UNIT)"),
    (lambda: SPILT_RATIO.above(0.05), ".above(…) takes a quantity, not 0.05; write percent(5)"),
    (lambda: SPILT_RATIO.above(5), ".above(…) takes a quantity, not 5; write percent(5)"),
    (
        lambda: ORDERS.rate().above(untyped(5)),
        ".above(…) takes a quantity, not 5; write quantity(5, REQUESTS_UNIT.rate())",
    ),
    (lambda: INCREASE.above(None), ".above(…) takes a quantity, not None; write quantity(1, REQUESTS_UNIT)"),
    (lambda: INCREASE.above(INCREASE), ".above(…) takes a quantity, not Increase; write quantity(1, REQUESTS_UNIT)"),
    (lambda: INCREASE.at_least(15), ".at_least(…) takes a quantity, not 15; write quantity(15, REQUESTS_UNIT)"),
    (lambda: CONDITION.for_(5), ".for_(…) takes a duration, not 5; give it a unit, as seconds(5) or minutes(5)"),
    (lambda: CONDITION.for_("5m"), ".for_(…) takes a duration, not '5m'; give it a unit, as seconds(5) or minutes(5)"),
    (
        lambda: CONDITION.for_(WINDOW).keep_firing_for(10),
        ".keep_firing_for(…) takes a duration, not 10; give it a unit, as seconds(10) or minutes(10)",
    ),
    (
        lambda: CONDITION.for_(milliseconds(5)),
        ".for_(…) takes a duration, not 5 ms; give it a unit, as seconds(5) or minutes(5)",
    ),
    (
        lambda: INCREASE.by("guest_id"),
        ".by(…) takes labels of the contract, not 'guest_id'; write GUEST, imported from contract.labels",
    ),
    (
        lambda: INCREASE.by("guest"),
        ".by(…) takes labels of the contract, not 'guest'; write GUEST or TABLE, imported from contract.labels",
    ),
    (
        lambda: INCREASE.filtered_by("table"),
        ".filtered_by(…) takes labels of the contract, not 'table'; write TABLE, imported from contract.labels",
    ),
    (lambda: INCREASE.where("x"), ".where(…) takes matchers, not 'x'; write LABEL.is_(\"value\")"),
    (lambda: INCREASE.where(GUEST), '.where(…) takes matchers, not Label guest_id; write GUEST.is_("value")'),
    (lambda: untyped(GUEST).is_(5), 'GUEST.is_(…) takes a text, not 5; write "5"'),
    (lambda: untyped(SIZE).is_(5), 'SIZE.is_(…) takes a text, not 5; write "5"'),
    (
        lambda: INCREASE.fraction_of(BUDGET),
        ".fraction_of(…) takes a threshold of each label value, not ThresholdTable budget; "
        "pass one of contract.objectives, or table.per(LABEL)",
    ),
    (
        lambda: BUDGET.per("guest_id"),
        ".per(…) takes labels of the contract, not 'guest_id'; write TENANT, imported from contract.labels",
    ),
    (
        lambda: SPILT_RATIO.error_budget_remaining(99.5),
        ".error_budget_remaining(…) takes the target of an SLO, not 99.5; write percent(99.5)",
    ),
    (
        lambda: INCREASE.forecast(24, recent=hours(1)),
        ".forecast(…) takes a duration, not 24; give it a unit, as seconds(24) or minutes(24)",
    ),
    (
        lambda: INCREASE.forecast(days(1), recent=1),
        ".forecast(…) takes a duration, not 1; give it a unit, as seconds(1) or minutes(1)",
    ),
]
METRICS: list[tuple[Callable[[], object], str]] = [
    (
        lambda: untyped(ORDERS).increase(300),
        ".increase(…) takes a duration, not 300; give it a unit, as seconds(300) or minutes(300)",
    ),
    (
        lambda: untyped(ORDERS).ratio_to(GLASSES, 5),
        ".ratio_to(…) takes a duration, not 5; give it a unit, as seconds(5) or minutes(5)",
    ),
    (
        lambda: untyped(ORDERS).ratio_to(WAIT),
        ".ratio_to(…) takes a counter, not Histogram wait_ms; write .ratio_to(COUNTER, minutes(5))",
    ),
    (lambda: untyped(ORDERS).per(INCREASE), ".per(…) takes a counter, not Increase; write .per(COUNTER, minutes(5))"),
    (lambda: untyped(WAIT).quantile(95), ".quantile(…) takes a number between 0 and 1, not 95; write 0.95"),
    (lambda: untyped(WAIT).quantile("p95"), ".quantile(…) takes a number between 0 and 1, not 'p95'; write 0.95"),
    (
        lambda: untyped(WAIT).quantile(0.95, 5),
        ".quantile(…) takes a duration, not 5; give it a unit, as seconds(5) or minutes(5)",
    ),
    (
        lambda: untyped(WAIT).bucket_counts(5),
        ".bucket_counts(…) takes a duration, not 5; give it a unit, as seconds(5) or minutes(5)",
    ),
    (
        lambda: untyped(BELL).age(lookback=24, expected=TABLE),
        ".age(…) takes a duration, not 24; give it a unit, as seconds(24) or minutes(24)",
    ),
    (
        lambda: untyped(BELL).age(lookback=days(1), expected="table"),
        ".age(…) takes labels of the contract, not 'table'; write TABLE, imported from contract.labels",
    ),
]
NUMBERS: list[tuple[Callable[[], object], str]] = [
    (lambda: percent("five"), "'five' is not a number; write it in digits, as 5 or 0.1"),
    (lambda: percent("1/0"), "'1/0' is not a number; write it in digits, as 5 or 0.1"),
    (lambda: milliseconds(untyped(None)), "None is not a number; write it in digits, as 5 or 0.1"),
    (lambda: quantity(float("nan"), DOLLARS), "nan is not a number; write it in digits, as 5 or 0.1"),
    (lambda: minutes(untyped(1.5)), "minutes(…) takes a whole number, not 1.5; write seconds(90)"),
    (lambda: hours(untyped(0.5)), "hours(…) takes a whole number, not 0.5; write seconds(1800)"),
    (lambda: seconds(untyped(0.5)), "seconds(…) takes a whole number, not 0.5; write it in digits, as seconds(5)"),
    (lambda: days(untyped("1")), "days(…) takes a whole number, not '1'; write it in digits, as days(5)"),
    (lambda: minutes(True), "minutes(…) takes a whole number, not True; write it in digits, as minutes(5)"),
]
ALERT_TESTS: list[tuple[Callable[[], object], str]] = [
    (
        lambda: count(5, untyped(30)),
        "count(…) takes a duration, not 30; give it a unit, as seconds(30) or minutes(30)",
    ),
    (lambda: count("five", WINDOW), "'five' is not a number; write it in digits, as 5 or 0.1"),
    (
        lambda: observe(5, 100, untyped(30)),
        "observe(…) takes a duration, not 30; give it a unit, as seconds(30) or minutes(30)",
    ),
    (lambda: clock(untyped(30)), "clock(…) takes a duration, not 30; give it a unit, as seconds(30) or minutes(30)"),
    (
        lambda: no_samples(untyped(30)),
        "no_samples(…) takes a duration, not 30; give it a unit, as seconds(30) or minutes(30)",
    ),
    (
        lambda: expect_none(untyped(30)),
        "expect_none(…) takes a duration, not 30; give it a unit, as seconds(30) or minutes(30)",
    ),
    (
        lambda: expect_firing(untyped(30)),
        "expect_firing(…) takes a duration, not 30; give it a unit, as seconds(30) or minutes(30)",
    ),
    (
        lambda: expect_firing(WINDOW, untyped(PAGE)),
        "expect_firing(…) takes firing alerts, not Severity PAGE; write firing(PAGE, 1)",
    ),
    (lambda: firing(untyped("page"), 1), "firing(…) takes a severity, not 'page'; write PAGE, TICKET or NONE"),
    (
        lambda: firing(PAGE, 1, untyped({"guest_id": "a"})),
        "firing(…) takes labels of the contract, not 'guest_id'; write TENANT, imported from contract.labels",
    ),
    (
        lambda: input_series(untyped("orders_total"), {}, count(1, WINDOW)),
        "input_series(…) takes a metric of the contract, not 'orders_total'; import it from contract",
    ),
    (
        lambda: input_series(ORDERS, untyped({"guest_id": "a"}), count(1, WINDOW)),
        "input_series(…) takes labels of the contract, not 'guest_id'; write GUEST, imported from contract.labels",
    ),
    (
        lambda: scenario(untyped(count(1, WINDOW))),
        "scenario(…) takes input series and expectations, not ConstantRate; write input_series(…) or expect_firing(…)",
    ),
    (
        lambda: scenario(evaluation_interval=untyped(5)),
        "scenario(…) takes a duration, not 5; give it a unit, as seconds(5) or minutes(5)",
    ),
    (
        lambda: alert_test("LateOrders", PAGE, covers=untyped(FIRES), id="late"),
        "@alert_test(…) takes a tuple of kinds of coverage, not Coverage FIRES; write (…,) with a comma",
    ),
    (
        lambda: alert_test("LateOrders", untyped("page"), covers=(FIRES,), id="late"),
        "@alert_test(…) takes severities, not 'page'; write PAGE, TICKET or NONE",
    ),
    (
        lambda: not_applicable("LateOrders", PAGE, covers=untyped("fires"), reason="It is late."),
        "not_applicable(…) takes a tuple of kinds of coverage, not 'fires'; write covers=(LOW_TRAFFIC,)",
    ),
    (
        lambda: not_applicable("LateOrders", untyped(FIRES), covers=(FIRES,), reason="It is late."),
        "not_applicable(…) takes severities, not Coverage FIRES; write PAGE, TICKET or NONE",
    ),
    (
        lambda: alert("LateOrders", untyped("page")),
        "@alert(…) takes a severity, not 'page'; write PAGE, TICKET or NONE",
    ),
    (
        lambda: alert("LateOrders", PAGE, panel=untyped(PANEL)),
        '@alert(…) takes a panel\'s id as text, not Panel; write panel="dashboard/panel"',
    ),
]
DASHBOARDS: list[tuple[Callable[[], object], str]] = [
    (lambda: Stat(untyped(ORDERS)), f"Stat(…) takes a query, not Counter orders_total; {READ_A_METRIC}"),
    (lambda: Series(untyped(WAIT)), f"Series(…) takes a query, not Histogram wait_ms; {READ_A_METRIC}"),
    (
        lambda: GaugePanel(untyped(BELL)),
        f"GaugePanel(…) takes a query, not Gauge bell_timestamp_seconds; {READ_A_METRIC}",
    ),
    (lambda: BarGauge(untyped(GLASSES)), f"BarGauge(…) takes a query, not CombinedCounter glasses; {READ_A_METRIC}"),
    (lambda: Column("Orders", untyped(ORDERS)), f"Column(…) takes a query, not Counter orders_total; {READ_A_METRIC}"),
    (lambda: Stat(SPILT_RATIO, warning=untyped(5)), "Stat(…) takes a quantity, not 5; write percent(5)"),
    (lambda: BarGauge(SPILT_RATIO, critical=untyped(5)), "BarGauge(…) takes a quantity, not 5; write percent(5)"),
    (lambda: GaugePanel(SPILT_RATIO, critical=untyped(5)), "GaugePanel(…) takes a quantity, not 5; write percent(5)"),
    (lambda: Column("Spilt", SPILT_RATIO, untyped(5)), "Column(…) takes a quantity, not 5; write percent(5)"),
    (
        lambda: TimeSeries((Series(SPILT_RATIO),), threshold=untyped(5)),
        "TimeSeries(…) takes a quantity, not 5; write percent(5)",
    ),
    (
        lambda: TimeSeries(untyped(Series(INCREASE))),
        "TimeSeries(…) takes a tuple of series, not Series; write (…,) with a comma",
    ),
    (lambda: TimeSeries((INCREASE,)), "TimeSeries(…) takes series, not Increase; write (Series(query),)"),
    (lambda: TimeSeries(()), "TimeSeries(…) has no series; write (Series(query),)"),
    (
        lambda: Heatmap(untyped(ORDERS)),
        "Heatmap(…) takes a histogram of the contract, not Counter orders_total; name one, as LATENCY",
    ),
    (
        lambda: HistogramPanel(INCREASE),
        "HistogramPanel(…) takes a histogram of the contract, not Increase; name one, as LATENCY",
    ),
    (
        lambda: Table(untyped("guest_id"), (Column("Orders", INCREASE),)),
        "Table(…) takes labels of the contract, not 'guest_id'; write TENANT, imported from contract.labels",
    ),
    (lambda: Table(GUEST, ()), "Table(…) has no columns; write (Column(title, query),)"),
    (
        lambda: Row("Orders", untyped(PANEL)),
        "Row(…) takes a tuple of panels, not Panel; write (…,) with a comma",
    ),
    (
        lambda: Row("Orders", (untyped(panel_function),)),
        "Row(…) takes panels, not the function panel_function; decorate each function with @panel(title, id=…)",
    ),
    (
        lambda: Variable(GUEST, INCREASE),
        "Variable(…) takes a metric of the contract, not Increase; name one, as REQUESTS",
    ),
    (
        lambda: Variable(untyped("guest_id"), ORDERS),
        "Variable(…) takes labels of the contract, not 'guest_id'; write TENANT, imported from contract.labels",
    ),
    (
        lambda: Dashboard("bar", "Bar", "Bar.", (untyped(GUEST),), (), ()),
        "Dashboard(…) takes variables, not Label guest_id; write (Variable(label, metric),)",
    ),
    (
        lambda: Dashboard("bar", "Bar", "Bar.", (), (untyped(PANEL),), ()),
        "Dashboard(…) takes rows, not Panel; write (Row(title, panels),)",
    ),
]


def untyped(value: object) -> Any:
    """The value, hidden from the type checker."""
    return value


def panel_function(platform: Platform) -> Stat:
    """A panel's function without its decorator."""
    return Stat(INCREASE)


@pytest.mark.parametrize(("define", "message"), QUERIES, ids=[message for _, message in QUERIES])
def test_a_wrong_argument_of_a_query_is_an_error(define: Callable[[], object], message: str) -> None:
    """The hint is written with the number and in the unit that the query has."""
    assert definition_error(define) == message


@pytest.mark.parametrize(("define", "message"), METRICS, ids=[message for _, message in METRICS])
def test_a_wrong_argument_of_a_metric_is_an_error(define: Callable[[], object], message: str) -> None:
    """A window has a unit, a quantile is a fraction, and a counter is divided by a counter."""
    assert definition_error(define) == message


@pytest.mark.parametrize(("define", "message"), NUMBERS, ids=[message for _, message in NUMBERS])
def test_a_wrong_number_is_an_error(define: Callable[[], object], message: str) -> None:
    """Amounts are numbers, and durations are whole numbers of their unit."""
    assert definition_error(define) == message


@pytest.mark.parametrize(("define", "message"), ALERT_TESTS, ids=[message for _, message in ALERT_TESTS])
def test_a_wrong_argument_of_an_alert_or_its_test_is_an_error(define: Callable[[], object], message: str) -> None:
    """Times have units, labels and severities are those of the contract, and nothing is ignored silently."""
    assert definition_error(define) == message


@pytest.mark.parametrize(("define", "message"), DASHBOARDS, ids=[message for _, message in DASHBOARDS])
def test_a_wrong_argument_of_a_dashboard_is_an_error(define: Callable[[], object], message: str) -> None:
    """Panels show queries, thresholds have units, and lists are tuples."""
    assert definition_error(define) == message


def test_a_condition_is_joined_with_conditions_alone() -> None:
    """A query without a threshold is not a condition."""
    hint = "end the right side with .above(…) or .at_least(…)"
    assert definition_error(lambda: CONDITION & INCREASE) == f"& takes conditions, not Increase; {hint}"
    assert definition_error(lambda: CONDITION | INCREASE) == f"| takes conditions, not Increase; {hint}"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (5000, MILLISECONDS, "milliseconds(5000)"),
        ("0.5", MILLISECONDS, "milliseconds(0.5)"),
        (180, SECONDS, "seconds(180)"),
        (0.5, SECONDS, "quantity(0.5, SECONDS)"),
        (0, SECONDS, "quantity(0, SECONDS)"),
        (5, RATIO, "percent(5)"),
        (0.072, RATIO, "percent(7.2)"),
        (Fraction(1, 200), RATIO, "percent(0.5)"),
        (15, TOKENS_UNIT, "quantity(15, TOKENS_UNIT)"),
        (50, DOLLARS, "quantity(50, DOLLARS)"),
        (5, TOKENS_UNIT.rate(), "quantity(5, TOKENS_UNIT.rate())"),
        (None, REQUESTS_UNIT, "quantity(1, REQUESTS_UNIT)"),
    ],
)
def test_an_example_is_a_quantity_in_its_unit(value: object, unit: Unit, text: str) -> None:
    """What a hint writes evaluates to a quantity, or a duration, in the query's unit."""
    assert example(value, unit) == text
    names = {"milliseconds": milliseconds, "seconds": seconds, "percent": percent, "quantity": quantity}
    units = {"SECONDS": SECONDS, "TOKENS_UNIT": TOKENS_UNIT, "DOLLARS": DOLLARS, "REQUESTS_UNIT": REQUESTS_UNIT}
    result = eval(text, {}, {**names, **units})
    assert (result if unit != SECONDS or text.startswith("quantity") else result.quantity()).unit == unit
