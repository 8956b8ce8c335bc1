"""Stories that cannot be told: each is a fault with its place and a cure, all at once."""

from __future__ import annotations

import pytest

from contract.api import REQUESTS
from contract.labels import SERVICE, STORE, TENANT
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
from generator.pipeline import TEST_PLATFORM, compiled, tested_rules
from generator.rendering.alert_tests import alert_test_files


@alert_test("StorageErors", PAGE, covers=(Coverage.FIRES,), id="unknown_alert")
def unknown_alert(platform: Platform) -> Scenario:
    """An alert that nobody wrote."""
    return scenario()


@alert_test("StorageErrors", PAGE, covers=(Coverage.FIRES,), id="unknown_label")
def unknown_label(platform: Platform) -> Scenario:
    """A flow without a route."""
    return scenario(input_series(REQUESTS, {TENANT: "a", SERVICE: "worker-api"}, count(1, minutes(1))))


@alert_test("StorageErrors", PAGE, covers=(Coverage.FIRES,), id="told_wrongly")
def told_wrongly(platform: Platform) -> Scenario:
    """A store's page, told of nobody, and in a severity that there is not."""
    return scenario(
        expect_firing(minutes(1), firing(PAGE, 1), firing(NONE, 1, {STORE: "kv"}), firing(TICKET, 1, {STORE: "kv"}))
    )


def test_all_faults_are_told_at_once() -> None:
    """A wrong name, a wrong flow and two wrong tellings are four faults, each at its story; what is right is none."""
    result = compiled(TEST_PLATFORM)
    given = (result.lowered.platform, (unknown_alert, unknown_label, told_wrongly))
    with pytest.raises(BuildError) as caught:
        alert_test_files(*given, tested_rules(result.lowered, result.files), result.files)
    assert [(problem.where.split()[-1], problem.what, problem.hint) for problem in caught.value.problems] == [
        (
            "unknown_alert",
            "there is no alert StorageErors (page)",
            'did you mean "StorageErrors (page)"? Use it, or declare "StorageErors (page)"',
        ),
        ("unknown_label", "a series of requests_total without route", "give it a route"),
        ("told_wrongly", "it tells StorageErrors (page) by no label", "tell it by store"),
        ("told_wrongly", "it tells StorageErrors (none), which there is not", "tell a severity that it has"),
    ]
