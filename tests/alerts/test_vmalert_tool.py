"""Test files for promtool, as vmalert-tool reads them, and what it prints."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.alerts.vmalert_tool import adapted, adapted_tests, alert_test_id, failures, regrouped

RECORDED = {"record": "all:errors:increase5m", "expr": "sum(increase(errors[5m]))"}
OTHER = {"record": "all:requests:increase5m", "expr": "sum(increase(requests[5m]))"}
READER = {"record": "all:errors:doubled", "expr": "2 * all:errors:increase5m"}
LINK = "https://grafana.example.com/d/a?var-a=b&time=2460000&time.window=7200000&viewPanel=1"
LATER = "https://grafana.example.com/d/a?var-a=b&time=946687260000&time.window=7200000&viewPanel=1"
"""41 minutes after the beginning of 1970, and of 2000: 10,957 days later."""
HEADER = "\n\nUnit Testing:  tests.yaml\n"
FAILED = f'{HEADER}FAILED\nfailed to run unit test for file "tests.yaml": \n['
OF_ALERT = "groupname: , alertname: A, time: 41m0s, \n        exp:[], \n        got:[\n            0:\n            ] "
OF_SERIES = 'expr: "a", time: 1h0m0s,\n        exp: {} 1E+00\n        got: {} 2E+00'


def test_a_rule_that_reads_another_one_is_in_a_later_group() -> None:
    """The reader of a recorded series follows it, the others stay together; a rule that reads a later one reads what it
    recorded at the evaluation before, so the later one does not move before it."""
    groups = [{"name": "a", "rules": [RECORDED, READER, OTHER]}, {"name": "b", "rules": [READER]}]
    layers = regrouped(groups)
    assert [group["rules"] for group in layers] == [[RECORDED, OTHER], [READER, READER]]
    assert [group["name"] for group in layers] == ["0", "1"]
    late = {"record": "all:requests:late", "expr": "all:errors:doubled - all:late:increase5m"}
    last = {"record": "all:late:increase5m", "expr": "sum(increase(late[5m]))"}
    layers = regrouped([{"rules": [RECORDED, READER, late, last]}])
    assert [group["rules"] for group in layers] == [[RECORDED], [READER], [late, last]]


def test_an_alert_is_after_the_series_that_its_texts_read() -> None:
    """A template reads a series by a query, which must be recorded before."""
    alert = {"alert": "A", "expr": "up == 0", "annotations": {"text": '{{ query "all:errors:increase5m" }}'}}
    assert [group["rules"] for group in regrouped([{"rules": [RECORDED, alert]}])] == [[RECORDED], [alert]]


def test_expressions_are_changed_and_templates_have_the_time_of_the_evaluation() -> None:
    """`now` would be the time of the run; a change of the caller is of expressions alone."""
    alert = {"alert": "A", "expr": "up == 0", "annotations": {"url": 'time={{ now | printf "%.0f" }}000, up == 0'}}
    ((changed,),) = (group["rules"] for group in regrouped([{"rules": [alert]}], lambda text: text.upper()))
    assert changed["expr"] == "UP == 0"
    url = 'time={{ query "time()" | first | value | printf "%.0f" }}000, up == 0'
    assert changed["annotations"] == {"url": url}


def test_expected_links_are_of_the_clock_of_the_tool() -> None:
    """The time of a link is 30 years later, its width is the same; expectations of series are a test of their own."""
    alert = {"exp_labels": {"a": "b"}, "exp_annotations": {"url": LINK, "text": "time=5 seconds"}}
    case = {"eval_time": "41m", "alertname": "A", "exp_alerts": [alert]}
    series = [{"expr": "a", "eval_time": "1h", "exp_samples": []}]
    inputs = {"name": "t", "input_series": []}
    alerts, others = adapted({**inputs, "alert_rule_test": [case], "promql_expr_test": series})
    later = {"exp_labels": {"a": "b"}, "exp_annotations": {"url": LATER, "text": "time=5 seconds"}}
    assert alerts == {**inputs, "alert_rule_test": [{**case, "exp_alerts": [later]}]}
    assert others == {**inputs, "metricsql_expr_test": series}


def test_series_of_times_are_of_the_clock_of_the_tool() -> None:
    """A heartbeat is the time of a sample: each part begins 10,957 days later, and steps, counts and gaps stay."""
    name = 'heartbeat_timestamp_seconds{service="a"}'
    inputs = [{"series": name, "values": "0+30x20 _x4 750+30x19"}, {"series": "requests_total", "values": "0+30x20"}]
    case = {"eval_time": "41m", "alertname": "A", "exp_alerts": []}
    (test,) = adapted({"name": "t", "input_series": inputs, "alert_rule_test": [case]})
    times = {"series": name, "values": "946684800+30x20 _x4 946685550+30x19"}
    assert test["input_series"] == [times, inputs[1]]


def test_a_test_has_the_rules_that_it_needs(tmp_path: Path) -> None:
    """The rules of a test are those that its alerts read; the groups are evaluated in their order."""
    alert = {"alert": "A", "expr": "all:errors:doubled > 1"}
    groups = [{"name": "a", "rules": [RECORDED, OTHER, READER]}, {"name": "b", "rules": [alert]}]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": groups}), encoding="utf-8")
    test = {
        "name": "t",
        "input_series": [],
        "alert_rule_test": [{"eval_time": "1m", "alertname": "A", "exp_alerts": []}],
    }
    file = tmp_path / "errors-every-1m.yaml"
    document = {"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": [test]}
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    (only,) = adapted_tests(file)
    assert only.id == alert_test_id(file, "t") == "errors.t"
    assert [rule for group in only.rules["groups"] for rule in group["rules"]] == [RECORDED, READER, alert]
    assert (only.tests["rule_files"], only.tests["group_eval_order"]) == (["rules.yaml"], ["0", "1", "2"])
    assert only.tests["evaluation_interval"] == "1m"


def test_each_expectation_that_is_not_met_is_a_failure() -> None:
    """Those of alerts follow the name of the test, those of series do not."""
    output = f"{FAILED}\ntestGroupName: t,\n    {OF_ALERT} \ntestGroupName: t,\n    {OF_ALERT} \n    {OF_SERIES}]"
    texts = failures("t", 1, output, "unittest failed\n")
    assert [text.partition(",")[0] for text in texts] == ["groupname: ", "groupname: ", 'expr: "a"']
    assert "got: {} 2E+00" in texts[2]
    assert failures("t", 0, f"{HEADER}SUCCESS\n", "Total time: 1s\n") == ()


@pytest.mark.parametrize(
    ("status", "output"),
    [
        (1, f"{FAILED}failed to unmarshal file: yaml: field promql_expr_test not found in type unittest.testGroup]"),
        (1, f'{FAILED}\ntestGroupName: t\n    missing required field "alertname"]'),
        (0, ""),
        (2, "panic"),
    ],
)
def test_a_test_that_did_not_run_is_no_result(status: int, output: str) -> None:
    """A file that the tool refuses neither passes nor fails."""
    with pytest.raises(AssertionError, match=r"^t: "):
        failures("t", status, output, "")
