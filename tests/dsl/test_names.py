"""Names and ids: each is valid as a part of the names of files, Kubernetes objects and UIDs, or an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from generator.dsl.alert import PAGE, Alert, alert
from generator.dsl.alert_test import FIRES, AlertTest, Scenario, alert_test
from generator.dsl.dashboard import Dashboard, Panel, Row, Stat, panel
from generator.dsl.platform import Platform
from generator.dsl.query import Condition
from generator.dsl.units import REQUESTS_UNIT, minutes, quantity
from tests.dsl.definition_errors import definition_error
from tests.dsl.sample_contract import ORDERS

EVIL = "../../evil"


def dashboard(id: Any) -> Dashboard:
    """A dashboard with an id."""
    return Dashboard(id, "Bar", "The bar.", (), (), ())


def panel_of(id: Any) -> Panel:
    """A panel with an id."""

    def orders(platform: Platform) -> Stat:
        """Orders."""
        return Stat(ORDERS.increase(minutes(5)))

    return panel("Orders", id=id)(orders)


def alert_test_of(id: Any = "orders_stop", module: str = "alerts.tests.bar") -> AlertTest:
    """An alert test with an id, in a module."""

    def orders_stop(platform: Platform) -> Scenario:
        """Orders stop."""
        raise NotImplementedError

    orders_stop.__module__ = module
    return alert_test("NoOrders", PAGE, covers=(FIRES,), id=id)(orders_stop)


def alert_of(runbook: Any = "", module: str = "alerts.bar") -> Alert:
    """An alert with a runbook, in a module."""

    def no_orders(platform: Platform) -> Condition:
        """No orders.

        Nobody orders.

        Impact: The bar is empty.

        First steps:
        1. Open the door.
        """
        return ORDERS.increase(minutes(5)).above(quantity(1, REQUESTS_UNIT))

    no_orders.__module__ = module
    return alert("NoOrders", PAGE, runbook=runbook)(no_orders)


@pytest.mark.parametrize("define", [dashboard, alert_of])
@pytest.mark.parametrize(
    ("name", "suggested"),
    [
        *((EVIL, "evil"), ("Bar", "bar"), ("bar_2", "bar-2"), ("bar-", "bar"), ("2bar", "bar"), ("bar\n", "bar")),
        *(("größe", "gr-e"), ("..", "example"), ("b" * 64, "b" * 63), (None, "example"), ("a--b", "a-b")),
    ],
)
def test_dashboards_and_runbooks_have_object_names(define: Callable[[Any], object], name: Any, suggested: str) -> None:
    """What is no DNS name, or has no letter first, is an error with the nearest name that is valid."""
    message = definition_error(lambda: define(name))
    assert message.split("; ")[0].endswith(f" {name!r}")
    assert message.endswith(
        f'; write lower-case letters, digits and "-", at most 63 and a letter first, as "{suggested}"'
    )


@pytest.mark.parametrize("define", [panel_of, alert_test_of])
@pytest.mark.parametrize(
    ("id_", "suggested"),
    [(EVIL, "evil"), ("Orders", "orders"), ("", "example"), ("orders now", "orders_now"), ("o" * 64, "o" * 63)],
)
def test_panels_and_tests_have_lower_case_ids(define: Callable[[Any], object], id_: Any, suggested: str) -> None:
    """What is not lower-case words is an error with the nearest id that is valid."""
    message = definition_error(lambda: define(id_))
    assert f" has the id {id_!r}; " in message
    assert message.endswith(f'"_" and "-", at most 63 and a letter first, as "{suggested}"')


@pytest.mark.parametrize("id_", ["Has two\nlines", " starts with a space", "x" * 101, "\x1b[31mred"])
def test_the_id_of_a_row_is_a_line(id_: str) -> None:
    """A row's id has no control characters, no spaces around it and at most 100 characters."""
    assert definition_error(lambda: Row("Orders", (panel_of("orders"),), id=id_)) == (
        f"Row(…) has the id {id_!r}; write a line of text without spaces around it, 1 to 100 characters"
    )


def test_valid_names_are_kept() -> None:
    """Names of the greatest length, with joints and digits, are as they were written."""
    longest = "a1-" * 20 + "abc"
    assert len(longest) == 63
    assert dashboard(longest).id == longest
    assert alert_of(longest).runbook == longest
    assert alert_of(module="alerts.two_words").family == "two_words"
    assert panel_of(longest.replace("-", "_")).id == longest.replace("-", "_")
    assert alert_test_of("one-2_three").id == "one-2_three"
    assert Row("Orders", (panel_of("orders"),), id="Who orders, and what?").key == "Who orders, and what?"


@pytest.mark.parametrize("module", ["Bar", "bar_", "_bar", "two__words", "größe", "b" * 64])
@pytest.mark.parametrize("define", [alert_of, alert_test_of])
def test_modules_are_named_like_objects(define: Callable[..., object], module: str) -> None:
    """A family of alerts and a module of tests name files and objects: `bar_` would end with a hyphen there."""
    message = definition_error(lambda: define(module=f"alerts.{module}"))
    assert f' is in the module "{module}", whose name becomes that of files and objects; rename the mod' in message
