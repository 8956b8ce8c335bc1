"""Which rules a run evaluates, and what sloth generates or reports."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from generator.dsl.platform import Platform
from generator.errors import BuildError
from generator.verify.backtest.rule_sets import (
    baseline_rules,
    evaluable,
    slo_names,
    sloth_rules,
    sloth_specification,
)
from generator.verify.replay.stages import ReplayRule
from tests.external.programs import program

FIVE_MINUTES = ReplayRule({"record": "e:5m", "expr": "sum(increase(e[5m]))"}, 30)
ONE_DAY = ReplayRule({"record": "e:1d", "expr": "sum_over_time(e:5m[1d:5m])"}, 120)
UNREAD = ReplayRule({"record": "u:5m", "expr": "sum(increase(u[5m]))"}, 30)
SHORT = ReplayRule({"alert": "Short", "expr": "e:5m > 1"}, 30)
LONG = ReplayRule({"alert": "Long", "expr": "e:1d > 1"}, 30)
RULES = (FIVE_MINUTES, ONE_DAY, UNREAD, SHORT, LONG)
SLOTH_RULES = """groups:
- name: g
  rules:
  - {record: r5m, expr: "sum(rate(e[5m]))"}
  - {alert: SlothErrorBudget, expr: r5m > 1, labels: {severity: page}}
"""


def test_an_alert_whose_window_exceeds_the_warm_up_is_left_out() -> None:
    """Six hours suffice for five minutes and not for a day, also where only a recording rule has that window."""
    assert evaluable(RULES, 6 * 3_600) == (SHORT, FIVE_MINUTES)


def test_recording_rules_are_included_once() -> None:
    """With a warm-up of a day both alerts are included, with their recording rules; a rule that no alert reads is
    not."""
    assert sorted(rule.series for rule in evaluable(RULES, 86_400)) == ["ALERTS", "ALERTS", "e:1d", "e:5m"]


def test_the_window_of_last_over_time_does_not_count() -> None:
    """`last_over_time` over a day needs one sample, so a warm-up of an hour suffices."""
    missing = ReplayRule({"alert": "Missing", "expr": 'time() - max(last_over_time(beat{a="b"}[1d])) > 180'}, 30)
    assert evaluable((missing,), 3_600) == (missing,)


def test_a_bracket_in_a_label_value_is_not_a_window() -> None:
    """The parser reads windows, so text in brackets inside a string does not count."""
    labelled = ReplayRule({"alert": "Labelled", "expr": 'sum(increase(e{path="/[1d]"}[5m])) > 1'}, 30)
    assert evaluable((labelled,), 3_600) == (labelled,)


def test_sloth_gets_the_objective_of_every_route(platform: Platform) -> None:
    """Each of the three routes has an SLO of 99.5 % with pages and tickets, from the contract's own counters."""
    slos = yaml.safe_load(sloth_specification(platform))["slos"]
    assert [(slo["name"], slo["objective"]) for slo in slos] == [("chat", 99.5), ("search", 99.5), ("ingest", 99.5)]
    assert slos[1]["sli"]["events"]["error_query"] == 'sum(rate(errors_total{route="/search"}[{{.window}}]))'
    assert slos[0]["alerting"]["page_alert"] == {"labels": {"severity": "page"}}


def test_every_route_has_a_name_that_sloth_accepts() -> None:
    """Letters, digits and dashes; numbered where two routes would have the same, and `root` for the root."""
    routes = ("/", "/v1/a", "/v1-a", "/v1/:id")
    assert list(slo_names(routes).values()) == ["root", "v1-a", "v1-a-2", "v1-id"]


def test_metrics_have_the_platforms_prefix(platform: Platform) -> None:
    """In sloth's rules and in the baseline."""
    prefixed = replace(platform, metric_prefix="acme_")
    events = yaml.safe_load(sloth_specification(prefixed))["slos"][1]["sli"]["events"]
    assert events["total_query"] == 'sum(rate(acme_requests_total{route="/search"}[{{.window}}]))'
    expressions = [str(rule.body["expr"]) for rule in baseline_rules(prefixed)]
    assert all(re.search(r"acme_(errors_total|latency_ms_bucket|telemetry_heartbeat)", each) for each in expressions)


def test_the_rules_that_sloth_writes_are_read(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rules come from the file that sloth writes to --out."""
    (tmp_path / "rules.yaml").write_text(SLOTH_RULES, encoding="utf-8")
    script = f'if [ "$1" = version ]; then echo v0.16.0; else cp {tmp_path}/rules.yaml "$5"; fi'
    monkeypatch.setenv("SLOTH", str(program(tmp_path / "sloth", script)))
    assert [rule.series for rule in evaluable(sloth_rules(platform), 600)] == ["ALERTS", "r5m"]


def test_a_failure_of_sloth_is_reported(platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error has the last lines of sloth's output and a hint."""
    script = 'if [ "$1" = version ]; then echo v0.16.0; else echo no such objective >&2; exit 1; fi'
    monkeypatch.setenv("SLOTH", str(program(tmp_path / "sloth", script)))
    with pytest.raises(BuildError, match=r"sloth: it fails: no such objective; set \$SLOTH to the path of a working"):
        sloth_rules(platform)


@pytest.mark.parametrize("version", ["v0.15.0", "dev"])
def test_an_old_sloth_is_rejected(
    version: str, platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """sloth must be 0.16 or newer; a program that names no version is rejected too."""
    monkeypatch.setenv("SLOTH", str(program(tmp_path / "sloth", f"echo {version}")))
    with pytest.raises(BuildError, match=r"\$SLOTH: .*; set \$SLOTH to the path of sloth 0.16 or newer"):
        sloth_rules(platform)
