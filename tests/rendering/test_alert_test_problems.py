"""Stories that cannot be told: each is a fault with its place and a cure, all at once."""

from __future__ import annotations

import pytest

from contract.api import REQUESTS
from contract.labels import SERVICE, STORE, TENANT
from generator.build import PLAN, compiled
from generator.dsl.alert import NONE, PAGE, TICKET
from generator.dsl.alert_test import Plot, Shows, count, flow, heard, plot, story, told
from generator.dsl.platform import Platform
from generator.dsl.units import minutes
from generator.errors import BuildError
from generator.pipeline import judges
from generator.rendering.alert_tests import stories


@story("StorageErors", PAGE, shows=(Shows.FIRES,))
def unknown_alert(platform: Platform) -> Plot:
    """An alert that nobody wrote."""
    return plot()


@story("StorageErrors", PAGE, shows=(Shows.FIRES,))
def unknown_label(platform: Platform) -> Plot:
    """A flow without a route."""
    return plot(flow(REQUESTS, {TENANT: "a", SERVICE: "worker-api"}, count(1, minutes(1))))


@story("StorageErrors", PAGE, shows=(Shows.FIRES,))
def told_wrongly(platform: Platform) -> Plot:
    """A store's page, told of nobody, and in a severity that there is not."""
    return plot(heard(minutes(1), told(PAGE, 1), told(NONE, 1, {STORE: "kv"}), told(TICKET, 1, {STORE: "kv"})))


def test_all_faults_are_told_at_once() -> None:
    """A wrong name, a wrong flow and two wrong tellings are four faults, each at its story; what is right is none."""
    result = compiled(PLAN)
    given = (result.lowered.platform, (unknown_alert, unknown_label, told_wrongly))
    with pytest.raises(BuildError) as caught:
        stories(*given, judges(result.lowered, result.files), result.files)
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
