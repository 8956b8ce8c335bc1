"""What recorded series and expressions amount to: values by hand, judged by promtool on the rules that are shipped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from contract.ai import TOKENS
from contract.api import ALERTS, ERRORS, LATENCY, REQUESTS
from contract.labels import DIRECTION, ROUTE, SERVICE, STORE, TENANT
from contract.objectives import latency_slo, token_budget
from contract.rag import RAG_CACHE_HIT_RATE
from contract.storage import STORAGE_CALLS, STORAGE_ERRORS
from generator.definitions import load_definitions
from generator.dsl.metrics import SeriesCount
from generator.dsl.platform import Platform
from generator.dsl.units import days, hours, minutes, percent
from generator.external.promtool import Promtool
from generator.ir.expression import Selector
from generator.ir.rule_files import RuleFile
from generator.lowering.conditions import lower_condition
from generator.lowering.queries import QueryLowering
from generator.pipeline import lower
from generator.rendering.input_series import series_text
from generator.rendering.rule_files import rule_files
from tests.lowering.evaluation import Asked, Judge

LLAMA, BGE = "@cf/meta/llama-3.1-8b-instruct", "@cf/baai/bge-m3"
NOW = minutes(5)
HALF_AN_HOUR, DAY = minutes(30), hours(25)
SELDOM, ALL_DAY = minutes(5), 25 * 60
Judges = Callable[..., Judge]


@pytest.fixture(scope="module")
def files(platform: Platform) -> tuple[RuleFile, ...]:
    """Production's rule files."""
    trees = lower(platform, load_definitions())
    return rule_files(trees)


@pytest.fixture
def judge(files: tuple[RuleFile, ...], promtool: Promtool, tmp_path: Path) -> Judges:
    """A judge on the recorded series of some areas of the contract."""
    return lambda *areas: Judge(
        promtool, tuple(x for x in files if x.name in {f"recorded-{a}" for a in areas}), tmp_path
    )


def series(name: str, tenant: str = "a", route: str = "/chat", service: str = "worker-api", **more: str) -> str:
    """A series of a metric."""
    labels = {"tenant_id": tenant, "route": route, "service": service, **more}
    return series_text(name, labels)


def a_minute(count: float, for_: int = 30) -> str:
    """A counter that grows by so much a minute, for so many minutes."""
    return f"0+{count}x{for_}"


def test_tokens_dollars_and_forecast_of_a_steady_day(judge: Judges, rule: QueryLowering) -> None:
    """1,500 tokens a minute are 1,500 × 1440 in a day, and so says the forecast; they cost what the price list says."""
    used = {
        series("ai_tokens_input", model=LLAMA): a_minute(1000, ALL_DAY),
        series("ai_tokens_output", model=LLAMA): a_minute(500, ALL_DAY),
        series("ai_tokens_input", tenant="embeds", model=BGE): a_minute(2000, ALL_DAY),
    }
    day, forecast = TOKENS.increase(days(1)), TOKENS.increase(hours(18)).forecast(days(1), recent=hours(1))
    daily = {'{tenant_id="a"}': 1500 * 1440, '{tenant_id="embeds"}': 2000 * 1440}
    dollars = {
        '{tenant_id="a"}': 1440 * (1000 * 0.282 + 500 * 0.827) / 1e6,
        '{tenant_id="embeds"}': 1440 * 2000 * 0.012 / 1e6,
    }
    asked: Asked = {
        rule.lower(day.by(TENANT)): daily,
        rule.lower(forecast.by(TENANT)): daily,
        rule.lower(day.priced().by(TENANT)): dollars,
        rule.lower(day.priced()): {"{}": sum(dollars.values())},
        rule.lower(day.priced().by(DIRECTION)): {
            '{direction="input"}': 1440 * (1000 * 0.282 + 2000 * 0.012) / 1e6,
            '{direction="output"}': 1440 * 500 * 0.827 / 1e6,
        },
    }
    assert judge("ai", "limits").complaints(used, DAY, asked, every=SELDOM) == ()


def test_a_restart_of_the_reporter_loses_no_tokens(judge: Judges, rule: QueryLowering) -> None:
    """60 a minute, by a counter that begins anew at minute 33: of an hour's 3,600 none is lost or counted twice."""
    used = {series("ai_tokens_input", model=BGE): "0+60x32 60+60x90"}
    asked: Asked = {rule.lower(TOKENS.increase(hours(1)).by(TENANT)): {'{tenant_id="a"}': 3600}}
    assert judge("ai").complaints(used, minutes(90), asked) == ()


def test_budgets_are_of_those_who_use_tokens_or_have_their_own(judge: Judges, rule: QueryLowering) -> None:
    """Two tenants have budgets of their own, there or not; any other has a million as soon as it uses tokens."""
    used = {
        series("ai_tokens_input", tenant=tenant, model=BGE): a_minute(10)
        for tenant in ("com-mrrainbowsmoke", "stranger")
    }
    asked: Asked = {
        Selector("tenant_id:tokens_per_day:limit"): {
            f'tenant_id:tokens_per_day:limit{{tenant_id="{tenant}"}}': budget
            for tenant, budget in (("com.rainbowsmokeofficial", 5e6), ("com-mrrainbowsmoke", 2e6), ("stranger", 1e6))
        },
        rule.lower(TOKENS.increase(days(1)).by(TENANT).fraction_of(token_budget(rule.platform))): {
            '{tenant_id="com-mrrainbowsmoke"}': 300 / 2e6,
            '{tenant_id="stranger"}': 300 / 1e6,
        },
    }
    assert judge("ai", "limits").complaints(used, HALF_AN_HOUR, asked) == ()


def test_a_store_without_errors_is_zero_on_a_wall_and_nothing_in_a_rule(
    judge: Judges, rule: QueryLowering, wall: QueryLowering
) -> None:
    """KV fails 2 of 100 reads and 25 writes; Vectorize never failed; nobody calls Durable Objects any more."""
    used = {
        series("kv_reads_total"): a_minute(100),
        series("kv_writes_total"): a_minute(25),
        series("kv_errors_total"): a_minute(2),
        series("vectorize_queries_total"): a_minute(50),
        series("do_requests_total"): "9x30",
        series("do_errors_total"): "9x30",
    }
    share = STORAGE_ERRORS.ratio_to(STORAGE_CALLS, NOW).by(STORE)
    asked: Asked = {
        wall.lower(share): {'{store="kv"}': 2 / 125, '{store="vectorize"}': 0},
        lower_condition(rule, share.above(percent(0))): {'{store="kv"}': 2 / 125},
    }
    assert judge("storage").complaints(used, HALF_AN_HOUR, asked) == ()


def test_the_hit_rate_is_in_percent_and_only_of_those_who_ask(judge: Judges, rule: QueryLowering) -> None:
    """40 hits of 100 queries are 40; queries without a hit are 0; who asks nothing has no rate."""
    used = {
        series("rag_queries_total"): a_minute(100),
        series("rag_cache_hits_total"): a_minute(40),
        series("rag_queries_total", tenant="unlucky"): a_minute(100),
        series("rag_queries_total", tenant="idle"): "7x30",
        series("rag_cache_hits_total", tenant="idle"): "3x30",
    }
    asked: Asked = {
        rule.lower(RAG_CACHE_HIT_RATE.latest().by(TENANT, ROUTE, SERVICE)): {
            series("rag_cache_hit_rate"): 40,
            series("rag_cache_hit_rate", tenant="unlucky"): 0,
        }
    }
    assert judge("rag").complaints(used, HALF_AN_HOUR, asked) == ()


def test_half_the_errors_that_are_granted_leave_half_the_budget(judge: Judges, wall: QueryLowering) -> None:
    """0.25 % of all tenants' requests fail, and 99.5 % are promised: 0.5 is left; a route without errors has it all."""
    used = {
        series("requests_total"): a_minute(700),
        series("requests_total", tenant="b"): a_minute(100),
        series("errors_total"): a_minute(2),
        series("requests_total", route="/ingest", service="ingest-worker"): a_minute(10),
    }
    left = ERRORS.ratio_to(REQUESTS, days(30)).error_budget_remaining(percent("99.5")).by(ROUTE, SERVICE)
    budget = {'{route="/chat",service="worker-api"}': 0.5, '{route="/ingest",service="ingest-worker"}': 1}
    assert judge("api").complaints(used, HALF_AN_HOUR, {wall.lower(left): budget}) == ()


@pytest.mark.parametrize(
    ("watchdog", "page", "expected"),
    [
        ("1x30", "_x31", {"{}": 0}),
        ("1x30", "1x30", {"{}": 1}),
        ("1x20 _x10", "_x31", {}),
        ("1x20 _x10", "1x20 _x10", {}),
    ],
    ids=["quiet", "one fires", "dead", "dead while one fired"],
)
def test_no_pages_is_not_said_by_a_dead_evaluator(
    judge: Judges, wall: QueryLowering, watchdog: str, page: str, expected: dict[str, float]
) -> None:
    """Zero while the watchdog fires; nothing once no alert is evaluated."""
    used = {
        'ALERTS{alertname="Watchdog",alertstate="firing",severity="none",owner="platform"}': watchdog,
        'ALERTS{alertname="RouteDown",alertstate="firing",severity="page",owner="platform",route="/chat"}': page,
    }
    assert judge("api").complaints(used, HALF_AN_HOUR, {wall.lower(ALERTS.firing("page")): expected}) == ()


def test_a_quantile_of_all_tenants_is_that_of_their_requests_together(judge: Judges, rule: QueryLowering) -> None:
    """Of 100 requests 90 take up to 250 ms, 10 up to 500: the 95th stands half way through the last bucket, at 375."""
    quick = {series("latency_ms_bucket", le=le): a_minute(90) for le in ("250", "500", "+Inf")}
    slow = {series("latency_ms_bucket", tenant="b", le=le): a_minute(10) for le in ("500", "+Inf")}
    nothing = {series("latency_ms_bucket", tenant="b", le="250"): a_minute(0)}
    quantile = LATENCY.quantile(0.95, NOW)
    told: Asked = {
        rule.lower(quantile.by(ROUTE, SERVICE)): {'{route="/chat",service="worker-api"}': 375},
        rule.lower(quantile.by(ROUTE, SERVICE).fraction_of(latency_slo(rule.platform))): {
            '{route="/chat",service="worker-api"}': 375 / 10000
        },
        rule.lower(quantile.by(TENANT)): {
            'tenant_id:latency_ms:p95_5m{tenant_id="a"}': 0.95 * 250,
            'tenant_id:latency_ms:p95_5m{tenant_id="b"}': 250 + 0.95 * 250,
        },
    }
    assert judge("api", "limits").complaints({**quick, **slow, **nothing}, HALF_AN_HOUR, told) == ()


def test_idle_hours_draw_no_quantile_and_count_no_tenant(judge: Judges, wall: QueryLowering) -> None:
    """Counters that stand still are nobody's traffic: one tenant of two is active, and nobody waits."""
    used = {
        **{series("latency_ms_bucket", le=le): "5x30" for le in ("250", "500", "+Inf")},
        series("requests_total"): "5x30",
        series("requests_total", tenant="b"): a_minute(1),
    }
    asked: Asked = {
        wall.lower(LATENCY.quantile(0.95, NOW).by(ROUTE, SERVICE)): {},
        wall.lower(LATENCY.quantile(0.95, NOW).by(TENANT)): {},
        wall.lower(SeriesCount(REQUESTS.increase(NOW).by(TENANT))): {"{}": 1},
    }
    assert judge("api").complaints(used, HALF_AN_HOUR, asked) == ()


def test_one_tenants_stores_are_counted_part_by_part(judge: Judges, wall: QueryLowering) -> None:
    """60 reads and 30 writes a minute are 1.5 calls of KV a second; another tenant's are not this one's."""
    used = {
        series("kv_reads_total"): a_minute(60),
        series("kv_writes_total"): a_minute(30),
        series("kv_writes_total", tenant="b"): a_minute(600),
        series("vectorize_queries_total"): a_minute(6),
    }
    calls = STORAGE_CALLS.rate().where(TENANT.is_("a"))
    asked: Asked = {
        wall.lower(calls.by(STORE)): {'{store="kv"}': 1.5, '{store="vectorize"}': 0.1},
        wall.lower(calls): {"{}": 1.6},
    }
    assert judge("storage").complaints(used, HALF_AN_HOUR, asked) == ()
