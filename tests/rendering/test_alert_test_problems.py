"""Alert tests that cannot be rendered: each problem has its place and a hint, and all are reported at once."""

from __future__ import annotations

import pytest

from contract.api import REQUESTS
from contract.labels import ROUTE, SERVICE, STORE, TENANT
from generator import pipeline
from generator.dsl.alert import NONE, PAGE, TICKET
from generator.dsl.alert_test import (
    Coverage,
    Scenario,
    alert_test,
    count,
    expect_firing,
    firing,
    input_series,
    scenario,
)
from generator.dsl.platform import Platform
from generator.dsl.units import minutes
from generator.errors import BuildError
from generator.ir.build import Compiled
from generator.rendering.alert_tests import alert_test_files

CHAT = {ROUTE: "/chat", SERVICE: "worker-api"}


@alert_test("StorageErors", PAGE, covers=(Coverage.FIRES,), id="unknown_alert")
def unknown_alert(platform: Platform) -> Scenario:
    """The alert does not exist."""
    return scenario()


@alert_test("StorageErrors", PAGE, covers=(Coverage.FIRES,), id="missing_label")
def missing_label(platform: Platform) -> Scenario:
    """The input series has no route."""
    return scenario(input_series(REQUESTS, {TENANT: "a", SERVICE: "worker-api"}, count(1, minutes(1))))


@alert_test("StorageErrors", PAGE, covers=(Coverage.FIRES,), id="wrong_expectations")
def wrong_expectations(platform: Platform) -> Scenario:
    """A page without a store, and a severity that the alert does not have."""
    return scenario(
        expect_firing(minutes(1), firing(PAGE, 1), firing(NONE, 1, {STORE: "kv"}), firing(TICKET, 1, {STORE: "kv"}))
    )


@alert_test("ErrorBudgetBurn", TICKET, covers=(Coverage.FIRES,), id="missing_values")
def missing_values(platform: Platform) -> Scenario:
    """The results of the annotation's queries are not given."""
    return scenario(expect_firing(minutes(1), firing(TICKET, 1, CHAT, values={"burn_rate": 200})))


def test_all_problems_are_reported_at_once(production: Compiled) -> None:
    """An unknown alert, a missing label, two wrong expectations and missing values are five problems."""
    rules = pipeline.tested_rules(production.lowered, production.files)
    tests = (unknown_alert, missing_label, wrong_expectations, missing_values)
    with pytest.raises(BuildError) as caught:
        alert_test_files(production.lowered.platform, tests, rules, production.files)
    assert [(problem.where.split()[-1], problem.what, problem.hint) for problem in caught.value.problems] == [
        (
            "unknown_alert",
            "there is no alert StorageErors (page)",
            'did you mean "StorageErrors (page)"? Use it, or declare "StorageErors (page)"',
        ),
        ("missing_label", "a series of requests_total lacks the label route", "give it a route"),
        ("wrong_expectations", "it expects StorageErrors (page) with the labels ()", "expect the labels (store)"),
        (
            "wrong_expectations",
            "it expects StorageErrors (none), which does not exist",
            "expect a severity that the alert has",
        ),
        (
            "missing_values",
            "it expects ErrorBudgetBurn (ticket) with the values (burn_rate)",
            "expect the values (budget_left, burn_rate, when_exhausted)",
        ),
    ]
