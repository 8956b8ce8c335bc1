"""Rules are put in stages by what they read."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generator.errors import BuildError
from generator.verify.replay.stages import Rule, rules, seconds, stage_file, staged

FILE = """groups:
  - name: first
    interval: 2m
    rules:
      - {alert: Late, expr: "a:x:sum > 1", annotations: {summary: '{{ query "up" }}'}}
      - {record: "a:x:sum", expr: sum(b:x:sum)}
  - name: second
    rules:
      - {record: "b:x:sum", expr: sum(x)}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one file: an alert on a sum, of a sum, of a raw series, in the wrong order."""
    (tmp_path / "rules.yaml").write_text(FILE, encoding="utf-8")
    return tmp_path


def test_a_stage_reads_only_what_came_before(folder: Path) -> None:
    """First the sum of the raw series, then the sum of that, then the alert."""
    assert [[rule.series for rule in stage] for stage in staged(rules(folder))] == [
        ["b:x:sum"],
        ["a:x:sum"],
        ["ALERTS"],
    ]


def test_a_series_of_several_rules_is_waited_for(folder: Path) -> None:
    """A rule that reads a series made by two rules stands after both."""
    raw, derived = Rule({"record": "s", "expr": "x"}, 30), Rule({"record": "s", "expr": "t"}, 30)
    between, last = Rule({"record": "t", "expr": "y"}, 30), Rule({"record": "u", "expr": "s"}, 30)
    assert staged([last, derived, raw, between]) == ((raw, between), (derived,), (last,))


def test_intervals_are_kept_and_annotations_are_not(folder: Path) -> None:
    """The group's interval is the rule's, 30 s where it has none; what a replay cannot fill is left out."""
    documents = [yaml.safe_load(stage_file(stage)) for stage in staged(rules(folder))]
    assert [group["interval"] for document in documents for group in document["groups"]] == ["30s", "120s", "120s"]
    assert documents[2]["groups"][0]["rules"] == [{"alert": "Late", "expr": "a:x:sum > 1"}]


def test_a_circle_is_told() -> None:
    """Two rules that read each other have no order."""
    with pytest.raises(BuildError, match="p, q: these rules read each other in a circle"):
        staged([Rule({"record": "p", "expr": "q"}, 30), Rule({"record": "q", "expr": "p"}, 30)])


@pytest.mark.parametrize("text", ["groups: 3", "[", "groups: [{rules: [{record: x}]}]"])
def test_what_is_no_rule_file_is_told(tmp_path: Path, text: str) -> None:
    """The file is named, and what is wrong with it."""
    (tmp_path / "broken.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BuildError, match=r"broken\.yaml: it is no file of rules"):
        rules(tmp_path)


def test_a_folder_without_rules_is_told(tmp_path: Path) -> None:
    """An empty folder, or none, has no rules to replay."""
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(BuildError, match="there are no rules; build the output, or name its folder"):
            rules(folder)


def test_durations_are_read_as_prometheus_writes_them() -> None:
    """1m30s is 90 seconds, 500ms half a one."""
    assert (seconds("1m30s"), seconds("500ms"), seconds("2h")) == (90, 0.5, 7_200)
