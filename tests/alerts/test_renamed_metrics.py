"""Alert tests where every metric was renamed: they pass while Workers push the earlier names, and afterwards."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from contract import METRICS
from generator.definitions import load_definitions
from generator.dsl.platform import Platform
from generator.external.promtool import Promtool
from generator.ir.build import Compiled
from generator.output.write import write_files
from generator.pipeline import compile_all
from generator.verify.needed_rules import AlertTestRunner
from tests.rendering.renamed_contract import earlier, with_renames

FILES = (
    *("telemetry-every-1m", "errors-every-1m", "latency-every-1m", "spend-every-1m", "small_tenants-every-1m"),
    *("storage-every-1m", "model_errors-every-1m", "cost-every-5m", "recorded_series-every-1m", "telemetry-every-30s"),
)
SERIES = re.compile(r"(- series: (?:\|-\n\s*)?)(\w+)(\{)")
PUSHED = {name: earlier(metric.name) + name.removeprefix(metric.name) for metric in METRICS for name in metric.names()}
"""The earlier name of each series that Workers push."""


@pytest.fixture(scope="module")
def renamed(platform: Platform) -> Compiled:
    """A build in which every metric was renamed."""
    return compile_all(platform, with_renames(load_definitions()))


def pushed_by_earlier_names(text: str) -> str:
    """A test file whose input series have the earlier names."""
    return SERIES.sub(lambda each: f"{each[1]}{PUSHED.get(each[2], each[2])}{each[3]}", text)


@pytest.mark.sampled(5)
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("by_earlier_names", [True, False], ids=["earlier names", "new names"])
def test_alerts_fire_by_either_name(
    name: str, by_earlier_names: bool, renamed: Compiled, promtool: Promtool, tmp_path: Path
) -> None:
    """Every test of a file passes, whichever name its input series have."""
    write_files(tmp_path / "out", renamed.written)
    file = tmp_path / f"out/tests/{name}.yaml"
    if by_earlier_names:
        file.write_text(pushed_by_earlier_names(file.read_text(encoding="utf-8")), encoding="utf-8")
        assert "earlier_" in file.read_text(encoding="utf-8")
    results = AlertTestRunner(promtool).run(file)
    assert results
    assert [result for result in results if result.failures] == []
