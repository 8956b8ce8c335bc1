"""Conventional names as Prometheus records them, and the rule tests of them in `out/tests`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import yaml

from contract import METRICS
from generator.definitions import load_definitions
from generator.dsl.conventions import ConventionMetric
from generator.dsl.platform import Platform
from generator.external.promtool import Promtool
from generator.ir.build import Compiled
from generator.ir.rule_files import RenderedRule
from generator.output.write import write_files
from generator.pipeline import compile_all
from tests.checks.builds import violations, with_rule

TESTS = "tests/conventions-every-30s.yaml"
RULES = "prometheus/rules/recorded-conventions.yaml"
RAW = 'tenant_id="t",route="/chat",service="worker-api",model="m",platform="production",job="workers"'
NEW = 'tenant_id="t",http_route="/chat",service_name="worker-api",gen_ai_request_model="m",platform="production"'
TOKENS = "gen_ai_client_inference_usage_input_tokens_total"
DURATION = "gen_ai_client_inference_duration_seconds"
BOUNDS = (50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000)

Expected: TypeAlias = Mapping[str, list[tuple[str, float]]]
"""The samples of each query: labels and value."""


@pytest.fixture(scope="module")
def compiled(platform: Platform) -> Compiled:
    """A build with the names of the newest version."""
    own = replace(platform, convention_version="gen-ai-0.1.0", metric_prefix="")
    return compile_all(own, replace(load_definitions(), alert_tests=(), not_applicable=()))


@pytest.fixture(scope="module")
def out(compiled: Compiled, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the build."""
    folder = tmp_path_factory.mktemp("conventions") / "out"
    write_files(folder, compiled.written)
    return folder


def expect(promtool: Promtool, out: Path, series: dict[str, str], expected: Expected) -> None:
    """Assert what queries result in after ten minutes."""
    document: dict[str, Any] = {
        "rule_files": [str(out / RULES)],
        "evaluation_interval": "30s",
        "tests": [
            {
                "name": "by hand",
                "interval": "30s",
                "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "promql_expr_test": [
                    {
                        "expr": query,
                        "eval_time": "10m",
                        "exp_samples": [{"labels": labels, "value": value} for labels, value in samples],
                    }
                    for query, samples in expected.items()
                ],
            }
        ],
    }
    file = out.parent / "by_hand.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    report = promtool.test_rules([file])
    assert [result.failures for result in report.results] == [()]


def test_the_shipped_rule_tests_pass(promtool: Promtool, out: Path) -> None:
    """`out/tests` has a test for each metric that has a counterpart, and promtool passes them; it accepts the rules."""
    report = promtool.test_rules([out / TESTS])
    names = {result.name for result in report.results}
    assert names >= {"ai_latency_ms", "ai_time_to_first_token_ms", "ai_tokens_input", "ai_tokens_output"}
    assert names == {metric.name for metric in METRICS if isinstance(metric.convention, ConventionMetric)}
    assert not report.failed
    assert promtool.check_rules([out / RULES]) == []


@pytest.mark.parametrize(
    ("right", "wrong"), [('le: "2.5"', 'le: "2500"'), (" / 1000", " / 100"), ('"gen_ai_request_model"', '"model_name"')]
)
def test_the_shipped_rule_tests_fail_for_a_wrong_rule(
    promtool: Promtool, out: Path, tmp_path: Path, right: str, wrong: str
) -> None:
    """A wrong bound, factor or label is found."""
    for path in (TESTS, RULES):
        text = (out / path).read_text(encoding="utf-8")
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text.replace(right, wrong) if path == RULES else text, encoding="utf-8")
    assert promtool.test_rules([tmp_path / TESTS]).failed


def test_no_file_of_tests_without_the_key(platform: Platform) -> None:
    """A platform that does not ask for conventional names has neither rules nor tests of them."""
    built = compile_all(platform, replace(load_definitions(), alert_tests=(), not_applicable=()))
    assert not {TESTS, RULES} & set(built.texts)


def test_increases_of_two_shards_are_those_of_the_metric(promtool: Promtool, out: Path) -> None:
    """Two shards count 60 and 30 tokens in half a minute, the first restarts after five minutes and the second ends
    then. In the ten minutes the first counts 20 times 60, of which the restart hides nothing, and the second ten times
    30; each keeps its own series."""
    series = {
        f'ai_tokens_input{{{RAW},instance="a"}}': "0+60x10 60+60x9",
        f'ai_tokens_input{{{RAW},instance="b"}}': "0+30x10 stale",
    }
    expected: Expected = {
        TOKENS: [(f'{TOKENS}{{{NEW},job="workers",instance="a"}}', 600)],
        f"sum(resets({TOKENS}[10m]))": [("{}", 1)],
        f'max_over_time({TOKENS}{{instance="b"}}[10m])': [(f'{{{NEW},job="workers",instance="b"}}', 300)],
        f'round(sum(increase({TOKENS}{{instance="a"}}[10m])))': [("{}", 1200)],
    }
    expect(promtool, out, series, expected)


def test_quantiles_and_means_are_in_seconds(promtool: Promtool, out: Path) -> None:
    """Each half a minute there is an observation of 40 ms and three of 2,000 ms: 6,040 ms together. So the mean is
    1.51 s, a quarter is within 0.05 s, and three quarters are in the bucket from 1 to 2.5 s, whose middle is the
    quantile 0.25 + 0.75 / 2 = 0.625: 1.75 s."""
    counts = {bound: 1 if bound < 2500 else 4 for bound in BOUNDS}
    of_all = [*counts.items(), ("+Inf", 4)]
    series = {f'ai_latency_ms_bucket{{{RAW},le="{bound}"}}': f"0+{count}x20" for bound, count in of_all}
    series |= {f"ai_latency_ms_sum{{{RAW}}}": "0+6040x20", f"ai_latency_ms_count{{{RAW}}}": "0+4x20"}
    over = "[5m]"
    mean = f"sum(increase({DURATION}_sum{over})) / sum(increase({DURATION}_count{over}))"
    quantile = f"histogram_quantile(0.625, sum by (le) (rate({DURATION}_bucket{over})))"
    within = f'sum({DURATION}_bucket{{le="0.05"}}) / sum({DURATION}_bucket{{le="+Inf"}})'
    rounded = {f"round({query}, 0.0001)": [("{}", value)] for query, value in ((mean, 1.51), (quantile, 1.75))}
    expect(promtool, out, series, {**rounded, within: [("{}", 0.25)], f"count({DURATION}_bucket)": [("{}", 11)]})


def test_bounds_with_a_decimal_point_are_recorded_too(promtool: Promtool, out: Path) -> None:
    """Some clients write 1000.0, which is the bucket of one second."""
    series = {f'ai_latency_ms_bucket{{{RAW},le="1000.0"}}': "0+7x20"}
    name = f"{DURATION}_bucket"
    expect(promtool, out, series, {name: [(f'{name}{{{NEW},job="workers",le="1"}}', 140)]})


def test_a_copy_is_read_as_a_counter(compiled: Compiled) -> None:
    """A rule that compares the value of a conventional counter is a violation, as of the metric itself; so is a copy of
    a counter under any other name."""
    check = "promql/counter-without-rate"
    assert violations(compiled, check) == []
    reader = RenderedRule("record", "all:tokens:sum", f"sum({TOKENS})")
    assert any(TOKENS in problem for problem in violations(with_rule(compiled, reader), check))
    other = RenderedRule("record", "all:tokens:copy", 'label_replace(ai_tokens_input, "a", "", "", "")')
    assert any("all:tokens:copy" in problem for problem in violations(with_rule(compiled, other), check))
