"""Rule files as YAML: every string is parsed back unchanged."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from generator.external.promtool import Promtool
from generator.ir.rule_files import RenderedGroup, RenderedRule, RuleFile
from generator.rendering.rule_files import rule_file_yaml, rules
from generator.rendering.yaml_text import quoted, scalar
from tests.rendering.rule_samples import HOSTILE, alert, budgets, small, thresholds

EXPECTED = """\
groups:
  - name: errors
    interval: "30s"
    rules:
      - alert: RouteDown
        expr: |-
          sum(errors_total{route="/chat"})
          > 0
        for: "1m"
        labels:
          owner: platform
          severity: page
        annotations:
          summary: "It is down: {{ $value }}."
      - record: route:up
        expr: vector(1)
        labels:
          route: "/chat"
"""


def test_a_rule_file_is_readable() -> None:
    """Multi-line strings are blocks, words are plain, other strings are quoted, and empty values are left out."""
    down = RenderedRule(
        "alert", "RouteDown", 'sum(errors_total{route="/chat"})\n> 0', {"severity": "page", "owner": "platform"},
        {"summary": "It is down: {{ $value }}."}, "1m",
    )  # fmt: skip
    up = RenderedRule("record", "route:up", "vector(1)", {"route": "/chat"})
    file = RuleFile("errors", (RenderedGroup("errors", "30s", (down, up)),))
    assert rules([file]) == {"prometheus/rules/errors.yaml": EXPECTED}


@pytest.mark.parametrize("text", HOSTILE)
def test_every_string_is_parsed_back(text: str) -> None:
    """A string is parsed back unchanged as an expression, as a label's value and as an annotation."""
    rule = RenderedRule("alert", "A", text, {"label": text}, {"summary": text})
    parsed = yaml.safe_load(rule_file_yaml(RuleFile("a", (RenderedGroup("g", "30s", (rule, rule)),))))
    read = {"alert": "A", "expr": text, "labels": {"label": text}, "annotations": {"summary": text}}
    assert parsed == {"groups": [{"name": "g", "interval": "30s", "rules": [read, read]}]}


@pytest.mark.parametrize("seed", range(20))
def test_random_strings_are_parsed_back(seed: int) -> None:
    """Both of PyYAML's parsers read random strings of YAML's special characters unchanged, at any depth."""
    generator = random.Random(seed)
    parts = [*HOSTILE, *" \n\n\"'\\:#-|>{}[]&*!%@`ab"]
    for _ in range(100):
        text = "".join(generator.choices(parts, k=generator.randrange(6)))
        for value in (scalar(text, 4), quoted(text)):
            document = f"a:\n  b: {value}\n  c: d\n"
            assert yaml.safe_load(document) == {"a": {"b": text, "c": "d"}}, text
            assert yaml.load(document, getattr(yaml, "CSafeLoader", yaml.SafeLoader)) == yaml.safe_load(document)


def test_prometheus_reads_every_string_unchanged(promtool: Promtool, tmp_path: Path) -> None:
    """Prometheus, which has another YAML parser, fires an alert with every hostile text as label and annotation."""
    texts = {f"text_{i}": text.replace("{{", "{ {") for i, text in enumerate(HOSTILE)}
    rule = RenderedRule("alert", "Hostile", "vector(1) > 0", {**texts, "severity": "page"}, texts)
    hostile = RuleFile("hostile", (RenderedGroup("hostile", "30s", (rule, *budgets(3))),))
    (tmp_path / "hostile.yaml").write_text(rule_file_yaml(hostile), encoding="utf-8")
    labels = {name: text for name, text in {**texts, "severity": "page"}.items() if text}
    expected = {
        "alertname": "Hostile",
        "eval_time": "0m",
        "exp_alerts": [{"exp_labels": labels, "exp_annotations": texts}],
    }
    alert_test = {"rule_files": ["hostile.yaml"], "tests": [{"alert_rule_test": [expected]}]}
    (tmp_path / "tests.yaml").write_text(yaml.safe_dump(alert_test), encoding="utf-8")
    assert promtool.test_rules([tmp_path / "tests.yaml"]).failed == ()


def test_rule_files_match_their_schema(check_schema: Callable[[object, str], None]) -> None:
    """Files of alerting and recording rules have only Prometheus' keys."""
    check_schema(yaml.safe_load(rule_file_yaml(small())), "rules")
    check_schema(yaml.safe_load(rule_file_yaml(thresholds(budgets(3)))), "rules")


def test_rules_keep_their_order() -> None:
    """The rules of a group are written in their order, in which Prometheus evaluates them."""
    file = RuleFile("a", (RenderedGroup("g", "30s", (alert("B"), alert("A"))), RenderedGroup("f", "2m", (alert("C"),))))
    groups = yaml.safe_load(rule_file_yaml(file))["groups"]
    assert [(group["name"], [rule["alert"] for rule in group["rules"]]) for group in groups] == [
        ("g", ["B", "A"]),
        ("f", ["C"]),
    ]
