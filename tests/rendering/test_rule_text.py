"""A rule as the lines of a rule file: its fields in Prometheus' order, labels sorted, indented as its list is."""

from __future__ import annotations

import json

import yaml

from generator.ir.rule_files import RenderedRule
from generator.rendering.kubernetes.rule_objects import json_size, part_number
from generator.rendering.rule_text import rule_text

ALERT = RenderedRule(
    "alert",
    "Down",
    "up == 0\nand\non",
    {"severity": "page", "Owner": "yes"},
    {"summary": "It is down: {{ $value }}"},
    for_="5m",
    keep_firing_for="10m",
)
HASH_OF_ACME = 0xF195004BD65A4498
"""The first 8 bytes of what `printf '["a", [["tenant_id", "acme"]]]' | sha256sum` prints."""
QUOTED = RenderedRule("record", 'a:"b":c', "vector(0.5)", {"tenant_id": 'é "x"\\', "a": "1"}, is_constant=True)


def test_a_recorded_number_has_three_fields() -> None:
    """A rule without durations and annotations has its name, its expression and its labels."""
    rule = RenderedRule("record", "tenant_id:limit", "vector(5)", {"tenant_id": "acme"}, is_constant=True)
    assert rule_text(rule, 6) == (
        "      - record: tenant_id:limit\n        expr: vector(5)\n        labels:\n          tenant_id: acme"
    )


def test_an_alert_is_read_back_as_it_is() -> None:
    """A YAML parser reads every field, at any indentation; a text that looks like a boolean stays a text."""
    for indent in (0, 8):
        (read,) = yaml.safe_load(rule_text(ALERT, indent))
        assert read == {
            "alert": "Down",
            "expr": "up == 0\nand\non",
            "for": "5m",
            "keep_firing_for": "10m",
            "labels": {"Owner": "yes", "severity": "page"},
            "annotations": {"summary": "It is down: {{ $value }}"},
        }
        assert list(read) == ["alert", "expr", "for", "keep_firing_for", "labels", "annotations"]
        assert list(read["labels"]) == ["Owner", "severity"]


def test_the_size_of_a_rule_is_that_of_its_json() -> None:
    """The size, by which constants are split into objects, is the length of what `json.dumps` writes."""
    for rule in (ALERT, QUOTED):
        expected = {"record": rule.name, "expr": rule.expression, "labels": dict(rule.labels)}
        assert json_size(rule) == len(json.dumps(expected))


def test_the_part_of_a_rule_depends_on_its_name_and_labels_alone() -> None:
    """Whatever is recorded for acme, its part of 1,024 is the remainder of the hash of its name and labels as JSON."""
    rules = [RenderedRule("record", "a", f"vector({value})", {"tenant_id": "acme"}) for value in (1, 2)]
    assert part_number(rules[0], 1024) == part_number(rules[1], 1024) == HASH_OF_ACME % 1024
