"""A build of one alert and a few alert tests, small enough to test its mutants quickly."""

from __future__ import annotations

from dataclasses import replace

from alerts.routing import ROUTING
from contract import CONTRACT
from contract.api import ERRORS, REQUESTS
from contract.labels import ROUTE, SERVICE, TENANT
from generator.dsl.alert import TICKET, alert
from generator.dsl.alert_test import (
    AlertTest,
    Coverage,
    Scenario,
    alert_test,
    count,
    expect_firing,
    expect_none,
    firing,
    input_series,
    scenario,
)
from generator.dsl.definitions import Definitions
from generator.dsl.platform import Platform
from generator.dsl.query import Condition
from generator.dsl.units import minutes, percent
from generator.ir.build import Compiled
from generator.lowering.lower import lower
from generator.rendering.rule_files import rule_files

CHAT = {ROUTE: "/chat", SERVICE: "worker-api"}


@alert("RequestsFail", TICKET)
def requests_fail(platform: Platform) -> Condition:
    """{route} ({service}) fails: {value} of its requests.

    {value} of the requests to {route} ({service}) failed.

    Impact: Some callers get an error.

    First steps:
    1. Open the logs.
    """
    return ERRORS.ratio_to(REQUESTS, minutes(5)).by(ROUTE, SERVICE).above(percent(2))


@alert_test("RequestsFail", TICKET, covers=(Coverage.FIRES,), id="ten_percent_fail")
def ten_percent_fail(platform: Platform) -> Scenario:
    """From minute 10 on, 10 % of the requests fail, and the alert fires at minute 25. No value is near the threshold of
    2 %, and no counter is reset."""
    return _ten_percent_fail(25)


def small_test(id_: str, coverage: Coverage, length: int) -> AlertTest:
    """Return an alert test like `ten_percent_fail` of so many minutes, with another id and coverage."""
    return replace(ten_percent_fail, id=id_, covers=(coverage,), build=lambda platform: _ten_percent_fail(length))


def small_build(platform: Platform, *alert_tests: AlertTest) -> Compiled:
    """Return an unchecked build with these alert tests, or with `ten_percent_fail`, and without rendered texts."""
    definitions = Definitions(
        CONTRACT, (replace(requests_fail, family="errors"),), (), alert_tests or (ten_percent_fail,), (), ROUTING
    )
    lowered = lower(platform, definitions)
    return Compiled(lowered, rule_files(lowered), {})


def _ten_percent_fail(length: int) -> Scenario:
    labels = {TENANT: "com.rainbowsmokeofficial", **CHAT}
    return scenario(
        input_series(REQUESTS, labels, count(100, minutes(length))),
        input_series(ERRORS, labels, count(0, minutes(10)), count(10, minutes(length - 10))),
        expect_none(minutes(10)),
        expect_firing(minutes(length), firing(TICKET, 0.1, CHAT)),
    )
