"""A platform's prefix of metrics: before every name in out/, and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from contract.labels import BILLED_UNIT
from generator.definitions import load_definitions
from generator.dsl.platform import Platform
from generator.ir.build import Compiled
from generator.lowering.metric_prefix import MetricPrefix
from generator.pipeline import compile_all

PREFIX = "zz9_"
FOR_MACHINES = ("prometheus/rules/", "grafana/", "tests/", "kubernetes/", "runbooks/", "contract/metrics.json")
HASH = re.compile(r"\b[0-9a-f]{64}\b")
NAME_BOUNDARY = r"(?<![a-z0-9_])({names})(?:_bucket|_sum|_count)?(?![a-z0-9_])"


@pytest.fixture(scope="module")
def plain(production: Compiled) -> dict[str, str]:
    """The files of the tests' platform."""
    return dict(production.texts)


@pytest.fixture(scope="module")
def prefixed(platform: Platform) -> dict[str, str]:
    """The files of the same platform with a prefix."""
    return dict(compile_all(replace(platform, metric_prefix=PREFIX), load_definitions()).texts)


def without_white_space(text: str) -> str:
    """A text without its white space, the line breaks in its JSON strings and hashes of other texts: a longer name
    wraps an expression."""
    return "".join(HASH.sub("", text.replace(r"\n", "")).split())


def test_without_the_prefix_out_is_the_same(plain: dict[str, str], prefixed: dict[str, str]) -> None:
    """Every file is that of a build without a prefix once the prefix is removed, but for line breaks."""
    assert prefixed.keys() == plain.keys()
    without_prefix = {path: without_white_space(text.replace(PREFIX, "")) for path, text in prefixed.items()}
    assert [path for path in plain if without_prefix[path] != without_white_space(plain[path])] == []


def test_every_name_of_a_metric_has_the_prefix(platform: Platform, prefixed: dict[str, str]) -> None:
    """No rule, dashboard, test, runbook or entry of metrics.json has a name of the contract without it."""
    declared = load_definitions().contract
    names = {each.name for each in (*declared.metrics, *declared.combined_counters)}
    pattern = re.compile(NAME_BOUNDARY.format(names="|".join(sorted(names, key=len, reverse=True))))
    # The unit of tokens is named as their combined counter is.
    unit = re.compile(rf"{BILLED_UNIT.name}\W+ai_tokens\b")
    files = {path: unit.sub("", text) for path, text in prefixed.items() if path.startswith(FOR_MACHINES)}
    assert len(files) > 40
    assert {path: match[0] for path, text in files.items() if (match := pattern.search(text))} == {}


def test_workers_and_prometheus_know_the_prefix(prefixed: dict[str, str]) -> None:
    """The Workers push with the prefix; their table of metrics keeps the contract's names."""
    types = prefixed["contract/contract.gen.ts"]
    assert f'metricPrefix: "{PREFIX}"' in types
    assert "  requests_total: { kind" in types
    rules = prefixed["prometheus/rules/recorded-api.yaml"]
    assert f"record: route_service:{PREFIX}requests_total:increase5m" in rules
    assert f'increase({PREFIX}requests_total{{platform="production"}}[5m])' in rules


def test_a_prefix_is_before_the_second_part_of_a_recorded_name() -> None:
    """The level stays in front; series that Prometheus writes keep their names."""
    prefix = MetricPrefix("zz9_", {"ALERTS"})
    names = ["requests_total", "all:requests_total:increase5m", "tenant_id:error_share:limit", "ALERTS"]
    assert [prefix.name(name) for name in names] == [
        "zz9_requests_total",
        "all:zz9_requests_total:increase5m",
        "tenant_id:zz9_error_share:limit",
        "ALERTS",
    ]
