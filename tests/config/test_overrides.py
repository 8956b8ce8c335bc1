"""Overrides of SLOs and thresholds by service, route, model and store."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.labels import ROUTE
from generator.config.load import load
from generator.dsl.units import MILLISECONDS, percent, quantity
from tests.config.small_platform import Workspace, changed


def test_the_target_of_a_route_goes_before_that_of_its_service(workspace: Workspace) -> None:
    """/a has its own target, /b that of its service, /c of another service and `other` the default."""
    text = changed("{api: [/a, /b]}", "{api: [/a, /b], web: [/c]}").replace("/b: 500", "/b: 500, /c: 500")
    overrides = "services: {api: {target_percent: 99}}, routes: {/a: {target_percent: 99.9}}"
    workspace.write({"platform.yaml": text.replace("window_days: 30", f"window_days: 30, {overrides}")})
    slo = load(Path("platform.yaml")).availability
    assert (slo.label, slo.target) == (ROUTE, percent("99.5"))
    assert slo.targets == {
        "/a": percent("99.9"),
        "/b": percent(99),
        "/c": percent("99.5"),
        "other": percent("99.5"),
    }


def test_the_latency_slo_of_a_route_goes_before_that_of_its_service(workspace: Workspace) -> None:
    """/a has its own SLO, /b that of its service, and /c one without any of its service."""
    text = changed("{api: [/a, /b]}", "{api: [/a, /b], web: [/c]}")
    slos = "{services: {api: 2500}, routes: {/a: 100, /c: 250}"
    workspace.write({"platform.yaml": text.replace("{routes: {/a: 100, /b: 500}", slos)})
    latency = load(Path("platform.yaml")).latency.route
    assert {route: slo.text() for route, slo in latency.overrides.items()} == {
        "/a": "100 ms",
        "/b": "2.5 s",
        "/c": "250 ms",
    }
    assert latency.default is None


def test_routes_need_no_latency_slo_where_their_service_has_one(workspace: Workspace) -> None:
    """Then the key `routes` may be missing."""
    workspace.write({"platform.yaml": changed("{routes: {/a: 100, /b: 500}", "{services: {api: 500}")})
    latency = load(Path("platform.yaml")).latency.route
    assert {route: slo.text() for route, slo in latency.overrides.items()} == {"/a": "500 ms", "/b": "500 ms"}


def test_without_overrides_there_is_one_target(workspace: Workspace) -> None:
    """The target is a constant, and no series of targets is needed."""
    workspace.write({"platform.yaml": changed("min_errors: 10", "min_errors: 11")})
    slo = load(Path("platform.yaml")).availability
    assert (slo.label, slo.targets, slo.objective) == (None, {}, percent("99.5"))


def test_thresholds_differ_by_route_model_and_store(workspace: Workspace) -> None:
    """Each override has some of the keys of its default."""
    text = changed("ai_percent: 5", "ai_percent: 5, routes: {/a: {route_percent: 1}, /b: {outage_percent: 80}}, "
                   "models: {m: {ai_percent: 7}}")  # fmt: skip
    text = text.replace("page_percent: 10", "page_percent: 10, stores: {kv: {ticket_percent: 3}}")
    text = text.replace("ai: 1000", "ai: 1000, models: {m: 2500}")
    workspace.write({"platform.yaml": text})
    platform = load(Path("platform.yaml"))
    assert platform.errors.route_overrides == {"/a": percent(1)}
    assert platform.errors.outage_overrides == {"/b": percent(80)}
    assert platform.errors.ai_overrides == {"m": percent(7)}
    assert (platform.storage.ticket_overrides, platform.storage.page_overrides) == ({"kv": percent(3)}, {})
    assert platform.latency.ai_overrides == {"m": quantity(2500, MILLISECONDS)}


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "page_percent: 10",
            "page_percent: 10, stores: {kvv: {ticket_percent: 3}}",
            '13 thresholds.storage.stores.kvv: unknown key; did you mean "kv"? If not, remove it.',
        ),
        (
            "ai_percent: 5",
            "ai_percent: 5, routes: {/a: {ai_percent: 1}}",
            '12 thresholds.errors.routes./a.ai_percent: unknown key; did you mean "outage_percent"? If not, remove it.',
        ),
        (
            "ai_percent: 5",
            "ai_percent: 5, routes: {/a: {route_percent: 100}}",
            "12 thresholds.errors.routes./a.route_percent: 100 is out of range; give a number above 0 and below 100.",
        ),
        (
            "window_days: 30",
            "window_days: 30, routes: {/a: {}}",
            "7 slos.availability.routes./a.target_percent: this key is required; give a number above 0 and below 100.",
        ),
        (
            "window_days: 30",
            "window_days: 30, routes: {/a: 99.9}",
            "7 slos.availability.routes./a: 99.9 is not a mapping with a target; write a mapping with the keys "
            "target_percent.",
        ),
    ],
)
def test_an_invalid_override_is_a_problem_at_its_key(workspace: Workspace, old: str, new: str, problem: str) -> None:
    """Misspelt stores, foreign keys and impossible values are reported where they are written."""
    assert workspace.problems({"platform.yaml": changed(old, new)}) == [f"platform.yaml:{problem}"]
