"""Annotations: the template that Prometheus is given, and what it will say, held against the real promtool."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from contract.ai import TOKENS
from contract.labels import TENANT
from contract.objectives import token_budget
from generator.dsl.alert import TICKET, alert
from generator.dsl.platform import Platform
from generator.dsl.query import Condition
from generator.dsl.text import template_parts
from generator.dsl.units import days
from generator.errors import DefinitionError
from generator.external.promtool import Promtool
from generator.ir.links import PanelLink
from generator.ir.rules import AlertRule
from generator.lowering.alerts import lower_alert
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordingRules
from generator.rendering.annotation_text import Moment, link_rendered, link_template, rendered, template
from generator.rendering.input_series import series_text

LINK = PanelLink("https://grafana.example.com/d/tenant", {"tenant_id": "tenant"}, 7)
TEXT = "{tenant_id} used {value} of {limit} in the last {window}."
BRACES = "{{{{ {{{tenant_id}}} }}}}"
HOSTILE = (
    "com-mrrainbowsmoke", " ", "a b", "a/b", "a+b", "a&b=c?d#e%f", '"', "'", "\\", "a\\nb", "{{", "}}", "{{ $value }}",
    "{{ . | first | value }}", "$labels $value", "%q %s %%", "</script><script>", "été ✓ 😀", "\u200b\u00ad",
    "~-_.!*()", "[a]|^,;:@", "x" * 128,
)  # fmt: skip


@alert("Sample", TICKET)
def sample(platform: Platform) -> Condition:
    """A sample.

    Its texts are those of the tests.

    Impact: None.

    First steps:
    1. None.
    """
    return TOKENS.increase(days(1)).by(TENANT).above(token_budget(platform))


@pytest.fixture(scope="module")
def lowered(platform: Platform) -> AlertRule:
    """An alert that has a label, a value, a limit per tenant and a window."""
    return lower_alert(QueryLowering(platform, RecordingRules()), replace(sample, family="cost"))


def test_holes_become_a_template(lowered: AlertRule) -> None:
    """Labels and values are Prometheus' own variables, and a tenant's limit is asked for with its name quoted."""
    asked = '{{ with printf "tenant_id:tokens_per_day:limit{tenant_id=%q}" $labels.tenant_id | query }}'
    assert template(lowered, template_parts(TEXT)) == (
        "{{ $labels.tenant_id }} used {{ $value | humanize }} tokens of "
        f"{asked}{{{{ . | first | value | humanize }}}} tokens{{{{ end }}}} in the last day."
    )


def test_holes_are_filled(lowered: AlertRule) -> None:
    """The second tenant's limit is its own 2 million; an unlisted one has the default of one, whatever its name."""
    own = Moment({"tenant_id": "com-mrrainbowsmoke"}, 2_100_000, 0)
    assert (
        rendered(lowered, template_parts(TEXT), own)
        == "com-mrrainbowsmoke used 2.1M tokens of 2M tokens in the last day."
    )
    other = Moment({"tenant_id": '{{ "é" }}'}, 1_234, 0)
    assert (
        rendered(lowered, template_parts(TEXT), other) == '{{ "é" }} used 1.234k tokens of 1M tokens in the last day.'
    )


def test_braces_are_text(lowered: AlertRule) -> None:
    """Braces around a label, alone or doubled, are said as they are written."""
    assert rendered(lowered, template_parts(BRACES), Moment({"tenant_id": "a"}, 1, 0)) == "{{ {a} }}"


def test_an_unknown_hole_is_refused(lowered: AlertRule) -> None:
    """A label that the alert does not have is refused, with the one that it may be."""
    with pytest.raises(DefinitionError, match=r"Sample cannot fill \{tenant\}.*tenant_id"):
        template(lowered, template_parts("{tenant} is over its budget."))


def test_a_link_holds_the_time_and_the_labels() -> None:
    """At two o'clock: from a day before (or an hour, where nothing is looked back at) to half past, in milliseconds."""
    moment = Moment({"tenant_id": 'a b/"é"&{{'}, 1, 7200)
    end = "&to=9000000&var-tenant=a+b%2F%22%C3%A9%22%26%7B%7B&viewPanel=panel-7"
    assert link_rendered(LINK, days(1), moment) == f"{LINK.base}?from=-79200000{end}"
    assert link_rendered(LINK, None, moment) == f"{LINK.base}?from=3600000{end}"


def test_prometheus_renders_the_same(lowered: AlertRule, promtool: Promtool, tmp_path: Path) -> None:
    """The real promtool, given the templates, says what we expect of every hostile tenant, to the letter."""
    moments = [Moment({"tenant_id": tenant}, 1000.0 * rank, 7200) for rank, tenant in enumerate(HOSTILE, 1)]
    templates = {
        "text": template(lowered, template_parts(TEXT)),
        "braces": template(lowered, template_parts(BRACES)),
        "url": link_template(LINK, days(1)),
    }
    expected = [
        {
            "exp_labels": dict(moment.labels),
            "exp_annotations": {
                "text": rendered(lowered, template_parts(TEXT), moment),
                "braces": rendered(lowered, template_parts(BRACES), moment),
                "url": link_rendered(LINK, days(1), moment),
            },
        }
        for moment in moments
    ]
    file = _test_file(tmp_path, templates, expected, moments)
    (verdict,) = promtool.test_rules([file]).results
    assert verdict.failures == ()


def _test_file(
    folder: Path, templates: dict[str, str], expected: list[dict[str, dict[str, str]]], moments: list[Moment]
) -> Path:
    """A rule that tells every tenant there is, and a test of it; the first tenant's budget is its own."""
    rule = {"alert": "Sample", "expr": "used", "annotations": templates}
    series = [
        {"series": series_text(name, moment.labels), "values": f"{value:.0f}x120"}
        for moment in moments
        for name, value in (
            ("used", moment.value),
            ("tenant_id:tokens_per_day:limit", 2_000_000 if moment is moments[0] else 1_000_000),
        )
    ]
    firing = {"eval_time": "2h", "alertname": "Sample", "exp_alerts": expected}
    test = {"name": "sample", "interval": "1m", "input_series": series, "alert_rule_test": [firing]}
    texts = {
        "rules.yaml": {"groups": [{"name": "sample", "rules": [rule]}]},
        "tests.yaml": {"rule_files": ["rules.yaml"], "tests": [test]},
    }
    for name, content in texts.items():
        (folder / name).write_text(yaml.safe_dump(content), encoding="utf-8")
    return folder / "tests.yaml"
