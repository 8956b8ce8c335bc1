"""The thresholds of panels: of alerts, and fractions of the critical one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from contract.api import ERRORS, REQUESTS
from generator.dsl.alert import PAGE
from generator.dsl.dashboard import Series, Stat, TimeSeries
from generator.dsl.panel_thresholds import AlertThreshold, fraction_of_critical, threshold_of
from generator.dsl.units import milliseconds, minutes, percent
from generator.errors import DefinitionError

RATIO = ERRORS.ratio_to(REQUESTS, minutes(5))


def test_the_threshold_of_an_alert_names_it() -> None:
    """The name is enough where one alert has it."""
    assert threshold_of("RouteDown") == AlertThreshold("RouteDown", None)
    assert threshold_of("StorageErrors", PAGE).severity is PAGE


def untyped(value: object) -> Any:
    """A value that the type checker does not look at."""
    return value


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: threshold_of(untyped(2)), "threshold_of(…) takes an alert's name, not 2; write threshold_of("),
        (
            lambda: threshold_of("A", untyped("page")),
            "threshold_of(…) takes a severity, not 'page'; write PAGE or TICKET",
        ),
        (
            lambda: fraction_of_critical(untyped(0.5)),
            "fraction_of_critical(…) takes a percentage, not 0.5; write fraction_of_critical(percent(50))",
        ),
        (
            lambda: fraction_of_critical(percent(100)),
            "fraction_of_critical(…) takes a percentage below 100, not 100%; write fraction_of_critical(percent(50))",
        ),
        (
            lambda: fraction_of_critical(milliseconds(0)),
            "fraction_of_critical(…) takes a percentage below 100, not 0 ms; write fraction_of_critical(percent(50))",
        ),
        (
            lambda: Stat(RATIO, warning=fraction_of_critical(percent(50))),
            "Stat(…) has a warning that is a fraction of no critical threshold; "
            'add the critical one, such as threshold_of("ALERT")',
        ),
        (
            lambda: Stat(RATIO, critical=untyped(fraction_of_critical(percent(50)))),
            "Stat(…) takes a quantity, not FractionOfCritical",
        ),
        (
            lambda: TimeSeries((Series(RATIO),), threshold=untyped("RouteDown")),
            "TimeSeries(…) takes a quantity, not 'RouteDown'",
        ),
    ],
)
def test_a_wrong_argument_is_an_error(call: Callable[[], object], message: str) -> None:
    """The error is raised where the definition passes the argument, with what to write."""
    with pytest.raises(DefinitionError) as error:
        call()
    assert str(error.value).startswith(message)
