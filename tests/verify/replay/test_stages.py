"""Rules are split into stages by the series that they read."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generator.errors import BuildError
from generator.verify.replay.stages import ReplayRule, load_rules, parse_duration, render_stage, split_into_stages

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
    """A folder with one file, in reverse order: an alert on a sum, which is of a sum, which is of a raw series."""
    (tmp_path / "rules.yaml").write_text(FILE, encoding="utf-8")
    return tmp_path


def test_a_stage_reads_only_earlier_stages(folder: Path) -> None:
    """The stages are the sum of the raw series, the sum of that, and the alert."""
    stages = split_into_stages(load_rules(folder))
    assert [[rule.series for rule in stage] for stage in stages] == [["b:x:sum"], ["a:x:sum"], ["ALERTS"]]


def test_a_rule_knows_its_group(folder: Path) -> None:
    """Incidents of back-tests are about rules by the name of their group."""
    assert [rule.group for rule in load_rules(folder)] == ["first", "first", "second"]


def test_a_rule_waits_for_all_rules_that_record_its_series(folder: Path) -> None:
    """A rule that reads a series recorded by two rules is in a stage after both."""
    raw, derived = ReplayRule({"record": "s", "expr": "x"}, 30), ReplayRule({"record": "s", "expr": "t"}, 30)
    between, last = ReplayRule({"record": "t", "expr": "y"}, 30), ReplayRule({"record": "u", "expr": "s"}, 30)
    assert split_into_stages([last, derived, raw, between]) == ((raw, between), (derived,), (last,))


def test_a_rule_does_not_wait_for_itself() -> None:
    """A total that adds to its own last value waits for what it adds alone."""
    total, growth = (
        ReplayRule({"record": "t", "expr": "g + last_over_time(t[2d])"}, 300),
        ReplayRule({"record": "g", "expr": "x"}, 300),
    )
    assert split_into_stages([total, growth]) == ((growth,), (total,))


def test_only_selectors_are_dependencies() -> None:
    """A label, a label value or a function with the name of a recorded series is not a dependency."""
    recorded = [ReplayRule({"record": name, "expr": "x"}, 30) for name in ("route", "chat", "sum")]
    rule = ReplayRule({"record": "s", "expr": 'sum by (route) (rate(y{route="chat"}[5m]))'}, 30)
    assert rule.reads() == {"y"}
    assert split_into_stages([*recorded, rule]) == ((*recorded, rule),)


def test_an_invalid_expression_is_reported() -> None:
    """The error names the rule."""
    with pytest.raises(BuildError, match=r"^s: .*sum\("):
        split_into_stages([ReplayRule({"record": "s", "expr": "sum("}, 30)])


def test_a_stage_keeps_intervals_and_drops_annotations(folder: Path) -> None:
    """A rule keeps its group's interval, by default 30 s; annotations, which vmalert cannot replay, are dropped."""
    documents = [yaml.safe_load(render_stage(stage)) for stage in split_into_stages(load_rules(folder))]
    assert [group["interval"] for document in documents for group in document["groups"]] == ["30s", "120s", "120s"]
    assert documents[2]["groups"][0]["rules"] == [{"alert": "Late", "expr": "a:x:sum > 1"}]


def test_a_cycle_is_reported() -> None:
    """Two rules that read each other have no order."""
    with pytest.raises(BuildError, match="p, q: these rules read each other in a cycle"):
        split_into_stages([ReplayRule({"record": "p", "expr": "q"}, 30), ReplayRule({"record": "q", "expr": "p"}, 30)])


@pytest.mark.parametrize("text", ["groups: 3", "[", "groups: [{rules: [{record: x}]}]"])
def test_an_invalid_rule_file_is_reported(tmp_path: Path, text: str) -> None:
    """The error names the file."""
    (tmp_path / "broken.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BuildError, match=r"broken\.yaml: it is not a rule file"):
        load_rules(tmp_path)


def test_a_folder_without_rules_is_reported(tmp_path: Path) -> None:
    """An empty folder and a missing one have no rules to replay."""
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(BuildError, match="it contains no rules; build the output, or name the folder of a build"):
            load_rules(folder)


def test_durations_of_prometheus_are_parsed() -> None:
    """1m30s is 90 seconds, 500ms is half a second."""
    assert (parse_duration("1m30s"), parse_duration("500ms"), parse_duration("2h")) == (90, 0.5, 7_200)
