"""A day in which Workers begin to push a new name of a metric at noon, as Prometheus evaluates the rules of the build.

Two shards count at steady rates, one of which changes at noon, the other one half an hour later. A shard continues what
it has counted under the earlier name, so that these series stay as they are, or its series end.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
import yaml

from generator.definitions import load_definitions
from generator.dsl.platform import Platform
from generator.external.promtool import Promtool
from generator.ir.build import Compiled
from generator.output import DASHBOARDS_FOLDER
from generator.output.write import write_files
from generator.pipeline import compile_all
from generator.promql.grafana_variables import BUILT_IN_DURATIONS, filled
from tests.rendering.renamed_contract import with_renames

DAY, NOON, LATER = 1440, 720, 750
"""In minutes; a sample is a minute."""
TOKENS, LATENCY, REQUESTS = "ai_tokens_input", "ai_latency_ms", "ai_requests_total"
LABELS = 'platform="production",tenant_id="a",route="/chat",service="worker-api",model="m"'
SHARDS = {"a": (NOON, 1000), "b": (LATER, 500)}
"""When each shard changes, and how much it counts a minute."""
PER_MINUTE = 1500
STEPS = 276
"""Five-minute steps of the day from its second hour on, when every window of five minutes is full."""
FIRES_FROM = 12
"""The hour from which on the tenant has used its budget of 1,000,000 tokens: 1,500 a minute, after 11 h 7 min."""


@dataclass(frozen=True)
class Variant:
    """Whether the series of the earlier name continue, unchanged, after the change."""

    continues: bool


VARIANTS = {"the shard continues the earlier series": Variant(True), "the earlier series end": Variant(False)}


def counter(name: str, labels: str, shard: str, per_minute: int, variant: Variant) -> dict[str, str]:
    """The two input series of a counter on a shard."""
    at, _ = SHARDS[shard]
    rest = f"{per_minute * at}x{DAY - at}" if variant.continues else f"_x{DAY - at}"
    own = f'{labels},instance="{shard}"'
    return {
        f"earlier_{name}{{{own}}}": f"0+{per_minute}x{at} {rest}",
        f"{name}{{{own}}}": f"_x{at} 0+{per_minute}x{DAY - at}",
    }


def series(variant: Variant) -> dict[str, str]:
    """Tokens and calls of both shards, and the latency of the calls: of ten, nine take 400 ms and one takes 2 s."""
    result: dict[str, str] = {}
    for shard, (_, per_minute) in SHARDS.items():
        result |= counter(TOKENS, LABELS, shard, per_minute, variant)
        result |= counter(REQUESTS, LABELS, shard, per_minute // 50, variant)
        for bound, tenths in ((250, 0), (500, 9), (1000, 9), (2500, 10), ("+Inf", 10)):
            growth = per_minute // 50 * tenths // 10
            result |= counter(f"{LATENCY}_bucket", f'{LABELS},le="{bound}"', shard, growth, variant)
        result |= counter(f"{LATENCY}_count", LABELS, shard, per_minute // 50, variant)
    return result


def within(query: str, truth: float, tolerance: float = 0.01) -> str:
    """A query that is 1 where the result of another one is close to the truth."""
    return f"(({query}) >= bool {truth * (1 - tolerance):.3f}) * (({query}) <= bool {truth * (1 + tolerance):.3f})"


def at_each_step(query: str, truth: float) -> str:
    """A query of how many five-minute steps of the day have a result within a tenth of the truth: a minute that is
    counted twice, or not at all, is a fifth of one."""
    close = f"({query}) > {truth * 0.9:.3f} < {truth * 1.1:.3f}"
    return f"count_over_time(({close})[{STEPS * 5}m:5m])"


BASE = f"route_service_model:earlier_{TOKENS}:increase5m"
NEW_BASE = f"route_service_model:{TOKENS}:increase5m"
CALLS = f"route_service_model:earlier_{REQUESTS}:increase5m"
BUCKETS = f"route_service_model_le:earlier_{LATENCY}_bucket:increase5m"
AMOUNT = 'tenant_id_direction:ai_tokens:amount1d{direction="input"}'
FIRING = 'ALERTS{alertname="HighAICosts",alertstate="firing",severity="page"}'
QUERIES = {
    "the amount of the day": within(f"sum({AMOUNT})", PER_MINUTE * DAY),
    "the increases of the day, by the earlier name": within(f"sum(sum_over_time({BASE}[1d:5m]))", PER_MINUTE * DAY),
    "the increases of the day, by the new name": within(f"sum(sum_over_time({NEW_BASE}[1d:5m]))", PER_MINUTE * DAY),
    "the calls of the day": within(f"sum(sum_over_time({CALLS}[1d:5m]))", PER_MINUTE / 50 * DAY),
    "no step without tokens, none twice": f"({at_each_step(f'sum({BASE})', 5 * PER_MINUTE)}) == bool {STEPS}",
    "no step without calls, none twice": f"({at_each_step(f'sum({CALLS})', PER_MINUTE / 10)}) == bool {STEPS}",
    "both names alike": f"(max_over_time((sum({BASE}) - sum({NEW_BASE}))[1d:5m])) == bool 0",
    # 95 of 100 are within the bucket from 1 to 2.5 s, of which they are the first half: 1,750 ms.
    "p95 at each step": f"({at_each_step(f'histogram_quantile(0.95, sum by (le) ({BUCKETS}))', 1750)}) == bool {STEPS}",
    "p95 of the day": within(f"histogram_quantile(0.95, sum by (le) (sum_over_time({BUCKETS}[1d:5m])))", 1750),
    "the alert fires on": f"count_over_time(sum({FIRING})[{DAY - FIRES_FROM * 60}m:5m]) == bool "
    f"{(DAY - FIRES_FROM * 60) // 5}",
}
TENANT_A, ALL_TENANTS = "a", ""


@dataclass(frozen=True)
class PanelCase:
    """A panel of the AI dashboard with a tenant selected, or all of them, and the sum of what its first query shows all
    day."""

    panel: str
    tenant: str
    truth: float


PANELS = {
    "tokens a second of a tenant": PanelCase("tokens_in_and_out", TENANT_A, PER_MINUTE / 60),
    "tokens a second of all tenants": PanelCase("tokens_in_and_out", ALL_TENANTS, PER_MINUTE / 60),
    "p95 of a tenant": PanelCase("latency_by_model", TENANT_A, 1750),
    "p95 of all tenants": PanelCase("latency_by_model", ALL_TENANTS, 1750),
}
"""Queries read raw counters of a selected tenant, and recorded series, which have no tenant, of all of them."""


@pytest.fixture(scope="module")
def compiled(platform: Platform) -> Compiled:
    """A build whose tokens, calls and latency were renamed."""
    definitions = replace(load_definitions(), alert_tests=(), not_applicable=())
    return compile_all(platform, with_renames(definitions, {TOKENS, LATENCY, REQUESTS}))


def shown(compiled: Compiled, case: PanelCase) -> str:
    """The first query of a panel in the file of the dashboard, on a line, with the tenant selected, or all of them, and
    all models."""
    (ai,) = (dashboard for dashboard in compiled.lowered.dashboards if dashboard.id == "ai")
    (number,) = (panel.id for row in ai.rows for panel in row.panels if panel.key == case.panel)
    document = json.loads(compiled.written[f"{DASHBOARDS_FOLDER}ai.json"])
    (panel,) = (panel for panel in document["panels"] if panel["id"] == number)
    all_values = {each["name"]: each["allValue"] for each in document["templating"]["list"] if "allValue" in each}
    values = {"tenant": [case.tenant]} if case.tenant else {}
    texts = {name: text for name, text in all_values.items() if name not in values}
    return " ".join(filled(panel["targets"][0]["expr"], values, {**BUILT_IN_DURATIONS, **texts}).split())


@pytest.fixture(scope="module")
def panel_queries(compiled: Compiled) -> dict[str, str]:
    """The panels as queries that are 1 where each step of the day shows the truth."""
    cases = {name: (shown(compiled, case), case.truth) for name, case in PANELS.items()}
    return {name: f"({at_each_step(f'sum({query})', truth)}) == bool {STEPS}" for name, (query, truth) in cases.items()}


@pytest.fixture(scope="module")
def failures(
    compiled: Compiled, panel_queries: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory, promtool: Promtool
) -> dict[str, str]:
    """What promtool says of all queries of each variant: 1 is expected of each."""
    out = tmp_path_factory.mktemp("renames") / "out"
    write_files(out, compiled.written)
    names = ("recorded-ai", "recorded-limits", "cost")
    files = [out / f"prometheus/rules/{name}.yaml" for name in names]
    groups = [group["name"] for file in files for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]]
    document: dict[str, Any] = {
        "rule_files": [str(file) for file in files],
        "evaluation_interval": "5m",
        "group_eval_order": groups,
        "tests": [
            {
                "name": name,
                "interval": "1m",
                "input_series": [{"series": each, "values": values} for each, values in series(variant).items()],
                "promql_expr_test": [
                    {"expr": query, "eval_time": f"{DAY}m", "exp_samples": [{"labels": "{}", "value": 1}]}
                    for query in (*QUERIES.values(), *panel_queries.values())
                ],
            }
            for name, variant in VARIANTS.items()
        ],
    }
    file = out.parent / "renames.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    return {result.name: "\n".join(result.failures) for result in promtool.test_rules([file]).results}


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_day_with_a_rename_is_whole(variant: str, failures: dict[str, str], panel_queries: Mapping[str, str]) -> None:
    """Amounts of the day are within 1 %; no step is empty or counted twice, also in panels of a tenant and of all
    tenants; the alert of the day's tokens does not stop."""
    failed = [name for name, query in {**QUERIES, **panel_queries}.items() if json.dumps(query) in failures[variant]]
    assert (failed, failures[variant]) == ([], "")
