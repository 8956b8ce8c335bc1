"""Python's operators on definitions: each is an error, and the hint is the word that stands for it."""

from __future__ import annotations

import importlib
import operator
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest

import generator.dsl
from generator.dsl.operators import NoArithmetic, NoOperators, NoTruthValue
from generator.dsl.query import ThresholdSeries, ThresholdTable
from generator.dsl.units import RATIO, REQUESTS_UNIT, milliseconds, minutes, percent, quantity
from tests.dsl.definition_errors import definition_error
from tests.dsl.sample_contract import ALARMS, BELL, GLASSES, GUEST, ORDERS, SPILT, TABLE, WAIT

WINDOW = minutes(5)
# Typed Any: the type checker knows that these have no operators.
COUNT: Any = ORDERS.increase(WINDOW).by(GUEST)
RATIO_QUERY: Any = SPILT.ratio_to(ORDERS, WINDOW)
WAIT_P95: Any = WAIT.quantile(0.95, WINDOW)
CONDITION: Any = RATIO_QUERY.above(percent(5))
RULE: Any = CONDITION.for_(WINDOW)
METRIC: Any = ORDERS
HALF_A_SECOND, FIVE = milliseconds(500), 5
TABLE_OF_THRESHOLDS = ThresholdTable("spilt_share", RATIO, None)
SERIES = ThresholdSeries(TABLE_OF_THRESHOLDS, GUEST, None)
WITHOUT_TRUTH_VALUE: list[Any] = [
    *(COUNT, RATIO_QUERY, CONDITION, CONDITION & CONDITION, CONDITION | CONDITION, RULE, SERIES, TABLE_OF_THRESHOLDS),
    *(percent(5), minutes(5), GUEST, GUEST.is_("a"), ORDERS, GLASSES, WAIT, BELL, ALARMS),
]
JOIN = "join conditions with & and |, not with and/or"
SLIPS: list[tuple[Callable[[], object], str]] = [
    (lambda: COUNT > 5, "Python's < or > does not work on a query; "
     "compare it with a threshold: .above(quantity(5, REQUESTS_UNIT))"),
    (lambda: RATIO_QUERY > 0.05, "Python's < or > does not work on a query; "
     "compare it with a threshold: .above(percent(5))"),
    (lambda: WAIT_P95 >= HALF_A_SECOND, "Python's < or > does not work on a query; "
     "compare it with a threshold: .above(milliseconds(500))"),
    (lambda: 0 < RATIO_QUERY < 5, "Python's < or > does not work on a query; "
     "compare it with a threshold: .above(percent(0))"),
    (lambda: COUNT == 5, "Python's == does not work on a query; "
     "compare it with a threshold: .above(quantity(5, REQUESTS_UNIT))"),
    (lambda: FIVE == COUNT, "Python's == does not work on a query; "
     "compare it with a threshold: .above(quantity(5, REQUESTS_UNIT))"),
    (lambda: COUNT != 5, "Python's != does not work on a query; "
     "compare it with a threshold: .above(quantity(5, REQUESTS_UNIT))"),
    (lambda: percent(5) == RATIO_QUERY, "Python's == does not work on a query; "
     "compare it with a threshold: .above(percent(5))"),
    (lambda: RATIO_QUERY in (CONDITION, 5), "Python's == does not work on a condition; " + JOIN),
    (lambda: CONDITION == CONDITION & CONDITION, "Python's == does not work on a condition; " + JOIN),
    (lambda: ~CONDITION, "Python's ~ does not work on a condition; " + JOIN),
    (lambda: CONDITION + CONDITION, "Python's + does not work on a condition; " + JOIN),
    (lambda: 5 | CONDITION, "Python's | does not work on a condition; " + JOIN),
    (lambda: COUNT & CONDITION, "Python's & does not work on a query; "
     "compare it with .above(…), and join conditions with & and |"),
    (lambda: RULE & CONDITION, "Python's & does not work on a rule; "
     "write (a & b).for_(…): the duration is that of the whole rule"),
    (lambda: CONDITION & RULE, "& takes conditions, not Rule; "
     "write (a & b).for_(…): the duration is that of the whole rule"),
    (lambda: RULE == RULE, "Python's == does not work on a rule; "
     "write (a & b).for_(…): the duration is that of the whole rule"),
    (lambda: COUNT / COUNT, "Python's / does not work on a query; "
     "divide counters: COUNTER.ratio_to(COUNTER, window), or .per(…) where their units differ"),
    (lambda: RATIO_QUERY * 100, "Python's * does not work on a query; "
     "drop the factor: the unit decides how the value is shown, as in percent"),
    (lambda: 100 * RATIO_QUERY, "Python's * does not work on a query; "
     "drop the factor: the unit decides how the value is shown, as in percent"),
    (lambda: COUNT + COUNT, "Python's + does not work on a query; "
     "combine counters in contract/ with CombinedCounter, or show two series"),
    (lambda: -COUNT, "Python's - does not work on a query; "
     "combine counters in contract/ with CombinedCounter, or show two series"),
    (lambda: abs(COUNT), "Python's abs() does not work on a query; "
     "compare it with .above(…), and join conditions with & and |"),
    (lambda: COUNT["5m"], "Python's […] does not work on a query; "
     "give the window to the metric: COUNTER.increase(minutes(5)); select series with .where(…)"),
    (lambda: list(COUNT), "Python's […] does not work on a query; "
     "give the window to the metric: COUNTER.increase(minutes(5)); select series with .where(…)"),
    (lambda: METRIC / METRIC, "Python's / does not work on the metric orders_total; "
     "write COUNTER.ratio_to(COUNTER, window), or .per(…) where their units differ"),
    (lambda: METRIC + METRIC, "Python's + does not work on the metric orders_total; "
     "combine counters in contract/ with CombinedCounter, or show two series"),
    (lambda: METRIC > 5, "Python's < or > does not work on the metric orders_total; read a counter with .rate() "
     "or .increase(window), a histogram with .quantile(P95), a gauge with .latest()"),
    (lambda: METRIC["5m"], "Python's […] does not work on the metric orders_total; read a counter with .rate() "
     "or .increase(window), a histogram with .quantile(P95), a gauge with .latest()"),
    (lambda: operator.add(minutes(5), 5), "a duration + 5; give both sides a unit, as minutes(5)"),
    (lambda: operator.sub(minutes(5), 5), "a duration - 5; give both sides a unit, as minutes(5)"),
    (lambda: operator.truediv(minutes(5), 5), "a duration / 5; give both sides a unit, as minutes(5)"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("define", "message"), SLIPS, ids=[f"{index} {slip[1][:40]}" for index, slip in enumerate(SLIPS)]
)
def test_an_operator_is_refused_with_the_word_for_it(define: Callable[[], object], message: str) -> None:
    """Comparisons, also chained and reversed ones, arithmetic, order, membership and indexing are errors."""
    assert definition_error(define) == message


@pytest.mark.parametrize("value", WITHOUT_TRUTH_VALUE, ids=[type(value).__name__ for value in WITHOUT_TRUTH_VALUE])
def test_nothing_in_a_definition_has_a_truth_value(value: Any) -> None:
    """`and`, `or`, `not`, `if`, `while`, `any` and `all` would drop or choose a part of the definition silently."""
    message = f"{value.noun()} has no truth value in Python; {value.instead_of('and', None)}"
    for decide in (
        lambda: value and value,
        lambda: value or value,
        lambda: not value,
        lambda: value if value else None,
        lambda: any([value]),
        lambda: [value for _ in (1,) if value],
    ):
        assert definition_error(decide) == message


def test_what_a_truth_value_is_replaced_by() -> None:
    """The hint names what the writer probably wanted."""
    assert definition_error(lambda: CONDITION and CONDITION) == f"a condition has no truth value in Python; {JOIN}"
    assert definition_error(lambda: COUNT and CONDITION) == (
        "a query has no truth value in Python; compare it with .above(…), and join conditions with & and |"
    )
    assert definition_error(lambda: COUNT.by(GUEST or TABLE)) == (
        "the label guest_id has no truth value in Python; name labels one by one, as .by(TENANT, ROUTE)"
    )
    assert definition_error(lambda: COUNT.above(quantity(5, REQUESTS_UNIT) or None)) == (
        "a quantity has no truth value in Python; pass one quantity, or compare it with None by `is not None`"
    )


def test_no_class_of_the_dsl_has_another_operator() -> None:
    """A generated `__eq__` or an own operator would replace the one that refuses: only & and | of conditions may."""
    modules = [
        importlib.import_module(f"generator.dsl.{each.name}") for each in pkgutil.iter_modules(generator.dsl.__path__)
    ]
    classes = {value for module in modules for value in vars(module).values() if isinstance(value, type)}
    refusing: list[Any] = [value for value in classes if issubclass(value, NoOperators)]
    assert len(refusing) > 25
    for value in refusing:
        assert value.__eq__ is NoOperators.__eq__, value
        assert value.__hash__ is object.__hash__, value
    for value in (each for each in classes if issubclass(each, NoArithmetic)):
        for name in ("__add__", "__lt__", "__truediv__", "__getitem__", "__invert__"):
            assert getattr(value, name) is getattr(NoArithmetic, name), (value, name)
    for part in (each for each in classes if issubclass(each, NoTruthValue)):
        assert part.__bool__ is NoTruthValue.__bool__, part


def test_queries_and_conditions_are_members_of_sets_by_identity() -> None:
    """The generator may keep them as keys: hashing works, and a key is found again."""
    names = {COUNT: "count", CONDITION: "condition"}
    assert (names[COUNT], names[CONDITION], COUNT in names) == ("count", "condition", True)
