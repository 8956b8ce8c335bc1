"""A label that all rules get one day, as prometheus-operator's `additionalRuleLabels` or a group's labels give it."""

from __future__ import annotations

from pathlib import Path

import yaml

from generator.external.promtool import Promtool
from generator.ir.build import Compiled
from generator.output.write import write_files

ROUTE = 'platform="production",route="/chat",service="worker-api"'
RECORDED = "route_service:requests_total:increase5m"
LONG = "route_service:requests_total:increase6h"


def test_long_windows_sum_what_was_recorded_before_and_after(
    production: Compiled, promtool: Promtool, tmp_path: Path
) -> None:
    """Two hours of 100 requests per 5 minutes were recorded without the label, and two hours of 200 with it: the sum of
    six hours is 7,200, where two series of one name and labels would be an error of the rule."""
    write_files(tmp_path / "out", production.texts)
    file = tmp_path / "out/prometheus/rules/recorded-api.yaml"
    rules = yaml.safe_load(file.read_text(encoding="utf-8"))
    for group in rules["groups"]:
        group["labels"] = {"cluster": "one"}
    file.write_text(yaml.safe_dump(rules), encoding="utf-8")
    expected = {"labels": f'{LONG}{{{ROUTE},cluster="one"}}', "value": 24 * 100 + 24 * 200}
    test = {
        "name": "labelled",
        "interval": "1m",
        "input_series": [
            {"series": f"{RECORDED}{{{ROUTE}}}", "values": "_ 100x119 _x120"},
            {"series": f'requests_total{{{ROUTE},tenant_id="a"}}', "values": "_x120 0+40x120"},
        ],
        "promql_expr_test": [{"expr": LONG, "eval_time": "4h", "exp_samples": [expected]}],
    }
    tests = tmp_path / "labels.yaml"
    # Without an order, promtool evaluates the groups in a random one.
    order = [group["name"] for group in rules["groups"]]
    document = {"rule_files": [str(file)], "evaluation_interval": "5m", "group_eval_order": order, "tests": [test]}
    tests.write_text(yaml.safe_dump(document), encoding="utf-8")
    (result,) = promtool.test_rules([tests]).results
    assert result.failures == ()
