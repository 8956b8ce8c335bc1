"""The values of lowered expressions: promtool evaluates them on the shipped rules, and they are worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from contract.ai import TOKENS
from contract.api import ALERTS, ERRORS, LATENCY, REQUESTS
from contract.labels import DIRECTION, MODEL, ROUTE, SERVICE, STORE, TENANT
from contract.objectives import latency_slo, token_budget
from contract.rag import RAG_CACHE_HIT_RATE
from contract.storage import STORAGE_CALLS, STORAGE_ERRORS
from generator.definitions import load_definitions
from generator.dsl.conditional import numerator_of, only_where
from generator.dsl.metrics import SeriesCount
from generator.dsl.platform import Platform
from generator.dsl.slo import Slo
from generator.dsl.units import DOLLARS_PER_TOKEN, Quantity, days, hours, minutes, percent
from generator.external.promtool import Promtool
from generator.ir.expression import Aggregate, Binary, Scalar, Selector
from generator.ir.rule_files import RuleFile
from generator.lowering.conditions import lower_condition
from generator.lowering.lower import lower
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordingRules
from generator.rendering.input_series import series_text
from generator.rendering.rule_files import rule_files
from tests.lowering.expression_evaluation import IDENTITY, Evaluator, ExpectedSamples

LLAMA, BGE = "@cf/meta/llama-3.1-8b-instruct", "@cf/baai/bge-m3"
WINDOW = minutes(5)
HALF_AN_HOUR, MORE_THAN_A_DAY = minutes(30), hours(25)
MINUTES_OF_25_HOURS = 25 * 60
OF_TOKENS = ("recorded-prices", "recorded-ai")
EvaluatorFor = Callable[..., Evaluator]


@pytest.fixture(scope="module")
def files(platform: Platform) -> tuple[RuleFile, ...]:
    """The rule files of the tests' platform."""
    return rule_files(lower(platform, load_definitions()))


@pytest.fixture
def evaluator(files: tuple[RuleFile, ...], promtool: Promtool, tmp_path: Path) -> EvaluatorFor:
    """Makes an evaluator with the recording rules of some areas of the contract."""

    def evaluator_for(*areas: str) -> Evaluator:
        names = {f"recorded-{area}" for area in areas}
        return Evaluator(promtool, tuple(file for file in files if file.name in names), tmp_path)

    return evaluator_for


def series(name: str, tenant: str = "a", route: str = "/chat", service: str = "worker-api", **labels: str) -> str:
    """A series of a metric."""
    return series_text(name, {"tenant_id": tenant, "route": route, "service": service, **labels})


def per_minute(increase: float, minutes: int = 30) -> str:
    """The values of a counter that increases by this much a minute."""
    return f"0+{increase}x{minutes}"


def test_tokens_cost_and_forecast_of_a_constant_day(evaluator: EvaluatorFor, rule_lowering: QueryLowering) -> None:
    """1,500 tokens a minute are 1,500 × 1440 in 24 h, as the forecast says; the cost follows from the prices."""
    input_series = {
        series("ai_tokens_input", model=LLAMA): per_minute(1000, MINUTES_OF_25_HOURS),
        series("ai_tokens_output", model=LLAMA): per_minute(500, MINUTES_OF_25_HOURS),
        series("ai_tokens_input", tenant="embeds", model=BGE): per_minute(2000, MINUTES_OF_25_HOURS),
    }
    day, forecast = TOKENS.increase(days(1)), TOKENS.increase(hours(18)).forecast(days(1), recent=hours(1))
    tokens = {'{tenant_id="a"}': 1500 * 1440, '{tenant_id="embeds"}': 2000 * 1440}
    dollars = {
        '{tenant_id="a"}': 1440 * (1000 * 0.282 + 500 * 0.827) / 1e6,
        '{tenant_id="embeds"}': 1440 * 2000 * 0.012 / 1e6,
    }
    expected: ExpectedSamples = {
        rule_lowering.lower(day.by(TENANT)): tokens,
        rule_lowering.lower(forecast.by(TENANT)): tokens,
        rule_lowering.lower(day.priced().by(TENANT)): dollars,
        rule_lowering.lower(day.priced()): {"{}": sum(dollars.values())},
        rule_lowering.lower(day.priced().by(DIRECTION)): {
            '{direction="input"}': 1440 * (1000 * 0.282 + 2000 * 0.012) / 1e6,
            '{direction="output"}': 1440 * 500 * 0.827 / 1e6,
        },
    }
    evaluation = evaluator("prices", "ai", "limits")
    assert evaluation.failures(input_series, MORE_THAN_A_DAY, expected, evaluation_interval=minutes(5)) == ()


def test_parts_of_tokens_cost_what_their_class_costs(platform: Platform, promtool: Promtool, tmp_path: Path) -> None:
    """Of 1,000 input tokens a minute 600 are cached, at a tenth; of 500 output tokens 100 reason, at the price of all.
    A model that says nothing of them, and one without a price of its own for them, cost what all input costs."""
    tenth = Quantity(Fraction(282, 10**10), DOLLARS_PER_TOKEN)
    own = platform.model_prices[LLAMA]
    assert own.output is not None
    price = replace(own, others={"cached_input": tenth, "reasoning": own.output})
    priced = replace(platform, model_prices={**platform.model_prices, LLAMA: price})
    lowering = QueryLowering(priced, RecordingRules())
    input_series = {
        series("ai_tokens_input", model=LLAMA): per_minute(1000, MINUTES_OF_25_HOURS),
        series("ai_tokens_input_cached_total", model=LLAMA): per_minute(600, MINUTES_OF_25_HOURS),
        series("ai_tokens_output", model=LLAMA): per_minute(500, MINUTES_OF_25_HOURS),
        series("ai_tokens_output_reasoning_total", model=LLAMA): per_minute(100, MINUTES_OF_25_HOURS),
        series("ai_tokens_input", tenant="silent", model=LLAMA): per_minute(1000, MINUTES_OF_25_HOURS),
        series("ai_tokens_input", tenant="embeds", model=BGE): per_minute(2000, MINUTES_OF_25_HOURS),
        series("ai_tokens_input_cached_total", tenant="embeds", model=BGE): per_minute(500, MINUTES_OF_25_HOURS),
    }
    day = TOKENS.increase(days(1)).priced()
    inputs = {"a": 1440 * (400 * 0.282 + 600 * 0.0282) / 1e6, "silent": 1440 * 0.282 / 1e3, "embeds": 2.88 * 0.012}
    output = 1440 * 500 * 0.827 / 1e6
    expected: ExpectedSamples = {
        lowering.lower(day.by(TENANT)): {
            f'{{tenant_id="{tenant}"}}': dollars + (output if tenant == "a" else 0)
            for tenant, dollars in inputs.items()
        },
        lowering.lower(day.by(DIRECTION)): {
            '{direction="input"}': sum(inputs.values()),
            '{direction="output"}': output,
        },
        lowering.lower(day.by(MODEL)): {
            f'{{model="{LLAMA}"}}': inputs["a"] + inputs["silent"] + output,
            f'{{model="{BGE}"}}': inputs["embeds"],
        },
    }
    files = [file for file in rule_files(lower(priced, load_definitions())) if file.name in OF_TOKENS]
    evaluation = Evaluator(promtool, tuple(files), tmp_path)
    assert evaluation.failures(input_series, MORE_THAN_A_DAY, expected, evaluation_interval=minutes(5)) == ()


def test_a_ratio_needs_a_minimum_and_its_numerator_is_a_count(
    evaluator: EvaluatorFor, dashboard_lowering: QueryLowering
) -> None:
    """Of 100, 5 and 50 requests in 5 minutes 10, 5 and none fail: the ratio of the second tenant is left out, and its
    failed requests are counted."""
    input_series = {
        series("requests_total"): per_minute(20),
        series("errors_total"): per_minute(2),
        series("requests_total", tenant="sparse"): per_minute(1),
        series("errors_total", tenant="sparse"): per_minute(1),
        series("requests_total", tenant="healthy"): per_minute(10),
    }
    ratio = ERRORS.ratio_to(REQUESTS, WINDOW).by(TENANT, ROUTE, SERVICE)
    enough = REQUESTS.increase(WINDOW).by(TENANT, ROUTE, SERVICE).at_least(dashboard_lowering.platform.min_requests)
    name, labels = "tenant_id_route_service:errors_total:increase5m", 'route="/chat", service="worker-api", tenant_id'
    expected: ExpectedSamples = {
        dashboard_lowering.lower(only_where(ratio, enough)): {
            f'{{{labels}="a"}}': 10 / 100,
            f'{{{labels}="healthy"}}': 0,
        },
        dashboard_lowering.lower(numerator_of(ratio)): {
            f'{name}{{{labels}="a"}}': 10,
            f'{name}{{{labels}="sparse"}}': 5,
            f'{{{labels}="healthy"}}': 0,
        },
    }
    assert evaluator("api").failures(input_series, HALF_AN_HOUR, expected) == ()


def test_a_counter_reset_loses_no_tokens(evaluator: EvaluatorFor, rule_lowering: QueryLowering) -> None:
    """60 tokens a minute, with a counter that starts again at minute 33: the increase over an hour is still 3,600."""
    input_series = {series("ai_tokens_input", model=BGE): "0+60x32 60+60x90"}
    query = TOKENS.increase(hours(1)).by(TENANT)
    expected: ExpectedSamples = {rule_lowering.lower(query): {'{tenant_id="a"}': 3600}}
    assert evaluator("ai").failures(input_series, minutes(90), expected) == ()


def test_budgets_exist_for_overrides_and_for_tenants_that_use_tokens(
    evaluator: EvaluatorFor, rule_lowering: QueryLowering
) -> None:
    """The two overrides are always recorded; any other tenant has a million as soon as it uses tokens."""
    input_series = {
        series("ai_tokens_input", tenant=tenant, model=BGE): per_minute(10)
        for tenant in ("com-mrrainbowsmoke", "stranger")
    }
    budgets = (("com.rainbowsmokeofficial", 5e6), ("com-mrrainbowsmoke", 2e6), ("stranger", 1e6))
    used = TOKENS.increase(days(1)).by(TENANT).fraction_of(token_budget(rule_lowering.platform))
    expected: ExpectedSamples = {
        Selector("tenant_id:tokens_per_day:limit"): {
            f'tenant_id:tokens_per_day:limit{{tenant_id="{tenant}"}}': budget for tenant, budget in budgets
        },
        rule_lowering.lower(used): {
            '{tenant_id="com-mrrainbowsmoke"}': 300 / 2e6,
            '{tenant_id="stranger"}': 300 / 1e6,
        },
    }
    assert evaluator("ai", "limits").failures(input_series, HALF_AN_HOUR, expected) == ()


def test_a_store_without_errors_is_0_on_a_dashboard_and_absent_in_a_rule(
    evaluator: EvaluatorFor, rule_lowering: QueryLowering, dashboard_lowering: QueryLowering
) -> None:
    """KV fails 2 of 100 reads and 25 writes, Vectorize never failed, and Durable Objects get no calls any more."""
    input_series = {
        series("kv_reads_total"): per_minute(100),
        series("kv_writes_total"): per_minute(25),
        series("kv_errors_total"): per_minute(2),
        series("vectorize_queries_total"): per_minute(50),
        series("do_requests_total"): "9x30",
        series("do_errors_total"): "9x30",
    }
    ratio = STORAGE_ERRORS.ratio_to(STORAGE_CALLS, WINDOW).by(STORE)
    expected: ExpectedSamples = {
        dashboard_lowering.lower(ratio): {'{store="kv"}': 2 / 125, '{store="vectorize"}': 0},
        lower_condition(rule_lowering, ratio.above(percent(1))): {'{store="kv"}': 2 / 125},
    }
    assert evaluator("storage").failures(input_series, HALF_AN_HOUR, expected) == ()


def test_the_cache_hit_rate_exists_for_tenants_with_queries(
    evaluator: EvaluatorFor, rule_lowering: QueryLowering
) -> None:
    """40 hits of 100 queries are 40 percent, queries without hits are 0 percent, and no queries have no hit rate."""
    input_series = {
        series("rag_queries_total"): per_minute(100),
        series("rag_cache_hits_total"): per_minute(40),
        series("rag_queries_total", tenant="unlucky"): per_minute(100),
        series("rag_queries_total", tenant="idle"): "7x30",
        series("rag_cache_hits_total", tenant="idle"): "3x30",
    }
    expected: ExpectedSamples = {
        rule_lowering.lower(RAG_CACHE_HIT_RATE.latest().by(TENANT, ROUTE, SERVICE)): {
            series("rag_cache_hit_rate"): 40,
            series("rag_cache_hit_rate", tenant="unlucky"): 0,
        }
    }
    assert evaluator("rag").failures(input_series, HALF_AN_HOUR, expected) == ()


def test_half_of_the_allowed_errors_leaves_half_of_the_budget(
    evaluator: EvaluatorFor, dashboard_lowering: QueryLowering
) -> None:
    """An error ratio of 0.25 % across tenants at a target of 99.5 % leaves 0.5; a route without errors has 1."""
    input_series = {
        series("requests_total"): per_minute(700),
        series("requests_total", tenant="b"): per_minute(100),
        series("errors_total"): per_minute(2),
        series("requests_total", route="/ingest", service="ingest-worker"): per_minute(10),
    }
    remaining = ERRORS.ratio_to(REQUESTS, days(30)).error_budget_remaining(percent("99.5")).by(ROUTE, SERVICE)
    budgets = {'{route="/chat",service="worker-api"}': 0.5, '{route="/ingest",service="ingest-worker"}': 1}
    expected: ExpectedSamples = {dashboard_lowering.lower(remaining): budgets}
    assert evaluator("api").failures(input_series, HALF_AN_HOUR, expected) == ()


def test_each_route_has_the_budget_of_its_own_target(
    platform: Platform, promtool: Promtool, tmp_path: Path, dashboard_lowering: QueryLowering
) -> None:
    """8 of 800 requests to /chat fail at 98 %, half of the 16 allowed, and 2 of 200 to /search at 99 %, all that are
    allowed. Of the 18 allowed errors of their service 10 happened, which leaves 8/18."""
    slo = Slo(percent("99.5"), days(30), ROUTE, {"/chat": percent(98), "/search": percent(99)})
    input_series = {
        series("requests_total"): per_minute(800),
        series("errors_total"): per_minute(8),
        series("requests_total", route="/search"): per_minute(200),
        series("errors_total", route="/search"): per_minute(2),
    }
    ratio = ERRORS.ratio_to(REQUESTS, days(30))
    chat, search = '{route="/chat",service="worker-api"}', '{route="/search",service="worker-api"}'
    lowering = replace(dashboard_lowering, platform=replace(platform, availability=slo))
    expected: ExpectedSamples = {
        lowering.lower(ratio.error_budget_remaining(slo.objective).by(ROUTE, SERVICE)): {chat: 0.5, search: 0},
        lowering.lower(ratio.burn_rate(slo.objective).by(ROUTE, SERVICE)): {chat: 0.5, search: 1},
        lowering.lower(ratio.error_budget_remaining(slo.objective).by(SERVICE)): {'{service="worker-api"}': 8 / 18},
    }
    rules = tuple(map(IDENTITY.recording_rule, lowering.rules.all()))
    lowered = replace(lower(lowering.platform, load_definitions()), recording_rules=rules, alerts=())
    assert Evaluator(promtool, rule_files(lowered), tmp_path).failures(input_series, HALF_AN_HOUR, expected) == ()


@pytest.mark.parametrize(
    ("watchdog", "page", "samples"),
    [
        ("1x30", "_x31", {"{}": 0}),
        ("1x30", "1x30", {"{}": 1}),
        ("1x20 _x10", "_x31", {}),
        ("1x20 _x10", "1x20 _x10", {}),
    ],
    ids=["no page", "one page", "Watchdog not firing", "Watchdog and page not firing any more"],
)
def test_the_number_of_pages_is_absent_without_the_watchdog(
    evaluator: EvaluatorFor, dashboard_lowering: QueryLowering, watchdog: str, page: str, samples: dict[str, float]
) -> None:
    """It is 0 while the Watchdog fires, and absent once no alert is evaluated."""
    input_series = {
        'ALERTS{alertname="Watchdog",alertstate="firing",severity="none",owner="platform"}': watchdog,
        'ALERTS{alertname="RouteDown",alertstate="firing",severity="page",owner="platform",route="/chat"}': page,
    }
    expected: ExpectedSamples = {dashboard_lowering.lower(ALERTS.firing("page")): samples}
    assert evaluator("api").failures(input_series, HALF_AN_HOUR, expected) == ()


def test_a_quantile_across_tenants_is_that_of_all_requests(
    evaluator: EvaluatorFor, rule_lowering: QueryLowering
) -> None:
    """Of 100 requests 90 take up to 250 ms and 10 up to 500: p95 is in the middle of the last bucket, at 375."""
    fast = {series("latency_ms_bucket", le=le): per_minute(90) for le in ("250", "500", "+Inf")}
    slow = {series("latency_ms_bucket", tenant="b", le=le): per_minute(10) for le in ("500", "+Inf")}
    none_fast = {series("latency_ms_bucket", tenant="b", le="250"): per_minute(0)}
    quantile = LATENCY.quantile(0.95, WINDOW)
    fraction = quantile.by(ROUTE, SERVICE).fraction_of(latency_slo(rule_lowering.platform))
    expected: ExpectedSamples = {
        rule_lowering.lower(quantile.by(ROUTE, SERVICE)): {'{route="/chat",service="worker-api"}': 375},
        rule_lowering.lower(fraction): {'{route="/chat",service="worker-api"}': 375 / 10000},
        rule_lowering.lower(quantile.by(TENANT)): {
            'tenant_id:latency_ms:p95_5m{tenant_id="a"}': 0.95 * 250,
            'tenant_id:latency_ms:p95_5m{tenant_id="b"}': 250 + 0.95 * 250,
        },
    }
    input_series = {**fast, **slow, **none_fast}
    assert evaluator("api", "limits").failures(input_series, HALF_AN_HOUR, expected) == ()


@pytest.mark.parametrize("slow", [0, 1, 49, 50, 51, 52, 100, 500, 1000])
def test_a_quantile_is_above_its_threshold_where_more_requests_are_slower_than_it_allows(
    evaluator: EvaluatorFor, rule_lowering: QueryLowering, slow: int
) -> None:
    """Of 1,000 requests to a route some take up to 1,000 ms, the others between 250 and 500 ms, its SLO. The alert's
    share and the quantile of the raw buckets give one verdict: above from the 51st on, at exactly 5 % not."""
    buckets = {"250": 0, "500": 1000 - slow, "1000": 1000, "+Inf": 1000}
    input_series = {
        **{series("latency_ms_bucket", route="/search", le=le): per_minute(count) for le, count in buckets.items()},
        series("latency_ms_count", route="/search"): per_minute(1000),
    }
    quantile = LATENCY.quantile(0.95, WINDOW).by(ROUTE, SERVICE)
    share = lower_condition(rule_lowering, quantile.above(latency_slo(rule_lowering.platform)))
    route = '{route="/search",service="worker-api"}'
    above = Binary(">", rule_lowering.lower(quantile.where(TENANT.is_("a"))), Scalar(Fraction(500)))
    expected: ExpectedSamples = {
        share: {route: slow / 1000} if slow > 50 else {},
        Aggregate("group", above, (ROUTE, SERVICE)): {route: 1} if slow > 50 else {},
    }
    assert evaluator("api", "limits").failures(input_series, HALF_AN_HOUR, expected) == ()


def test_without_requests_there_is_no_quantile_and_no_active_tenant(
    evaluator: EvaluatorFor, dashboard_lowering: QueryLowering
) -> None:
    """Counters that do not increase are not traffic: one tenant of two is active, and there is no latency."""
    input_series = {
        **{series("latency_ms_bucket", le=le): "5x30" for le in ("250", "500", "+Inf")},
        series("requests_total"): "5x30",
        series("requests_total", tenant="b"): per_minute(1),
    }
    expected: ExpectedSamples = {
        dashboard_lowering.lower(LATENCY.quantile(0.95, WINDOW).by(ROUTE, SERVICE)): {},
        dashboard_lowering.lower(LATENCY.quantile(0.95, WINDOW).by(TENANT)): {},
        dashboard_lowering.lower(SeriesCount(REQUESTS.increase(WINDOW).by(TENANT))): {"{}": 1},
    }
    assert evaluator("api").failures(input_series, HALF_AN_HOUR, expected) == ()


def test_storage_calls_of_one_tenant_are_summed_by_member(
    evaluator: EvaluatorFor, dashboard_lowering: QueryLowering
) -> None:
    """60 reads and 30 writes a minute are 1.5 calls to KV per second; those of another tenant are not counted."""
    input_series = {
        series("kv_reads_total"): per_minute(60),
        series("kv_writes_total"): per_minute(30),
        series("kv_writes_total", tenant="b"): per_minute(600),
        series("vectorize_queries_total"): per_minute(6),
    }
    calls = STORAGE_CALLS.rate().where(TENANT.is_("a"))
    expected: ExpectedSamples = {
        dashboard_lowering.lower(calls.by(STORE)): {'{store="kv"}': 1.5, '{store="vectorize"}': 0.1},
        dashboard_lowering.lower(calls): {"{}": 1.6},
    }
    assert evaluator("storage").failures(input_series, HALF_AN_HOUR, expected) == ()
