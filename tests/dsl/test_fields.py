"""The types of a definition's fields: each wrong value is an error, at any depth, with what to write instead."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import generator.dsl
from generator.dsl.dashboard import BarGauge, Dashboard, Panel, Row, Series, Stat
from generator.dsl.fields import DESCRIPTIONS
from generator.dsl.log import SAFE, EnumType, LogField, NumberType
from generator.dsl.metrics import Counter, Extension, Member
from generator.dsl.routing import Route, Routing
from generator.dsl.slo import BurnRateWindows, Slo
from generator.dsl.units import hours, minutes, percent
from tests.dsl.definition_errors import definition_error
from tests.dsl.sample_contract import GUEST, ORDERS, ORIGIN, SIZE, SMALL, TABLE

WRONG: Any = None
ROUTE = Route(None, minutes(1), hours(1))
ROUTING = Routing((GUEST,), ROUTE, ROUTE, ROUTE, "bar")
FIELD = LogField(name="size", type=EnumType(("small",)), sensitivity=SAFE, help="The size.")
SLIPS: list[tuple[str, Callable[[Any], object], Any, str]] = [
    ("a text for a tuple", lambda value: replace(ROUTING, group_by=value), "guest_id",
     "Routing(group_by=…) takes a tuple of labels of the contract, not 'guest_id'; "
     "write a tuple: import it from contract.labels"),
    ("one for a tuple", lambda value: replace(ROUTING, group_by=value), GUEST,
     "Routing(group_by=…) takes a tuple of labels of the contract, not Label guest_id; write (…,) with a comma"),
    ("a list for a tuple", lambda value: Row("Row", (), widths=value) and None, [24],
     "Row(…) has no panels; decorate each function with @panel(title, id=…)"),
    ("a text in a tuple", lambda value: replace(ROUTING, group_by=value), (GUEST, "table"),
     "Routing(group_by=…) takes a tuple of labels of the contract, not 'table'; import it from contract.labels"),
    ("a set", lambda value: Dashboard("a", "A", "A.", (), (), value), {"errors"},
     "Dashboard(tags=…) takes a tuple of texts, not set; write a tuple: write it in quotes"),
    ("a number in a tuple of texts", lambda value: EnumType(value), ("a", 5),
     "EnumType(values=…) takes a tuple of texts, not 5; write it in quotes"),
    ("a number for a duration", lambda value: replace(ROUTE, group_interval=value), 5,
     "Route(group_interval=…) takes a duration, not 5; give it a unit, as minutes(5)"),
    ("None for a duration", lambda value: replace(ROUTE, repeat_interval=value), None,
     "Route(repeat_interval=…) takes a duration, not None; give it a unit, as minutes(5)"),
    ("a text for a duration or None", lambda value: replace(ROUTE, group_wait=value), "15s",
     "Route(group_wait=…) takes a duration or None, not '15s'; give it a unit, as minutes(5)"),
    ("a text that is none of the known ones", lambda value: replace(ROUTE, pagerduty_severity=value), "urgent",
     "Route(pagerduty_severity=…) takes one of critical, error, warning, info, not 'urgent'; write \"critical\""),
    ("a function for a text", lambda value: replace(ROUTING, default_family=value), minutes,
     "Routing(default_family=…) takes a text, not the function minutes; write it in quotes"),
    ("True for a number", lambda value: NumberType(value, 9), True,
     "NumberType(minimum=…) takes a whole number, not True; write it in digits, as 8"),
    ("a number for True", lambda value: replace(FIELD, required=value), 0,
     "LogField(required=…) takes True or False, not 0; write True or False"),
    ("a negative number", lambda value: BarGauge(ORDERS.rate().by(TABLE), max_series=value), -1,
     "BarGauge(max_series=…) takes a whole number from 1 on, not -1; write 8"),
    ("a text for a member of an enumeration", lambda value: replace(FIELD, sensitivity=value), "safe",
     "LogField(sensitivity=…) takes a Sensitivity, not 'safe'; "
     "write one of Sensitivity.SAFE, Sensitivity.PERSONAL, Sensitivity.SECRET"),
    ("a class for its instance", lambda value: replace(FIELD, type=value), EnumType,
     "LogField(type=…) takes a StringType or an EnumType or a LabelValueType or a NumberType or an ObjectType, "
     "not type; write StringType(…)"),
    ("a text in a union", lambda value: NumberType(0, value), "9",
     "NumberType(maximum=…) takes a whole number or None, not '9'; write it in digits, as 8"),
    ("a text for a key", lambda value: Member(SMALL, value), {"size": "small"},
     "Member(distinguishing_labels=…) takes a mapping from labels of the contract to texts, not 'size'; "
     "import it from contract.labels"),
    ("a list for a mapping", lambda value: Member(SMALL, value), [(SIZE, "small")],
     "Member(distinguishing_labels=…) takes a mapping from labels of the contract to texts, not list; write {…: …}"),
    ("a value that the label does not have", lambda value: Member(SMALL, {SIZE: value}), "tiny",
     'label size has no value "tiny"; use one of small, large'),
    ("a text for a unit", lambda value: replace(ORDERS, unit=value), "requests",
     "Counter(unit=…) takes a unit, not 'requests'; import one from generator.dsl.units, as REQUESTS_UNIT"),
    ("a text for an origin", lambda value: replace(ORDERS, origin=value), "3.1",
     "Counter(origin=…) takes a Seed or an Extension, not '3.1'; write Seed(\"3.1\") for a metric of the plan"),
    ("a number for a reason", lambda value: Extension(value), 5,
     "Extension(reason=…) takes a text, not 5; write it in quotes"),
    ("a number for an SLO's target", lambda value: Slo(value, hours(1)), 99.5,
     "Slo(target=…) takes a quantity, not 99.5; "
     "give it a unit, as percent(5), milliseconds(500) or quantity(5, UNIT)"),
    ("an SLO of everything", lambda value: Slo(percent(value), hours(1)), 100,
     "Slo(target=…) takes a ratio between 0% and 100%, not 100%; write percent(99.5)"),
    ("windows in the wrong order", lambda value: BurnRateWindows(percent(2), value, hours(1)), minutes(5),
     "the windows of a burn rate are 5 minutes, 1 hour; make the long one longest and the current one shortest"),
]  # fmt: skip


@pytest.mark.parametrize(("define", "value", "message"), [slip[1:] for slip in SLIPS], ids=[slip[0] for slip in SLIPS])
def test_a_wrong_field_is_an_error(define: Callable[[Any], object], value: Any, message: str) -> None:
    """The message names the field, the type and the value; the hint is what to write."""
    assert definition_error(lambda: define(value)) == message


def test_right_fields_are_no_error() -> None:
    """Members of unions, empty tuples, None where it may be, and a whole number in the place of a decimal."""
    assert replace(ROUTE, group_wait=minutes(2)).group_wait == minutes(2)
    assert NumberType(0, 9).maximum == 9
    assert Dashboard("a", "A", "A.", (), (), ()).tags == ()
    assert isinstance(replace(ORDERS, origin=ORIGIN, labels=(TABLE,)), Counter)
    panel = Panel("a", "A", "A.", lambda _: Stat(ORDERS.rate()), "x")
    assert Row("Row", (panel,), widths=(24,)).widths == (24,)
    assert Series(ORDERS.rate(), "orders").name == "orders"


def test_every_description_is_that_of_a_class() -> None:
    """A renamed class would lose its description."""
    modules = [
        importlib.import_module(f"generator.dsl.{each.name}") for each in pkgutil.iter_modules(generator.dsl.__path__)
    ]
    names = {name for module in modules for name in vars(module)} | {
        "str",
        "int",
        "float",
        "bool",
        "NoneType",
        "Fraction",
    }
    assert DESCRIPTIONS.keys() - names == set()
