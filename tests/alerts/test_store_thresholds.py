"""Alert tests of StorageErrors where stores have thresholds of their own: each store is judged by its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.checks.registry import coverage_problems
from generator.external.promtool import Promtool
from generator.pipeline import build
from tests.alerts.alert_test_results import alert_test_results
from tests.alerts.other_platforms import STORES, platform_file

EVERY_STORE: Mapping[str, Mapping[str, float]] = STORES["thresholds.storage"]["stores"]
"""They are so far apart that 27 % of calls pages for two of the stores and opens no ticket for the third."""


def changes(*stores: str) -> Mapping[str, Any]:
    """The thresholds of the platform, and those of their own that these stores have."""
    own = {store: EVERY_STORE[store] for store in stores}
    return {"thresholds.storage": {**STORES["thresholds.storage"], "stores": own}}


@pytest.mark.parametrize("stores", [tuple(EVERY_STORE), ("vectorize", "durable_objects"), ("kv", "durable_objects")])
def test_all_tests_pass_whichever_stores_have_thresholds_of_their_own(
    stores: tuple[str, ...], tmp_path: Path, promtool: Promtool
) -> None:
    """None is left out, also where two or all of the three have their own."""
    report = build(platform_file(tmp_path, "stores", changes(*stores)), tmp_path / "out")
    assert coverage_problems(report.compiled.lowered) == []
    assert [test for test, _ in report.left_out_tests if test.startswith("storage.")] == []
    results = alert_test_results(tmp_path / "out", promtool, files="storage-*.yaml")
    assert len(results) == 8
    assert [result for result in results if result.failures] == []


def test_ratios_are_just_below_the_threshold_of_each_store(tmp_path: Path) -> None:
    """10 % below: 1.8 % of Vectorize's calls, 27 % of Durable Objects' and 0.45 % of KV's, and nothing fires."""
    build(platform_file(tmp_path, "stores", changes(*EVERY_STORE)), tmp_path / "out")
    (file,) = (tmp_path / "out/tests").glob("storage-*.yaml")
    tests = {test["name"]: test for test in yaml.safe_load(file.read_text(encoding="utf-8"))["tests"]}
    final: dict[str, float] = {}
    for series in tests["just_below_ticket_threshold"]["input_series"]:
        name = re.match(r"\w+", series["series"])
        assert name is not None
        final[name[0]] = float(re.findall(r"\+([\d.]+)x", series["values"])[-1])
    kv = sum(final[f"kv_{operations}_total"] for operations in ("reads", "writes", "lists", "deletes"))
    assert final["vectorize_errors_total"] / final["vectorize_queries_total"] == pytest.approx(0.018)
    assert final["do_errors_total"] / final["do_requests_total"] == pytest.approx(0.27)
    assert final["kv_errors_total"] / kv == pytest.approx(0.0045)
    assert all(not each["exp_alerts"] for each in tests["just_below_ticket_threshold"]["alert_rule_test"])
