"""Alerts for Grafana-managed alerting: the same rules, with annotations that need no query and no time."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from contract.api import ERRORS, REQUESTS
from contract.labels import ROUTE
from generator.config.load import load
from generator.definitions import load_definitions
from generator.dsl.alert import TICKET, PlaceholderValue, alert
from generator.dsl.platform import Platform
from generator.dsl.query import Condition
from generator.dsl.text import template_parts
from generator.dsl.units import days, minutes, percent
from generator.external.promtool import Promtool
from generator.ir.build import Lowered
from generator.ir.links import PanelLink
from generator.lowering.alert_settings import with_alert_settings
from generator.lowering.alerts import lower_alert
from generator.lowering.lower import lower
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordingRules
from generator.pipeline import TEST_PLATFORM, build
from generator.rendering.annotation_text import template
from generator.rendering.managed_alerts import managed_alerts, managed_link_template, without_queries
from generator.rendering.rule_files import rule_files, rules

LINK = PanelLink(
    grafana_url="https://grafana.example.com",
    dashboard_uid="tenant",
    dashboard_title="Tenant",
    panel_id=7,
    panel_title="Tokens",
    variables=(("tenant_id", "tenant"),),
)
ACTION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
WITHOUT_RESULT = re.compile(r"\bquery\b|\bnow\b")
"""Functions of Prometheus' templates that find nothing in Grafana, or that some of its versions lack."""


def burn_rates(platform: Platform) -> dict[str, PlaceholderValue]:
    """A value that a query fills."""
    return {"rate": ERRORS.ratio_to(REQUESTS, days(1)).by(ROUTE), "rate_window": days(1)}


@alert("Sample", TICKET, values=burn_rates)
def sample(platform: Platform) -> Condition:
    """A sample.

    {route}: {value}, and over {rate_window} {rate}.

    Impact: None.

    First steps:
    1. None.
    """
    return ERRORS.ratio_to(REQUESTS, minutes(5)).by(ROUTE).above(percent(5))


@pytest.fixture(scope="module")
def lowered() -> Lowered:
    """The shipped alerts on the tests' platform, which wants them for Grafana, too."""
    platform = load(TEST_PLATFORM)
    platform = replace(platform, grafana=replace(platform.grafana, managed_alerts=True))
    return lower(platform, with_alert_settings(platform, load_definitions()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "{route}: {value}. Over {rate_window}: {rate}. See the {rate_window}.",
            "{route}: {value}. See the {rate_window}.",
        ),
        ("{rate} of {route}. {value} fail.", "{value} fail."),
        ("{value} of {route}.", "{value} of {route}."),
        ("{value}, {rate}.", "{value}, unknown."),
    ],
)
def test_sentences_that_a_query_would_fill_are_left_out(text: str, expected: str, lowered: Lowered) -> None:
    """Other sentences stay as they are. Where there is no other one, what the query would give is unknown."""
    rule = lower_alert(QueryLowering(lowered.platform, RecordingRules()), replace(sample, family="errors"))
    shown = without_queries(rule, template_parts(text))
    assert template(rule, shown) == template(rule, template_parts(expected))
    assert "| query" in template(rule, template_parts("{rate}"))


def test_a_link_shows_the_last_hours_and_what_the_alert_looks_back() -> None:
    """Six hours for the reader, and before them an hour or as long as the alert looks back."""
    end = "&var-tenant={{ $labels.tenant_id | urlquery }}&viewPanel=panel-7"
    assert managed_link_template(LINK, None) == f"{LINK.dashboard_url}&from=now-420m&to=now{end}"
    assert managed_link_template(LINK, days(1)) == f"{LINK.dashboard_url}&from=now-1800m&to=now{end}"


def test_the_rules_are_those_of_prometheus_without_queries(lowered: Lowered) -> None:
    """Expressions, durations and labels are the same, and so are annotations, but for queries and links."""
    shipped = {
        (rule["alert"], rule["labels"]["severity"]): rule
        for text in rules(rule_files(lowered)).values()
        for group in yaml.safe_load(text)["groups"]
        for rule in group["rules"]
        if "alert" in rule
    }
    managed = [
        rule
        for text in managed_alerts(lowered).values()
        for group in yaml.safe_load(text)["groups"]
        for rule in group["rules"]
    ]
    assert len(managed) == len(shipped) > 20
    for rule in managed:
        expected = dict(shipped[rule["alert"], rule["labels"]["severity"]])
        ours, theirs = rule.pop("annotations"), expected.pop("annotations")
        assert rule == expected
        assert ours.keys() == theirs.keys()
        for name, text in ours.items():
            assert not [action for action in ACTION.findall(text) if WITHOUT_RESULT.search(action)]
            if name != "dashboard_url" and not WITHOUT_RESULT.search(theirs[name]):
                assert text == theirs[name]


def test_promtool_accepts_the_rules(lowered: Lowered, promtool: Promtool, tmp_path: Path) -> None:
    """Grafana reads Prometheus' format."""
    files = []
    for path, text in managed_alerts(lowered).items():
        files.append(tmp_path / Path(path).name)
        files[-1].write_text(text, encoding="utf-8")
    assert list(promtool.check_rules(files)) == []


def test_they_are_written_only_where_the_platform_wants_them(tmp_path: Path) -> None:
    """By default there are none: who imports them and lets Prometheus notify has every notification twice."""
    file = tmp_path / "platform.yaml"
    for wanted in (False, True):
        settings = {"extends": str(TEST_PLATFORM), "grafana": {"managed_alerts": wanted}}
        file.write_text(yaml.safe_dump(settings), encoding="utf-8")
        build(file, tmp_path / "out")
        folder = tmp_path / "out" / "grafana" / "alert-rules"
        assert (sorted(path.stem for path in folder.glob("*")) == []) is not wanted
