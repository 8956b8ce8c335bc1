"""The compiler: one platform and the definitions in, all files in memory out, the same on any day."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from alerts import errors
from contract.api import REQUESTS
from generator.definitions import load_definitions
from generator.dsl.alert import PAGE
from generator.dsl.dashboard import Dashboard, Panel, Row, Series, TimeSeries
from generator.dsl.definitions import Definitions
from generator.dsl.platform import Platform
from generator.dsl.query import Condition
from generator.dsl.units import minutes
from generator.errors import BuildError, DefinitionError
from generator.ir.build import Compiled
from generator.pipeline import compile_all, lower, tested_rules
from generator.rendering.promql import text


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    """All that the sources define."""
    return load_definitions()


@pytest.fixture(scope="module")
def compiled(platform: Platform, definitions: Definitions) -> Compiled:
    """Production."""
    return compile_all(platform, definitions)


def test_every_kind_of_file_is_made(compiled: Compiled) -> None:
    """Contract, dashboards, rules, routes, Kubernetes' objects, stories and runbooks, each in its folder."""
    assert {path.split("/")[0] for path in compiled.texts} >= {
        "contract", "grafana", "prometheus", "alertmanager", "kubernetes", "tests", "runbooks",
    }  # fmt: skip
    assert all(content.endswith("\n") and not content.endswith("\n\n") for content in compiled.texts.values())


def test_the_same_sources_make_the_same_bytes(compiled: Compiled, platform: Platform, definitions: Definitions) -> None:
    """A second build has the same files in the same order, whatever the order in which tenants were written down."""
    backwards = dict(reversed(list(platform.cost.tokens_per_day.overrides.items())))
    cost = replace(platform.cost, tokens_per_day=replace(platform.cost.tokens_per_day, overrides=backwards))
    again = compile_all(replace(platform, cost=cost), definitions)
    assert list(again.texts) == list(compiled.texts)
    assert again.texts == compiled.texts


def test_a_series_is_recorded_only_where_something_reads_it(compiled: Compiled) -> None:
    """Recording rules are derived from use: each name stands in another rule, an alert or a dashboard."""
    lowered = compiled.lowered
    trees = [rule.expression for rule in lowered.recording_rules] + [alert.expression for alert in lowered.alerts]
    readers = [*map(text, trees)] + [
        content for path, content in compiled.texts.items() if path.startswith("grafana/dashboards/")
    ]
    unread = {rule.name for rule in lowered.recording_rules if not any(rule.name in lowering for lowering in readers)}
    assert unread == set()


def test_no_two_rules_make_the_same_series(compiled: Compiled) -> None:
    """A name and the labels that a rule sets are recorded once in all files together."""
    rules = [rule for file in compiled.files for group in file.groups for rule in group.rules if rule.type == "record"]
    made = [(rule.name, tuple(sorted(rule.labels.items()))) for rule in rules]
    assert len(made) == len(set(made)) > 50


def test_an_alert_is_judged_with_all_that_it_rests_on(compiled: Compiled) -> None:
    """The ticket on a tenant's errors needs the counts and the limits, and no other area."""
    judged = tested_rules(compiled.lowered, compiled.files)
    assert judged["RouteDown", PAGE].files == ("recorded-api", "errors")
    assert judged["HighAICosts", PAGE].files == ("recorded-ai", "recorded-limits", "cost")


def test_everything_that_makes_no_sense_is_told_at_once(platform: Platform, definitions: Definitions) -> None:
    """A bad alert, a link to nowhere and a bad panel: three faults, each with its place and its cure."""

    def refuse(platform: Platform) -> Condition:
        raise DefinitionError("it makes no sense", "say something else")

    series = TimeSeries((Series(REQUESTS.increase(minutes(5))), Series(REQUESTS.rate())))
    bad_panel = Panel("bad", "Bad", "Bad.", lambda platform: series, "dashboards/bad.py:1 bad")
    critical = Dashboard("bad", "Bad", "Bad?", (), (Row("Bad?", (bad_panel,)),), ())
    broken = replace(
        definitions,
        alerts=(
            replace(errors.route_down, build=refuse, where="alerts/bad.py:1 bad"),
            replace(errors.route_down, panel="overview/nowhere", where="alerts/lost.py:1 lost"),
        ),
        dashboards=(*definitions.dashboards, critical),
    )
    with pytest.raises(BuildError) as told:
        lower(platform, broken)
    assert sorted(problem.what for problem in told.value.problems) == [
        'RouteDown leads to the panel "overview/nowhere"',
        "it makes no sense",
        "lines in requests and requests per second on one axis",
    ]


def test_ten_thousand_tenants_are_numbers_not_rules(platform: Platform, definitions: Definitions) -> None:
    """The crowded platform has a budget for each tenant and as many alerting rules as production."""
    crowd = with_many_tenants(platform)
    two, many = lower(platform, definitions), lower(crowd, definitions)
    assert [text(one.expression) for one in many.alerts] == [text(one.expression) for one in two.alerts]
    assert len(many.recording_rules) - len(two.recording_rules) == 10_000 - len(platform.cost.tokens_per_day.overrides)


def test_rule_files_are_yaml_that_says_what_the_trees_say(compiled: Compiled) -> None:
    """Parsed again, the file of an alert has the tree's expression, to the letter."""
    groups = yaml.safe_load(compiled.texts["prometheus/rules/errors.yaml"])["groups"]
    trees = [text(one.expression) for one in compiled.lowered.alerts if one.alert.family == "errors"]
    assert [rule["expr"] for group in groups for rule in group["rules"]] == trees


def test_stories_are_told_of_production_alone(platform: Platform, definitions: Definitions) -> None:
    """Another platform has other numbers: it gets runbooks and rules, but no tests that would not hold for it."""
    staging = compile_all(replace(platform, name="staging"), definitions)
    assert not [path for path in staging.texts if path.startswith("tests/")]
    assert "runbooks/route-down.md" in staging.texts
    assert "### How it goes" not in staging.texts["runbooks/route-down.md"]
