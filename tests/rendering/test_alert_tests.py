"""Stories as promtool's tests: what is written, worked out by hand, and that promtool notices a story that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from contract.api import ERRORS, LATENCY, REQUESTS
from contract.labels import ROUTE, SERVICE, TENANT
from generator.dsl.alert import PAGE, TICKET
from generator.dsl.alert_test import (
    AlertTest,
    Coverage,
    Expectation,
    Scenario,
    alert_test,
    count,
    expect_firing,
    expect_none,
    firing,
    input_series,
    observe,
    scenario,
)
from generator.dsl.platform import Platform
from generator.dsl.units import minutes, seconds
from generator.external.promtool import Promtool
from generator.ir.build import Compiled
from generator.pipeline import TEST_PLATFORM, compiled, tested_rules
from generator.rendering.alert_tests import alert_test_files
from generator.rendering.rule_files import rules

CHAT = {ROUTE: "/chat", SERVICE: "worker-api"}
HOSTILE = {TENANT: 'a "é" & {{ $value }}\\', **CHAT}
OFTEN = seconds(30)


@alert_test("RouteDown", PAGE, covers=(Coverage.FIRES,), id="down")
def down(platform: Platform) -> Scenario:
    """Three quarters of 60 requests a minute fail: so at the first half minute, told a minute later."""
    return failing(expect_firing(seconds(90), firing(PAGE, 0.75, CHAT)), expect_none(minutes(1)))


@alert_test("HighLatency", TICKET, PAGE, covers=(Coverage.FIRES,), id="slow")
def slow(platform: Platform) -> Scenario:
    """All of a hostile tenant's requests take 20 s: 10 + 20 × 0.95 are 29 s, told of it and of the route at 15."""
    return scenario(
        input_series(REQUESTS, HOSTILE, count(60, minutes(20))),
        input_series(LATENCY, HOSTILE, observe(60, 20000, minutes(20))),
        expect_firing(minutes(15), firing(TICKET, 29000, HOSTILE), firing(PAGE, 29000, CHAT)),
    )


def failing(*expected: Expectation) -> Scenario:
    """45 of 60 requests a minute fail; what is expected of it."""
    who = {TENANT: "a", **CHAT}
    return scenario(
        input_series(REQUESTS, who, count(60, minutes(5))),
        input_series(ERRORS, who, count(45, minutes(5))),
        *expected,
        evaluation_interval=OFTEN,
    )


@pytest.fixture(scope="module")
def production() -> Compiled:
    """A build of production."""
    return compiled(TEST_PLATFORM)


def written(production: Compiled, *firing: AlertTest) -> dict[str, str]:
    """The test files of these stories."""
    lowered = production.lowered
    return alert_test_files(lowered.platform, firing, tested_rules(lowered, production.files), production.files)


def test_what_lingers_says_what_it_said_last(production: Compiled, promtool: Promtool, tmp_path: Path) -> None:
    """Down until minute 5: at 14 its link is still around 5, an hour before to half an hour after."""

    @alert_test("RouteDown", PAGE, covers=(Coverage.RECOVERS,), id="keep_firing_for")
    def keep_firing_for(platform: Platform) -> Scenario:
        """It ends, and is told still."""
        who = {TENANT: "a", **CHAT}
        return scenario(
            input_series(REQUESTS, who, count(60, minutes(20))),
            input_series(ERRORS, who, count(45, minutes(5)), count(0, minutes(15))),
            expect_firing(minutes(14), firing(PAGE, 0.75, CHAT, condition_ended=minutes(5))),
            evaluation_interval=OFTEN,
        )

    (text,) = written(production, keep_firing_for).values()
    assert f"from={(300 - 3600) * 1000}&to={(300 + 1800) * 1000}&" in text


def failures(production: Compiled, promtool: Promtool, folder: Path, firing: AlertTest) -> str:
    """What promtool says of a story, on production's rules; empty where it agrees."""
    tests = written(production, firing)
    for path, text in {**rules(production.files), **tests}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    (verdict,) = promtool.test_rules([folder / path for path in tests]).results
    return "\n".join(verdict.failures)


def test_a_file_for_each_pace(production: Compiled) -> None:
    """Stories of one module are together where their rules are evaluated at one pace, and apart where not."""
    assert list(written(production, slow, down)) == [
        "tests/test_stories-every-30s.yaml",
        "tests/test_stories-every-1m.yaml",
    ]


def test_a_story_as_written(production: Compiled) -> None:
    """A file names the shipped rules that its alerts rest on, recorded ones first; a test its traffic and moments."""
    (text,) = written(production, down).values()
    file = yaml.safe_load(text)
    assert file["rule_files"] == ["../prometheus/rules/recorded-api.yaml", "../prometheus/rules/errors.yaml"]
    assert file["evaluation_interval"] == "30s"
    assert file["group_eval_order"][0] == "api-recorded"
    assert file["group_eval_order"][-1] == "errors"
    (test,) = file["tests"]
    assert (test["name"], test["interval"]) == ("down", "30s")
    assert [(one["series"], one["values"]) for one in test["input_series"]] == [
        ('errors_total{route="/chat",service="worker-api",tenant_id="a"}', "0+22.5x10"),
        ('requests_total{route="/chat",service="worker-api",tenant_id="a"}', "0+30x10"),
    ]
    assert [(one["alertname"], one["eval_time"]) for one in test["alert_rule_test"]] == [
        ("RouteDown", "1m"),
        ("RouteDown", "90s"),
    ]
    assert test["alert_rule_test"][0]["exp_alerts"] == []


def test_an_alert_as_expected(production: Compiled) -> None:
    """An alert is expected with its owner, its texts filled in, and a link from an hour before to half an hour after:
    at 90 seconds, from -3,510 to 1,890."""
    (text,) = written(production, down).values()
    (alert,) = yaml.safe_load(text)["tests"][0]["alert_rule_test"][1]["exp_alerts"]
    assert alert["exp_labels"] == {
        "route": "/chat",
        "service": "worker-api",
        "severity": "page",
        "owner": "platform",
    }
    said: Mapping[str, Any] = alert["exp_annotations"]
    assert sorted(said) == ["dashboard_url", "description", "runbook_url", "summary"]
    assert said["summary"] == "/chat (worker-api) is down: 75% of its requests fail."
    assert said["description"] == (
        "75% of the requests of the last 2 minutes to /chat (worker-api) failed, over all tenants; "
        "more than 50% is an outage."
    )
    assert said["runbook_url"].endswith("/out/runbooks/route-down.md")
    assert (
        "?from=-3510000&to=1890000&var-service=worker-api&var-route=%2Fchat&viewPanel=panel-" in said["dashboard_url"]
    )


@pytest.mark.parametrize("one", [down, slow], ids=lambda one: one.name)
def test_promtool_agrees_with_what_is_right(
    production: Compiled, promtool: Promtool, tmp_path: Path, one: AlertTest
) -> None:
    """The real promtool, on the real rules, hears what a right story says, a hostile tenant's texts included."""
    assert failures(production, promtool, tmp_path, one) == ""


@pytest.mark.parametrize(
    "expected",
    [
        expect_firing(minutes(3), firing(PAGE, 0.76, CHAT)),
        expect_firing(minutes(3), firing(PAGE, 0.75, {**CHAT, ROUTE: "/search"})),
        expect_none(minutes(3)),
        expect_firing(minutes(1), firing(PAGE, 0.75, CHAT)),
    ],
    ids=["another value", "another route", "nothing", "too early"],
)
def test_promtool_notices_what_is_wrong(
    production: Compiled, promtool: Promtool, tmp_path: Path, expected: Expectation
) -> None:
    """A story that expects another value, another route, nothing, or all too early, is told what was heard instead."""
    wrong = replace(down, build=lambda platform: failing(expected))
    assert "alertname: RouteDown" in failures(production, promtool, tmp_path, wrong)
