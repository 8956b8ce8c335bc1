"""Rules as YAML: what is read back is what was written, to the letter."""

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
from tests.rendering.rule_samples import HOSTILE, alert, budgets, limits, small

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


def test_file_reads_as_a_person_would_write_it() -> None:
    """Lines stand as a block, plain words stand bare, all else in quotes; what is empty is left out."""
    down = RenderedRule(
        "alert", "RouteDown", 'sum(errors_total{route="/chat"})\n> 0', {"severity": "page", "owner": "platform"},
        {"summary": "It is down: {{ $value }}."}, "1m",
    )  # fmt: skip
    up = RenderedRule("record", "route:up", "vector(1)", {"route": "/chat"})
    file = RuleFile("errors", (RenderedGroup("errors", "30s", (down, up)),))
    assert rules([file]) == {"prometheus/rules/errors.yaml": EXPECTED}


@pytest.mark.parametrize("text", HOSTILE)
def test_every_string_survives_everywhere(text: str) -> None:
    """As an expression, a label's value or an annotation, no string breaks the file or changes."""
    rule = RenderedRule("alert", "A", text, {"label": text}, {"summary": text})
    parsed = yaml.safe_load(rule_file_yaml(RuleFile("a", (RenderedGroup("g", "30s", (rule, rule)),))))
    read = {"alert": "A", "expr": text, "labels": {"label": text}, "annotations": {"summary": text}}
    assert parsed == {"groups": [{"name": "g", "interval": "30s", "rules": [read, read]}]}


@pytest.mark.parametrize("seed", range(20))
def test_random_strings_survive(seed: int) -> None:
    """Strings of what YAML finds special, at any depth, are read back as they were by both of PyYAML's readers."""
    chance = random.Random(seed)
    template_parts = [*HOSTILE, *" \n\n\"'\\:#-|>{}[]&*!%@`ab"]
    for _ in range(100):
        text = "".join(chance.choices(template_parts, k=chance.randrange(6)))
        for written in (scalar(text, 4), quoted(text)):
            document = f"a:\n  b: {written}\n  c: d\n"
            assert yaml.safe_load(document) == {"a": {"b": text, "c": "d"}}, text
            assert yaml.load(document, getattr(yaml, "CSafeLoader", yaml.SafeLoader)) == yaml.safe_load(document)


def test_prometheus_reads_the_same(promtool: Promtool, tmp_path: Path) -> None:
    """Prometheus, whose reader of YAML is another one, fires an alert with every hostile text as it was."""
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
    (tmp_path / "story.yaml").write_text(yaml.safe_dump(alert_test), encoding="utf-8")
    assert promtool.test_rules([tmp_path / "story.yaml"]).failed == ()


def test_rule_file_obeys_the_schema(obeys: Callable[[object, str], None]) -> None:
    """A file of alerts and of records has no key but Prometheus' own."""
    obeys(yaml.safe_load(rule_file_yaml(small())), "rules")
    obeys(yaml.safe_load(rule_file_yaml(limits(budgets(3)))), "rules")


def test_rules_keep_their_order() -> None:
    """Rules of a group are evaluated one after the other, so that they are written as they come."""
    file = RuleFile("a", (RenderedGroup("g", "30s", (alert("B"), alert("A"))), RenderedGroup("f", "2m", (alert("C"),))))
    groups = yaml.safe_load(rule_file_yaml(file))["groups"]
    assert [(group["name"], [rule["alert"] for rule in group["rules"]]) for group in groups] == [
        ("g", ["B", "A"]),
        ("f", ["C"]),
    ]
