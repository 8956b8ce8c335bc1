"""Alert tests as promtool's rule tests: the files, worked out by hand, and that promtool fails a wrong expectation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from contract.api import ERRORS, LATENCY, REQUESTS
from contract.labels import ROUTE, SERVICE, TENANT
from generator import pipeline
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
from generator.rendering.alert_tests import alert_test_files
from generator.rendering.rule_files import rules

CHAT = {ROUTE: "/chat", SERVICE: "worker-api"}
FIRST = {TENANT: "a", **CHAT}
HOSTILE = {TENANT: 'a "é" & {{ $value }}\\', **CHAT}
HALF_MINUTE = seconds(30)


@alert_test("RouteDown", PAGE, covers=(Coverage.FIRES,), id="down")
def down(platform: Platform) -> Scenario:
    """75 % of 60 requests per minute fail: the condition is true from 0:30 on, and the alert fires a minute later."""
    return failing(expect_firing(seconds(90), firing(PAGE, 0.75, CHAT)), expect_none(minutes(1)))


@alert_test("TenantHighLatency", TICKET, covers=(Coverage.FIRES,), id="slow")
def slow(platform: Platform) -> Scenario:
    """All requests of a tenant with a hostile name take 20 s, which is above the SLO of 10 s: fires at 15."""
    return scenario(
        input_series(REQUESTS, HOSTILE, count(60, minutes(20))),
        input_series(LATENCY, HOSTILE, observe(60, 20000, minutes(20))),
        expect_firing(minutes(15), firing(TICKET, 1, HOSTILE)),
    )


@alert_test("ErrorBudgetBurn", TICKET, covers=(Coverage.FIRES,), id="burns")
def burns(platform: Platform) -> Scenario:
    """2.5 % of requests fail, so the burn rate is 5 and -400 % of the error budget are left."""
    values = {"burn_rate": 5, "budget_left": -4, "when_exhausted": -1}
    return scenario(
        input_series(REQUESTS, FIRST, count(100, minutes(10))),
        input_series(ERRORS, FIRST, count("2.5", minutes(10))),
        expect_firing(minutes(5), firing(TICKET, 0.025, CHAT, values=values)),
        evaluation_interval=minutes(5),
    )


def failing(*expectations: Expectation) -> Scenario:
    """45 of 60 requests per minute fail, with these expectations."""
    return scenario(
        input_series(REQUESTS, FIRST, count(60, minutes(5))),
        input_series(ERRORS, FIRST, count(45, minutes(5))),
        *expectations,
        evaluation_interval=HALF_MINUTE,
    )


def rendered(production: Compiled, *tests: AlertTest) -> dict[str, str]:
    """The test files of these alert tests."""
    lowered, files = production.lowered, production.files
    return alert_test_files(lowered.platform, tests, pipeline.tested_rules(lowered, files), files)


def failures(production: Compiled, promtool: Promtool, folder: Path, test: AlertTest) -> str:
    """promtool's messages about an alert test on production's rules; empty where it passes."""
    tests = rendered(production, test)
    for path, text in {**rules(production.files), **tests}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    (result,) = promtool.test_rules([folder / path for path in tests]).results
    return "\n".join(result.failures)


def test_keep_firing_for_keeps_the_last_annotations(production: Compiled) -> None:
    """The condition ends at minute 5: at 14 the link still opens an hour before and after 5, two hours wide."""

    @alert_test("RouteDown", PAGE, covers=(Coverage.RECOVERS,), id="keep_firing_for")
    def keep_firing_for(platform: Platform) -> Scenario:
        """The condition ends, and the alert still fires."""
        return scenario(
            input_series(REQUESTS, FIRST, count(60, minutes(20))),
            input_series(ERRORS, FIRST, count(45, minutes(5)), count(0, minutes(15))),
            expect_firing(minutes(14), firing(PAGE, 0.75, CHAT, condition_ended=minutes(5))),
            evaluation_interval=HALF_MINUTE,
        )

    (text,) = rendered(production, keep_firing_for).values()
    assert "&time=300000&time.window=7200000&" in text


def test_a_file_for_each_evaluation_interval(production: Compiled) -> None:
    """The tests of one module share a file if they have the same evaluation interval."""
    assert list(rendered(production, slow, down)) == [
        "tests/test_alert_tests-every-30s.yaml",
        "tests/test_alert_tests-every-1m.yaml",
    ]


def test_the_content_of_a_file(production: Compiled) -> None:
    """A file names the rule files that its alerts depend on, recording rules first; a test has its input series and
    evaluation times."""
    (text,) = rendered(production, down).values()
    file = yaml.safe_load(text)
    assert file["rule_files"] == ["../prometheus/rules/recorded-api.yaml", "../prometheus/rules/errors.yaml"]
    assert file["evaluation_interval"] == "30s"
    assert file["group_eval_order"][0] == "production:api-recorded"
    assert file["group_eval_order"][-1] == "production:errors"
    (test,) = file["tests"]
    assert (test["name"], test["interval"]) == ("down", "30s")
    assert [(series["series"], series["values"]) for series in test["input_series"]] == [
        ('errors_total{platform="production",route="/chat",service="worker-api",tenant_id="a"}', "0+22.5x10"),
        ('requests_total{platform="production",route="/chat",service="worker-api",tenant_id="a"}', "0+30x10"),
    ]
    assert [(expected["alertname"], expected["eval_time"]) for expected in test["alert_rule_test"]] == [
        ("RouteDown", "1m"),
        ("RouteDown", "90s"),
    ]
    assert test["alert_rule_test"][0]["exp_alerts"] == []


def test_the_content_of_an_expected_alert(production: Compiled) -> None:
    """An expected alert has its owner and its rendered annotations, and the link the 90 seconds in milliseconds."""
    (text,) = rendered(production, down).values()
    (alert,) = yaml.safe_load(text)["tests"][0]["alert_rule_test"][1]["exp_alerts"]
    assert alert["exp_labels"] == {
        "platform": "production",
        "route": "/chat",
        "service": "worker-api",
        "severity": "page",
        "owner": "platform",
    }
    annotations: Mapping[str, Any] = alert["exp_annotations"]
    assert sorted(annotations) == ["dashboard_url", "description", "runbook_url", "summary"]
    assert annotations["summary"] == "/chat (worker-api) is down: 75% of requests fail."
    assert annotations["description"] == (
        "75% of requests to /chat (worker-api) fail, over all tenants (threshold 50%, last 2 minutes)."
    )
    assert annotations["runbook_url"].endswith("/out/runbooks/route-down.md")
    assert (
        "&time=90000&time.window=7200000&var-service=worker-api&var-route=%2Fchat&viewPanel=panel-"
        in annotations["dashboard_url"]
    )


def test_an_expected_alert_has_the_results_of_its_queries(production: Compiled) -> None:
    """The values of an expectation fill the placeholders that Prometheus fills by queries."""
    (text,) = rendered(production, burns).values()
    (alert,) = yaml.safe_load(text)["tests"][0]["alert_rule_test"][0]["exp_alerts"]
    assert alert["exp_annotations"]["description"] == (
        "2.5% of requests to /chat (worker-api) fail. Threshold: a burn rate of 1× over 3 days. Now it is 5×. "
        "Error budget of 30 days: -400% left; at the burn rate of the last 3 days it is exhausted now."
    )


@pytest.mark.parametrize("test", [down, slow, burns], ids=lambda test: test.id)
def test_promtool_passes_a_right_expectation(
    production: Compiled, promtool: Promtool, tmp_path: Path, test: AlertTest
) -> None:
    """promtool passes right expectations on the real rules, the texts of a hostile tenant included."""
    assert failures(production, promtool, tmp_path, test) == ""


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
def test_promtool_fails_a_wrong_expectation(
    production: Compiled, promtool: Promtool, tmp_path: Path, expected: Expectation
) -> None:
    """promtool fails an expectation of another value, another route, no alert, or an earlier time, and shows both."""
    wrong = replace(down, build=lambda platform: failing(expected))
    assert "alertname: RouteDown" in failures(production, promtool, tmp_path, wrong)


def test_promtool_fails_a_wrong_result_of_a_query(production: Compiled, promtool: Promtool, tmp_path: Path) -> None:
    """promtool renders the queries of annotations: another error budget left fails the test."""
    scenario_ = burns.scenario(production.lowered.platform)
    assert scenario_ is not None
    (expectation,) = scenario_.expectations
    (alert,) = expectation.firing
    wrong_alert = replace(alert, values={**alert.values, "budget_left": 0.5})
    wrong = replace(scenario_, expectations=(replace(expectation, firing=(wrong_alert,)),))
    assert "50% left" in failures(production, promtool, tmp_path, replace(burns, build=lambda platform: wrong))
