"""The cost of a day as Prometheus evaluates the shipped rules, beside an invoice worked out by hand: units times list
prices, from two shards, of which one restarts, through an hour without samples; with tokens whose price differs."""

from __future__ import annotations

from fractions import Fraction

import pytest
import yaml

from generator.external.promtool import Promtool
from generator.pipeline import compiled
from generator.verify.needed_rules import needed_rules
from tests.alerts.other_platforms import platform_file
from tests.rendering.test_amounts import HOURS_26, counting, notation, restarted, without

GAP, RESTART = (600, 660), 1000
"""In minutes: nothing is sampled in an hour; later the first shard restarts."""
BORN = 1200
"""In minutes: a tenant comes, and writes to KV for the last six hours."""
CHAT, EMBEDDING = "@cf/meta/llama-3.3-70b-instruct-fp8-fast", "@cf/baai/bge-m3"
OTHER_CHAT = "@cf/meta/llama-3.1-8b-instruct"
PRICES = {
    CHAT: {"input": 0.293, "output": 2.253, "cached_input": 0.03, "cache_write": 0.4, "reasoning": 3},
    OTHER_CHAT: {"input": 0.282, "output": 0.827},
    EMBEDDING: {"input": 0.012},
}
"""Those of the price list, with classes of tokens of one model as other providers price them."""
OF_ROUTE = 'route="/chat",service="worker-api"'
OF_CHAT = f'tenant_id="a",model="{CHAT}",{OF_ROUTE}'
PER_MINUTE: dict[str, tuple[int, int]] = {
    f'requests_total{{tenant_id="a",{OF_ROUTE}}}': (3000, 1000),
    f'requests_total{{tenant_id="b",{OF_ROUTE}}}': (500, 0),
    f'kv_reads_total{{tenant_id="a",{OF_ROUTE}}}': (5000, 0),
    f'kv_writes_total{{tenant_id="a",{OF_ROUTE}}}': (1000, 250),
    f'kv_writes_total{{tenant_id="b",{OF_ROUTE}}}': (0, 40),
    f'do_requests_total{{tenant_id="a",{OF_ROUTE}}}': (0, 2000),
    f"ai_tokens_input{{{OF_CHAT}}}": (7000, 3000),
    f"ai_tokens_input_cached_total{{{OF_CHAT}}}": (3000, 1000),
    f"ai_tokens_input_cache_write_total{{{OF_CHAT}}}": (1000, 0),
    f"ai_tokens_output{{{OF_CHAT}}}": (1500, 500),
    f"ai_tokens_output_reasoning_total{{{OF_CHAT}}}": (500, 200),
    f'ai_tokens_input{{tenant_id="a",model="{OTHER_CHAT}",{OF_ROUTE}}}': (3000, 0),
    f'ai_tokens_input_cached_total{{tenant_id="a",model="{OTHER_CHAT}",{OF_ROUTE}}}': (2000, 0),
    f'ai_tokens_input{{tenant_id="a",model="{EMBEDDING}",{OF_ROUTE}}}': (0, 50_000),
    'telemetry_rows_written_total{service="worker-api"}': (100, 20),
    'telemetry_object_requests_total{service="worker-api"}': (75, 25),
}
"""What each of two shards counts in a minute."""
OF_NEW = f'kv_writes_total{{tenant_id="new",{OF_ROUTE}}}'
INVOICE = {
    # 4,000 and 500 requests a minute are 5.76 and 0.72 million in 24 hours, at $0.30.
    ("a", "workers"): "1.728",
    ("b", "workers"): "0.216",
    # 7.2 million reads at $0.50 and 1.8 million writes at $5; 57,600 writes; 2,000 writes in each of 360 minutes.
    ("a", "kv"): "12.6",
    ("b", "kv"): "0.288",
    ("new", "kv"): "3.6",
    # 2.88 million at $0.15.
    ("a", "durable_objects"): "0.432",
    # Of 14.4 million input tokens 5.76 at $0.03, 1.44 at $0.4 and 7.2 at $0.293 ($2.8584); of 2.88 million output
    # tokens 1.008 at $3 and 1.872 at $2.253 ($7.241616); 4.32 million at $0.282 ($1.21824), 72 at $0.012 ($0.864).
    ("a", "workers_ai"): "12.182256",
}
OF_TELEMETRY = "0.1944"
"""172,800 rows at $1 and 144,000 requests at $0.15: of the platform, and of no tenant."""


def day(series: str, dollars: Fraction) -> dict[str, object]:
    """The expectation that a recorded cost is that of the invoice, within 1 %."""
    low, high = (float(dollars * percentage / 100) for percentage in (99, 101))
    return {
        "expr": f"(sum({series}) >= bool {low:.9f}) * (sum({series}) <= bool {high:.9f})",
        "eval_time": f"{HOURS_26}m",
        "exp_samples": [{"labels": "{}", "value": 1}],
    }


def expectations() -> list[dict[str, object]]:
    """The cost of each tenant and product, and of each product of the platform."""
    of_tenants = [
        day(f'tenant_id_product:cost:dollars1d{{tenant_id="{tenant}",product="{product}"}}', Fraction(dollars))
        for (tenant, product), dollars in INVOICE.items()
    ]
    of_platform: dict[str, Fraction] = {"telemetry": Fraction(OF_TELEMETRY)}
    for (_, product), dollars in INVOICE.items():
        of_platform[product] = of_platform.get(product, Fraction(0)) + Fraction(dollars)
    return [
        *of_tenants,
        *(day(f'product:cost:dollars1d{{product="{name}"}}', dollars) for name, dollars in of_platform.items()),
        # 1.944 + 16.488 + 0.432 + 12.182256 + 0.1728
        day("product:cost:dollars1d", Fraction("31.219056")),
        # 12.182256 without the $0.11 that each day includes.
        day('product:cost_after_included:dollars1d{product="workers_ai"}', Fraction("12.072256")),
        day('product:cost_after_included:dollars1d{product="total"}', Fraction("31.109056")),
        # In 18 hours and six times the last one, the new tenant writes as much again: $3.6 more.
        day('product:cost_after_included:forecast1d{product="kv"}', Fraction("20.088")),
        day('product:cost_after_included:forecast1d{product="total"}', Fraction("34.709056")),
        day('tenant_id_product:cost:dollars1d{tenant_id!~"a|b|new"} or vector(1)', Fraction(1)),
    ]


@pytest.fixture(scope="module")
def failures(promtool: Promtool, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What promtool says of the day."""
    folder = tmp_path_factory.mktemp("costs")
    build = compiled(platform_file(folder, "production", {"model_prices": PRICES}))
    files = ("recorded-prices", "recorded-ai", "recorded-api", "recorded-storage", "recorded-cost")
    texts = (build.texts[f"prometheus/rules/{file}.yaml"] for file in files)
    shipped = [group for text in texts for group in yaml.safe_load(text)["groups"]]
    bills = [f"product:cost_after_included:{operation}1d" for operation in ("dollars", "forecast")]
    recorded = needed_rules(shipped, ["product:cost:dollars1d", "tenant_id_product:cost:dollars1d", *bills])
    (folder / "rules.yaml").write_text(yaml.safe_dump({"groups": recorded}), encoding="utf-8")
    series = [
        {
            "series": f'{name[:-1]},platform="production",shard="{shard}"}}',
            "values": notation(without(restarted(counting(HOURS_26, rate), *([] if shard else [RESTART])), GAP)),
        }
        for name, rates in PER_MINUTE.items()
        for shard, rate in enumerate(rates)
    ]
    born = notation([*[None] * BORN, *counting(HOURS_26 - BORN, 2000)])
    series.append({"series": f'{OF_NEW[:-1]},platform="production"}}', "values": born})
    test = {"name": "day", "interval": "1m", "input_series": series, "promql_expr_test": expectations()}
    document = {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": "5m",
        "group_eval_order": [group["name"] for group in recorded],
        "tests": [test],
    }
    (folder / "costs.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    (result,) = promtool.test_rules([folder / "costs.yaml"]).results
    return "\n".join(result.failures)


def test_the_cost_of_a_day_is_that_of_the_invoice(failures: str) -> None:
    """Within 1 %, of each tenant and product and of the platform, before and after what the day includes, and by
    forecast; the telemetry's rows are of no tenant."""
    assert failures == ""
