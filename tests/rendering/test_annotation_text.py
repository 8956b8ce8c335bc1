"""Annotations: the templates for Prometheus and the expected texts, compared by the real promtool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from alerts.errors import route_down
from contract.ai import TOKENS
from contract.api import ERRORS, REQUESTS
from contract.labels import ROUTE, SERVICE, TENANT
from contract.objectives import token_budget
from generator.dsl.alert import TICKET, PlaceholderValue, alert
from generator.dsl.platform import Platform
from generator.dsl.query import Condition, ThresholdTable
from generator.dsl.text import template_parts
from generator.dsl.units import (
    BURN_RATE,
    DOLLARS,
    MILLISECONDS,
    RATIO,
    SECONDS,
    TOKENS_UNIT,
    Unit,
    days,
    hours,
    minutes,
    percent,
    quantity,
)  # fmt: skip
from generator.errors import DefinitionError
from generator.external.promtool import Promtool
from generator.ir.expression import Selector
from generator.ir.links import PanelLink
from generator.ir.rules import AlertRule
from generator.lowering.alerts import lower_alert
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordingRules
from generator.lowering.thresholds import with_threshold_label
from generator.rendering import promql
from generator.rendering.annotation_text import (
    FiringMoment,
    link_rendered,
    link_template,
    rendered,
    template,
    threshold_label,
)
from generator.rendering.input_series import series_text

LINK = PanelLink(
    grafana_url="https://grafana.example.com",
    dashboard_uid="tenant",
    dashboard_title="Tenant",
    panel_id=7,
    panel_title="Tokens",
    variables=(("tenant_id", "tenant"),),
)
TEXT = "{tenant_id} used {value} of {threshold} in the last {window}."
BRACES = "{{{{{{{tenant_id}}}}}}}"
BURN = "Burn rate {burn_rate} (threshold {rate_threshold} over {rate_window}), {left} left, exhausted {exhausted}."
SLO = percent("99.5")
HOSTILE = (
    "com-mrrainbowsmoke", " ", "a b", "a/b", "a+b", "a&b=c?d#e%f", '"', "'", "\\", "a\\nb", "{{", "}}", "{{ $value }}",
    "{{ . | first | value }}", "$labels $value", "%q %s %%", "</script><script>", "été ✓ 😀", "\u200b\u00ad",
    "~-_.!*()", "[a]|^,;:@", "x" * 128,
)  # fmt: skip


@alert("Sample", TICKET)
def sample(platform: Platform) -> Condition:
    """A sample.

    The tests have texts of their own.

    Impact: None.

    First steps:
    1. None.
    """
    return TOKENS.increase(days(1)).by(TENANT).above(token_budget(platform))


def burn_values(platform: Platform) -> Mapping[str, PlaceholderValue]:
    """A burn rate, constants, and queries of the error budget."""
    burn_rate = ERRORS.ratio_to(REQUESTS, hours(1)).burn_rate(SLO)
    left = ERRORS.ratio_to(REQUESTS, days(30)).error_budget_remaining(SLO)
    return {
        "burn_rate": burn_rate.by(ROUTE, SERVICE),
        "left": left.by(ROUTE, SERVICE),
        "exhausted": left.exhausted_in(days(30), burn_rate).by(ROUTE, SERVICE),
        "rate_threshold": quantity("14.4", BURN_RATE),
        "rate_window": hours(1),
    }


@alert("BurnSample", TICKET, values=burn_values)
def burn_sample(platform: Platform) -> Condition:
    """A sample.

    The tests have texts of their own.

    Impact: None.

    First steps:
    1. None.
    """
    return ERRORS.ratio_to(REQUESTS, minutes(5)).by(ROUTE, SERVICE).above(percent(2))


@pytest.fixture(scope="module")
def rule(platform: Platform) -> AlertRule:
    """An alert with a label, a value, a threshold by tenant and a window."""
    return lower_alert(QueryLowering(platform, RecordingRules()), replace(sample, family="cost"))


@pytest.fixture(scope="module")
def burn_rule(platform: Platform) -> AlertRule:
    """An alert with values of its own."""
    return lower_alert(QueryLowering(platform, RecordingRules()), replace(burn_sample, family="errors"))


def test_placeholders_become_a_template(rule: AlertRule) -> None:
    """Labels and the value are variables of Prometheus; a threshold that differs by tenant is a label, too."""
    assert template(rule, template_parts(TEXT)) == (
        "{{ $labels.tenant_id }} used {{ $value | humanize }} tokens of {{ $labels.threshold | humanize }} tokens "
        "in the last 24 hours."
    )


def test_placeholders_are_filled(rule: AlertRule) -> None:
    """The second tenant's threshold is its own 2 million; an unlisted tenant, whatever its name, has the default."""
    listed = FiringMoment({"tenant_id": "com-mrrainbowsmoke"}, 2_100_000, 0)
    assert (
        rendered(rule, template_parts(TEXT), listed)
        == "com-mrrainbowsmoke used 2.1M tokens of 2M tokens in the last 24 hours."
    )
    unlisted = FiringMoment({"tenant_id": '{{ "é" }}'}, 1_234, 0)
    assert (
        rendered(rule, template_parts(TEXT), unlisted)
        == '{{ "é" }} used 1.234k tokens of 1M tokens in the last 24 hours.'
    )


def test_a_query_selects_the_labels_of_the_alert(burn_rule: AlertRule) -> None:
    """The query comes from the definition; `printf` quotes the values of the alert's labels in their order."""
    ratio = "route_service:errors_total:increase1h{route=%q,service=%q}"
    ratio += " / route_service:requests_total:increase1h{route=%q,service=%q}"
    assert template(burn_rule, template_parts("{burn_rate}")) == (
        f'{{{{ with printf "({ratio}) / 0.005" '
        "$labels.route $labels.service $labels.route $labels.service | query }}"
        '{{ . | first | value | printf "%.4g" }}×{{ else }}unknown{{ end }}'
    )


def test_constants_are_rendered_at_build_time(burn_rule: AlertRule) -> None:
    """A constant value of an alert is the same text in the template and in the expectation."""
    parts = template_parts("{rate_threshold} over {rate_window}")
    assert template(burn_rule, parts) == "14.4× over 1 hour"
    assert rendered(burn_rule, parts, FiringMoment({}, 0, 0)) == "14.4× over 1 hour"


def test_braces_are_literal(rule: AlertRule) -> None:
    """Single and double braces around a label are rendered as they are written."""
    assert rendered(rule, template_parts(BRACES), FiringMoment({"tenant_id": "a"}, 1, 0)) == "{{{a}}}"


def test_an_unknown_placeholder_is_a_problem(rule: AlertRule) -> None:
    """A label that the alert does not have is an error with the label that was probably meant."""
    with pytest.raises(DefinitionError, match=r"Sample cannot fill \{tenant\}.*tenant_id"):
        template(rule, template_parts("{tenant} is over its budget."))


def test_a_value_is_grouped_by_labels_of_the_alert(platform: Platform) -> None:
    """A query grouped by a label that the alert lacks has no single result."""
    by_tenant = REQUESTS.increase(minutes(5)).by(TENANT, ROUTE)
    wrong = replace(burn_sample, family="errors", values=lambda _: {"requests": by_tenant})
    with pytest.raises(DefinitionError, match=r"the value requests of BurnSample is grouped by tenant_id"):
        lower_alert(QueryLowering(platform, RecordingRules()), wrong)


def test_a_link_has_the_time_and_the_labels() -> None:
    """At 2:00 the range is the look-back, at least an hour, before and after it: two days or two hours, in ms."""
    moment = FiringMoment({"tenant_id": 'a b/"é"&{{'}, 1, 7200)
    end = "&var-tenant=a+b%2F%22%C3%A9%22%26%7B%7B&viewPanel=panel-7"
    assert link_rendered(LINK, days(1), moment) == f"{LINK.dashboard_url}&time=7200000&time.window=172800000{end}"
    assert link_rendered(LINK, None, moment) == f"{LINK.dashboard_url}&time=7200000&time.window=7200000{end}"


def test_a_link_begins_before_an_alert_that_began_before_its_range() -> None:
    """At 2:00 the range shows an hour before it: of what began at 0:59 it begins at -0:01, in ms, and ends now."""
    earlier, in_range = (FiringMoment({"tenant_id": "a"}, 1, 7200, since=since) for since in (3540, 3600))
    end = "&var-tenant=a&viewPanel=panel-7"
    assert link_rendered(LINK, None, earlier) == f"{LINK.dashboard_url}&from=-60000&to=now{end}"
    assert link_rendered(LINK, None, in_range) == f"{LINK.dashboard_url}&time=7200000&time.window=7200000{end}"


def test_prometheus_finds_when_an_alert_of_a_route_began(
    platform: Platform, promtool: Promtool, tmp_path: Path
) -> None:
    """At 2:00, /chat is down since 0:00 and /search since 1:30: each link shows its own start. The ticket of the same
    name, which /search has since 0:00, is another alert."""
    start = lower_alert(QueryLowering(platform, RecordingRules()), route_down).link_start
    assert start is not None
    link = replace(LINK, variables=(("route", "route"),))
    annotations = {"url": link_template(link, minutes(2), start)}
    names = {"down": ("/chat", "/search"), "slow": ("/search",)}
    rules = [
        {"alert": "RouteDown", "expr": expression, "labels": {"severity": severity}, "annotations": texts}
        for expression, severity, texts in (("down", "page", annotations), ("slow", "ticket", {}))
    ]
    values = {("down", "/chat"): "1x120", ("down", "/search"): "_x89 1x30", ("slow", "/search"): "1x120"}
    series = [
        {"series": series_text(name, {"route": route, "service": "api"}), "values": values[name, route]}
        for name, routes in names.items()
        for route in routes
    ]
    urls = {
        "/chat": f"{LINK.dashboard_url}&from=-3600000&to=now&var-route=%2Fchat&viewPanel=panel-7",
        "/search": f"{LINK.dashboard_url}&time=7200000&time.window=7200000&var-route=%2Fsearch&viewPanel=panel-7",
    }
    expected = [
        {"exp_labels": {"severity": "page", "route": route, "service": "api"}, "exp_annotations": {"url": url}}
        for route, url in urls.items()
    ]
    expected.append({"exp_labels": {"severity": "ticket", "route": "/search", "service": "api"}, "exp_annotations": {}})
    (result,) = promtool.test_rules([_written(tmp_path, "RouteDown", rules, series, expected)]).results
    assert result.failures == ()


def test_prometheus_renders_the_same(platform: Platform, rule: AlertRule, promtool: Promtool, tmp_path: Path) -> None:
    """promtool renders the templates to exactly the expected texts, for every hostile tenant name."""
    moments = [FiringMoment({"tenant_id": tenant}, 1000.0 * number, 7200) for number, tenant in enumerate(HOSTILE, 1)]
    templates = {
        "text": template(rule, template_parts(TEXT)),
        "braces": template(rule, template_parts(BRACES)),
        "url": link_template(LINK, days(1)),
    }
    expected = [
        {
            "exp_labels": {**moment.labels, **threshold_label(rule, moment.labels)},
            "exp_annotations": {
                "text": rendered(rule, template_parts(TEXT), moment),
                "braces": rendered(rule, template_parts(BRACES), moment),
                "url": link_rendered(LINK, days(1), moment),
            },
        }
        for moment in moments
    ]
    series = [
        (name, moment.labels, value)
        for moment in moments
        for name, value in (
            ("used", moment.value),
            ("tenant_id:tokens_per_day:limit", 2_000_000 if moment is moments[0] else 1_000_000),
        )
    ]
    labelled = promql.text(with_threshold_label(Selector("used"), token_budget(platform)))
    file = _test_file(tmp_path, labelled, templates, expected, series)
    (result,) = promtool.test_rules([file]).results
    assert result.failures == ()


@pytest.mark.parametrize(
    ("unit", "amount", "text"),
    [
        (TOKENS_UNIT, "5000000", "5M tokens"),
        (RATIO, "0.125", "12.5%"),
        (SECONDS, "90", "1m 30s"),
        # A label is a text, which printf cannot round.
        (MILLISECONDS, "2.5", "2.5 ms"),
        (DOLLARS, "12.5", "$12.5"),
        (BURN_RATE, "14.4", "14.4×"),
    ],
)
def test_prometheus_renders_a_threshold_of_each_unit(
    unit: Unit, amount: str, text: str, rule: AlertRule, promtool: Promtool, tmp_path: Path
) -> None:
    """A threshold that is a label is formatted in its unit, by the build and by Prometheus."""
    table = ThresholdTable("limit", unit, None, {"a": quantity(amount, unit), "b": quantity(1, unit)})
    by_tenant = replace(rule, threshold=table.per(TENANT))
    moment, parts = FiringMoment({"tenant_id": "a"}, 7, 7200), template_parts("{threshold}")
    assert rendered(by_tenant, parts, moment) == text
    expression = promql.text(with_threshold_label(Selector("used"), table.per(TENANT)))
    labels = {"tenant_id": "a", "threshold": amount}
    assert threshold_label(by_tenant, moment.labels) == {"threshold": amount}
    expected = [{"exp_labels": labels, "exp_annotations": {"text": text}}]
    series = [("used", moment.labels, 7.0), ("tenant_id:limit:limit", moment.labels, float(amount))]
    file = _test_file(tmp_path, expression, {"text": template(by_tenant, parts)}, expected, series)
    (result,) = promtool.test_rules([file]).results
    assert result.failures == ()


@pytest.mark.parametrize(
    ("errors", "text"),
    [
        # 0.4 of 1,000 requests are 8 % of the budget. 30 days / 2 × 0.92 = 13.8 days.
        (0.4, "Burn rate 2× (threshold 14.4× over 1 hour), 92% left, exhausted in 13d 19h 12m 0s."),
        (5, "Burn rate 2× (threshold 14.4× over 1 hour), 0% left, exhausted now."),
        (6, "Burn rate 2× (threshold 14.4× over 1 hour), -20% left, exhausted now."),
        (None, "Burn rate 2× (threshold 14.4× over 1 hour), unknown left, exhausted unknown."),
    ],
)
def test_prometheus_renders_the_error_budget(
    errors: float | None, text: str, burn_rule: AlertRule, promtool: Promtool, tmp_path: Path
) -> None:
    """Of an error budget of 0.5 %, 1 % of errors in an hour is a burn rate of 2; missing series are unknown."""
    labels = {"route": '/a"{{', "service": "s%q"}
    templates = {"text": template(burn_rule, template_parts(BURN))}
    series = [
        ("firing", labels, 1.0),
        ("route_service:errors_total:increase1h", labels, 10),
        ("route_service:requests_total:increase1h", labels, 1000),
        ("route_service:requests_total:increase30d", labels, 1000),
        *([("route_service:errors_total:increase30d", labels, errors)] if errors is not None else []),
    ]
    expected = [{"exp_labels": labels, "exp_annotations": {"text": text}}]
    (result,) = promtool.test_rules([_test_file(tmp_path, "firing", templates, expected, series)]).results
    assert result.failures == ()


def _test_file(
    folder: Path,
    expression: str,
    templates: Mapping[str, str],
    expected: Sequence[Mapping[str, Mapping[str, str]]],
    series: Sequence[tuple[str, Mapping[str, str], float]],
) -> Path:
    """A test of an alert with these annotations, on constant series."""
    rule = {"alert": "Sample", "expr": expression, "annotations": dict(templates)}
    input_series = [{"series": series_text(name, labels), "values": f"{value}x120"} for name, labels, value in series]
    return _written(folder, "Sample", [rule], input_series, expected)


def _written(
    folder: Path,
    alert_name: str,
    rules: Sequence[Mapping[str, object]],
    series: Sequence[Mapping[str, str]],
    expected: Sequence[Mapping[str, Mapping[str, str]]],
) -> Path:
    """A test of what fires after two hours."""
    expectation = {"eval_time": "2h", "alertname": alert_name, "exp_alerts": [dict(alert) for alert in expected]}
    test = {"name": "sample", "interval": "1m", "input_series": series, "alert_rule_test": [expectation]}
    texts = {
        "rules.yaml": {"groups": [{"name": "sample", "rules": rules}]},
        "tests.yaml": {"rule_files": ["rules.yaml"], "tests": [test]},
    }
    for name, content in texts.items():
        (folder / name).write_text(yaml.safe_dump(content), encoding="utf-8")
    return folder / "tests.yaml"
