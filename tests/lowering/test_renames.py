"""What reads a renamed metric reads both of its names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
import yaml

from contract import CONTRACT
from contract.ai import AI_LATENCY, AI_TOKENS_INPUT
from generator.definitions import load_definitions
from generator.dsl.labels import Matcher
from generator.dsl.platform import Platform
from generator.dsl.renames import Renamed
from generator.dsl.units import minutes
from generator.errors import DefinitionError
from generator.ir.build import Compiled
from generator.ir.expression import Aggregate, Binary, Call, Scalar, Selector
from generator.lowering.renames import BothNames, earlier_series
from generator.pipeline import compile_all
from generator.promql.parser import names_of, parsed
from generator.rendering.promql import flat
from generator.verify.needed_rules import needed_rules
from tests.rendering.renamed_contract import SINCE, UNTIL, earlier, with_renames

BOTH = BothNames({"acme_calls_total": "acme_requests_total"})
LABEL = '"other_name", "acme_requests_total", "", ""'
PREFIX = "acme_"


@pytest.fixture(scope="module")
def compiled(platform: Platform) -> Compiled:
    """A build in which every metric was renamed, with a prefix, a cluster and conventional names; valid."""
    definitions = with_renames(replace(load_definitions(), alert_tests=(), not_applicable=()))
    own = replace(platform, metric_prefix=PREFIX, cluster="eu", convention_version="gen-ai-0.1.0")
    return compile_all(own, definitions)


def expressions(compiled: Compiled) -> Iterator[str]:
    """Every expression of rules and panels. Variables are left out: they have selectors of their own."""
    for path, text in compiled.texts.items():
        if path.startswith("prometheus/rules/"):
            for group in yaml.safe_load(text)["groups"]:
                yield from (str(rule["expr"]) for rule in group["rules"])
    for rows in (spec.rows for spec in compiled.lowered.dashboards):
        panels = (panel for row in rows for panel in row.panels)
        yield from (flat(target.expression) for panel in panels for target in panel.targets)


def pushed() -> dict[str, str]:
    """The earlier name of each series that Workers push, by the new one."""
    names = [(metric.name, name) for metric in CONTRACT.metrics for name in metric.names()]
    return {
        f"{PREFIX}{name}": f"{PREFIX}{earlier(metric)}{name.removeprefix(metric)}"
        for metric, name in names
        if metric != "rag_cache_hit_rate"
    }


def test_an_increase_is_of_both_names() -> None:
    """The series of the other name have a label, so that those of one shard are two; matchers and windows stay."""
    matcher = Matcher(CONTRACT.labels[0], "=", "production")
    counter = Selector("acme_calls_total", (matcher,), minutes(5))
    of_both = BOTH.expression(Aggregate("sum", Call("increase", (counter,)), ()))
    new, old = (f'increase(acme_{name}_total{{platform="production"}}[5m])' for name in ("calls", "requests"))
    assert flat(of_both) == f"sum({new} or label_replace({old}, {LABEL}))"


def test_what_was_read_before_keeps_its_labels() -> None:
    """What was lowered under the earlier name reads both too, and there the series of the new name have the label."""
    node = BOTH.expression(Call("rate", (Selector("acme_requests_total", (), minutes(5)),)))
    labelled = 'label_replace(rate(acme_calls_total[5m]), "other_name", "acme_calls_total", "", "")'
    assert flat(node) == f"rate(acme_requests_total[5m]) or {labelled}"


def test_a_series_without_a_window_is_of_both_names() -> None:
    """Whether any series is there, and operands beside it, are read of both."""
    present = Aggregate("group", Selector("acme_calls_total"), ())
    node = Binary("*", present, Call("time", ()))
    assert flat(BOTH.expression(node)) == (
        f"group(acme_calls_total or label_replace(acme_requests_total, {LABEL})) * time()"
    )


def test_other_expressions_stay() -> None:
    """Recorded series, numbers and counters that were not renamed are as they were."""
    recorded = Call("sum_over_time", (Selector("route:acme_requests_total:increase5m", (), minutes(60), minutes(5)),))
    for node in (recorded, Scalar(minutes(1) / minutes(2)), Call("rate", (Selector("other_total", (), minutes(5)),))):
        assert BOTH.expression(node) is node or flat(BOTH.expression(node)) == flat(node)


def test_all_series_of_a_histogram_are_renamed() -> None:
    """Buckets, sums and counts; a prefix is before both names."""
    renamed = replace(AI_LATENCY, renamed_from=Renamed("model_ms", SINCE, UNTIL))
    contract = replace(CONTRACT, areas={"ai": (renamed, AI_TOKENS_INPUT)})
    assert earlier_series(contract, "x_") == {
        "x_ai_latency_ms_bucket": "x_model_ms_bucket",
        "x_ai_latency_ms_sum": "x_model_ms_sum",
        "x_ai_latency_ms_count": "x_model_ms_count",
    }


def test_every_expression_reads_both_names(compiled: Compiled) -> None:
    """Where every metric was renamed, no expression of a rule or a panel reads one name of a pushed series alone."""
    pairs, seen = pushed(), set()
    for expression in expressions(compiled):
        names = names_of(
            parsed(expression.replace("$__rate_interval", "5m").replace("$__range", "1h").replace("$__interval", "1m"))
        )
        for new, old in pairs.items():
            assert (new in names) == (old in names), expression
            seen |= {new} & names
    assert len(seen) > 30


def test_template_variables_list_the_values_of_both_names(compiled: Compiled) -> None:
    """Grafana takes a selector there, which has both names."""
    board = json.loads(compiled.texts["grafana/dashboards/tenant.json"])
    queries = [variable["query"]["query"] for variable in board["templating"]["list"] if "query" in variable["query"]]
    names = f"{PREFIX}requests_total|{PREFIX}earlier_requests_total"
    assert f'label_values({{__name__=~"{names}",platform="production",cluster="eu"}}, tenant_id)' in queries


def test_what_was_recorded_is_recorded_under_both_names(compiled: Compiled, platform: Platform) -> None:
    """Each series that is recorded without renames is recorded too, and by its earlier name."""
    plain = compile_all(
        replace(platform, metric_prefix=PREFIX), replace(load_definitions(), alert_tests=(), not_applicable=())
    )
    before = {rule.name for rule in plain.lowered.recording_rules}
    now = {rule.name for rule in compiled.lowered.recording_rules}
    assert before <= now
    assert f"route_service:{PREFIX}requests_total:increase5m" in before
    assert f"route_service:{PREFIX}earlier_requests_total:increase5m" in now - before
    # The series that is recorded under a name of the plan has an earlier name as well.
    assert f"{PREFIX}earlier_rag_cache_hit_rate" in now


def test_alerts_read_what_has_a_past(compiled: Compiled) -> None:
    """Rules of alerts and of longer windows read series that were recorded before the rename."""
    groups = [group for text in rules_of(compiled) for group in yaml.safe_load(text)["groups"]]
    needed = needed_rules(groups, ["ErrorBudgetBurn"])
    names = {str(rule.get("record")) for group in needed for rule in group["rules"] if "record" in rule}
    assert f"route_service:{PREFIX}earlier_errors_total:increase5m" in names
    assert not {name for name in names if f":{PREFIX}errors_total:" in name}


def rules_of(compiled: Compiled) -> Iterator[str]:
    """The text of every rule file."""
    return (text for path, text in compiled.texts.items() if path.startswith("prometheus/rules/"))


@pytest.mark.parametrize(
    ("name", "since", "until", "message"),
    [
        ("a:b", SINCE, UNTIL, "not a valid name"),
        ("earlier_total", UNTIL, SINCE, "ends on 2026-11-01, and begins on 2026-12-01"),
        ("earlier_total", SINCE, SINCE, "ends on 2026-11-01"),
    ],
)
def test_a_wrong_rename_is_a_definition_error(name: str, since: date, until: date, message: str) -> None:
    """The name is one that Prometheus accepts, and the last day comes after the first."""
    with pytest.raises(DefinitionError, match=message):
        Renamed(name, since, until)


def test_a_rename_whose_time_is_over_is_reported() -> None:
    """From its last day on, with the place of the metric; before, nothing is."""
    renamed = replace(AI_TOKENS_INPUT, renamed_from=Renamed("model_tokens", SINCE, UNTIL))
    contract = replace(CONTRACT, areas={"ai": (renamed,)})
    assert contract.ended_renames(date(2026, 11, 30)) == {}
    assert contract.ended_renames(UNTIL) == {
        "contract/ai.py ai_tokens_input": "the earlier name model_tokens was to be read until 2026-12-01"
    }
