"""The cases of the back-tests: incidents of a platform, and the alerts that are expected for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from generator.dsl.platform import Platform
from generator.verify.backtest import chart_queries as queries
from generator.verify.backtest.case import HOUR, MINUTE, NIGHT, AlertSelector, Case, ExpectedAlert
from generator.verify.simulation.clock import DAY, MONDAY
from generator.verify.simulation.incident import Incident, IncidentKind
from generator.verify.simulation.incident_library import incident_library
from generator.verify.simulation.population import models_in_use

Incidents = Mapping[str, tuple[Incident, ...]]
CHAT, SEARCH, API = {"route": "/chat"}, {"route": "/search"}, {"service": "worker-api"}
WARM_UP = 6 * HOUR


def cases(platform: Platform) -> tuple[Case, ...]:
    """Return all cases but the ordinary days, in the report's order. They use production's routes and services."""
    incidents = incident_library(platform, noon=WARM_UP, night=WARM_UP)
    return (
        *error_cases(incidents),
        *tenant_cases(platform, incidents),
        *model_cases(platform, incidents),
        *latency_cases(platform, incidents),
        *cost_cases(platform, incidents),
        *storage_cases(incidents),
        *no_alert_cases(incidents),
        silent_service_case(incidents),
        *low_traffic_cases(platform, incidents),
    )


def page(name: str, **labels: str) -> AlertSelector:
    """Select an alert of severity `page`."""
    return AlertSelector(name, "page", labels)


def ticket(name: str, **labels: str) -> AlertSelector:
    """Select an alert of severity `ticket`."""
    return AlertSelector(name, "ticket", labels)


CHAT_ERRORS = ExpectedAlert(page("RouteHighErrorRate", route="/chat", tenant_id=""), 12 * MINUTE)
PAGE_PER_ROUTE = (
    "The tenant sends a fifth of the requests of each of the three routes, so the error ratio of each route exceeds "
    "its threshold and each route pages. If one route inhibited another, it would also hide an unrelated outage."
)
PAGE_PER_MODEL = (
    "The route pages and its models page too, which the baseline does not cover: when an application falls back to "
    "another model, no request fails, and the model's page is the only one."
)
SMALL_TENANT = "tenant-0001"
"""The smallest simulated tenant, with 1 % of the requests."""


def error_alerts(route: str) -> tuple[AlertSelector, ...]:
    """Return the alerts that may also fire when a route fails, without the tickets of each tenant."""
    names = ("RouteDown", "RouteHighErrorRate", "ErrorBudgetBurn")
    return (*(page(name, route=route, tenant_id="") for name in names), ticket("TenantHighErrorRate", route=route),
            ticket("ErrorBudgetBurn", route=route))  # fmt: skip


def error_cases(incidents: Incidents) -> tuple[Case, ...]:
    """Return the cases of failing requests."""
    allowed = error_alerts("/chat")
    routes_down = tuple(ExpectedAlert(page("RouteDown", route=route, tenant_id=""), 3 * MINUTE)
                        for route in ("/chat", "/search"))  # fmt: skip
    slow_burn = ExpectedAlert(ticket("ErrorBudgetBurn", route="/search"), 44 * HOUR)
    two_days = replace(incidents["slow burn at 1 %"][0], start=3 * DAY, duration=2 * DAY)
    return (
        Case("total outage", "All requests to worker-api fail for 30 minutes.", incidents["total outage"], API,
             queries.error_percent(API), routes_down, (*allowed, *error_alerts("/search"))),
        Case("5 % errors", "5 % of the requests to /chat fail for an hour.", incidents["5 % errors"], CHAT,
             queries.error_percent(CHAT), (CHAT_ERRORS,), allowed),
        Case("slow burn at 1 %", "1 % of the requests to /search fail for two days.", (two_days,), SEARCH,
             queries.error_percent(SEARCH), (slow_burn,), warm_up=3 * DAY, cool_down=HOUR, step=60),
    )  # fmt: skip


def tenant_cases(platform: Platform, incidents: Incidents) -> tuple[Case, ...]:
    """Return the cases in which one tenant's requests fail: a large tenant, on every route, or a small one."""
    large_tenant, down = platform.tenants[-1], incidents["one tenant down"]
    small_down = tuple(replace(incident, matchers={"tenant_id": SMALL_TENANT}) for incident in down)
    routes_fail = tuple(ExpectedAlert(page("RouteHighErrorRate", route=route, tenant_id=""), 12 * MINUTE)
                        for route in ("/chat", "/search"))  # fmt: skip
    small_fails = ExpectedAlert(ticket("TenantHighErrorRate", tenant_id=SMALL_TENANT, route="/search"), 12 * MINUTE)
    pages = tuple(alert for route in platform.routes for alert in error_alerts(route) if alert.severity == "page")
    return (
        Case("a large tenant down", f"All requests of {large_tenant}, 20 % of the traffic, fail for 30 minutes.", down,
             {"tenant_id": large_tenant}, queries.error_percent({"tenant_id": large_tenant}), routes_fail,
             (*pages, ticket("TenantHighErrorRate", tenant_id=large_tenant)), remark=PAGE_PER_ROUTE),
        Case("a small tenant down", f"All requests of {SMALL_TENANT}, 1 % of the traffic, fail for 30 minutes.",
             small_down, {"tenant_id": SMALL_TENANT}, queries.error_percent({"tenant_id": SMALL_TENANT}),
             (small_fails,), (ticket("TenantHighErrorRate", tenant_id=SMALL_TENANT),), traffic_factor=30),
    )  # fmt: skip


def model_cases(platform: Platform, incidents: Incidents) -> tuple[Case, ...]:
    """Return the cases of failing models, and of the requests that wait for them."""
    model, allowed = models_in_use(platform)[0][0], error_alerts("/chat")
    model_fails = ExpectedAlert(page("HighAIErrorRate", model=model), 16 * MINUTE)
    return (
        Case("AI out of capacity", f"60 % of the calls to {model} fail for an hour.", incidents["AI out of capacity"],
             CHAT, queries.ai_error_percent(model), (model_fails,), allowed, remark=PAGE_PER_MODEL),
        Case("a stream that breaks", "30 % of the streams break after their status 200, for 30 minutes.",
             incidents["a stream that breaks"], CHAT, queries.error_percent(CHAT), (CHAT_ERRORS,),
             (*allowed, page("HighAIErrorRate")), remark=PAGE_PER_MODEL),
    )  # fmt: skip


def latency_cases(platform: Platform, incidents: Incidents) -> tuple[Case, ...]:
    """Return the cases of slow requests."""
    model = models_in_use(platform)[0][0]
    search_slow = ExpectedAlert(page("RouteHighLatency", route="/search", tenant_id=""), 16 * MINUTE)
    model_slow = ExpectedAlert(ticket("HighAILatency", model=model), 16 * MINUTE)
    return (
        Case("latency step", "/search takes six times longer for an hour.", incidents["latency step"], SEARCH,
             queries.request_p95(SEARCH), (search_slow,), (ticket("TenantHighLatency", route="/search"),)),
        Case("latency creep", "The latency of /search rises over four hours to twelve times its usual value.",
             incidents["latency creep"], SEARCH, queries.request_p95(SEARCH),
             (replace(search_slow, deadline=90 * MINUTE),), (ticket("TenantHighLatency", route="/search"),)),
        Case("a slow model", f"{model} takes five times longer for an hour.", incidents["a slow model"], CHAT,
             queries.ai_p95(model), (model_slow,),
             (page("RouteHighLatency", route="/chat"), ticket("TenantHighLatency", route="/chat"))),
    )  # fmt: skip


def cost_cases(platform: Platform, incidents: Incidents) -> tuple[Case, ...]:
    """Return the case of tokens that are spent too fast."""
    tenant = platform.tenants[0]
    loop = tuple(replace(incident, start=DAY) for incident in incidents["a runaway loop of tokens"])
    # The loop spends over a million tokens an hour: 80 % of the budget are spent after 2.3 hours, all after 3.3.
    expected = (ExpectedAlert(ticket("AICostForecast", tenant_id=tenant), 90 * MINUTE),
                ExpectedAlert(ticket("HighAICosts", tenant_id=tenant), 150 * MINUTE),
                ExpectedAlert(page("HighAICosts", tenant_id=tenant), 210 * MINUTE))  # fmt: skip
    return (
        Case("a runaway loop of tokens", f"A loop of {tenant} sends 1.5 chat requests a second for eight hours.", loop,
             {"tenant_id": tenant}, queries.tokens_24h(tenant), expected, warm_up=DAY, cool_down=25 * HOUR, step=60,
             traffic_factor=1),
    )  # fmt: skip


def storage_cases(incidents: Incidents) -> tuple[Case, ...]:
    """Return the cases of failing stores, and of the requests that wait for them."""
    kv, durable_objects, vectorize = (
        ExpectedAlert(page("StorageErrors", store=store), 12 * MINUTE)
        for store in ("kv", "durable_objects", "vectorize")
    )
    routes = (*error_alerts("/chat"), *error_alerts("/search"), *error_alerts("/ingest"))
    latency = (ticket("HighVectorizeLatency"), page("RouteHighLatency", route="/search"),
               ticket("TenantHighLatency", route="/search"))  # fmt: skip
    return (
        Case("KV 429 storm", "40 % of the writes to KV are rejected for an hour; no request waits for them.",
             incidents["KV 429 storm"], {}, queries.kv_error_percent(), (kv,), (ticket("StorageErrors", store="kv"),)),
        Case("Durable Object overload", "25 % of the calls to Durable Objects throw, for an hour.",
             incidents["Durable Object overload"], {}, queries.durable_object_error_percent(), (durable_objects,),
             (ticket("StorageErrors", store="durable_objects"), *routes)),
        Case("Vectorize time-outs", "20 % of the queries end after 5 s without an answer, for an hour.",
             incidents["Vectorize time-outs"], {}, queries.vectorize_error_percent(), (vectorize,),
             (ticket("StorageErrors", store="vectorize"), *latency, *error_alerts("/chat"), *error_alerts("/search"))),
    )  # fmt: skip


def no_alert_cases(incidents: Incidents) -> tuple[Case, ...]:
    """Return the cases in which no alert may fire."""
    night = incidents["one failure of two at night"]
    return (
        Case("a deploy's blip", "30 % of the requests to worker-api fail for one minute; nobody needs to be paged.",
             incidents["a deploy's blip"], API, queries.error_percent(API)),
        Case("one failure of two at night", "A tenant sends two requests at 3:00, and the first fails.", night,
             night[0].matchers, queries.error_percent(night[0].matchers), incident_start=NIGHT),
        Case("a new tenant's first failure", "The first request of a new tenant fails.",
             incidents["a new tenant's first failure"], CHAT, queries.error_percent(CHAT)),
        Case("counter reset", "All counters restart at 0.", incidents["counter reset"], {}, queries.error_percent({})),
        Case("scrape gap", "No samples arrive for two minutes.", incidents["scrape gap"], {},
             queries.error_percent({})),
    )  # fmt: skip


def silent_service_case(incidents: Incidents) -> Case:
    """Return the case of a service that reports no telemetry."""
    missing = ExpectedAlert(page("TelemetryMissing", **API), 4 * MINUTE)
    return Case("a service gone quiet", "worker-api sends no telemetry for an hour, not even its heartbeat.",
                incidents["a service gone quiet"], API, queries.heartbeat_age("worker-api"), (missing,))  # fmt: skip


def low_traffic_cases(platform: Platform, incidents: Incidents) -> tuple[Case, ...]:
    """Return four cases again, at the few requests a minute that the budgets of platform.yaml yield."""
    by_name = {case.name: case for case in (*error_cases(incidents), *tenant_cases(platform, incidents))}
    outage, burn, large = (by_name[name] for name in ("total outage", "slow burn at 1 %", "a large tenant down"))
    errors = replace(by_name["5 % errors"], expected=(),
                     claim="About 40 requests fail in an hour, too few to page.")  # fmt: skip
    search = tuple(expected for expected in large.expected if expected.alert.labels["route"] == "/search")
    # Long windows sum up the increases of short ones: with few failures, samples 60 s apart lose too many of them.
    return tuple(replace(case, name=f"{case.name}, few requests", traffic_factor=1)
                 for case in (outage, errors, replace(burn, step=30), replace(large, expected=search)))  # fmt: skip


def ordinary_days(platform: Platform, days: int = 30) -> Case:
    """Return the case of days with short disturbances only, on which no alert may fire."""
    return Case(f"{days} ordinary days", "The only disturbances: a deploy on each working day, with a minute in which "
                "20 % of the requests fail; each week two minutes in which a model fails 10 % of its calls, and a "
                "scrape gap of two minutes; and one failure of two at night each day.",
                tuple(_disturbances(platform, days)), {}, queries.error_percent({}), incident_start=MONDAY, warm_up=0,
                cool_down=0, step=60, ordinary_days=days)  # fmt: skip


def _disturbances(platform: Platform, days: int) -> Iterator[Incident]:
    model, night = (
        {"model": models_in_use(platform)[0][0]},
        incident_library(platform)["one failure of two at night"][0],
    )
    for day in range(days):
        yield replace(night, start=day * DAY + 3 * HOUR)
        afternoon = day * DAY + 14 * HOUR
        if day % 7 < 5:
            yield Incident(IncidentKind.COUNTERS_RESET, afternoon, matchers=API)
            yield Incident(IncidentKind.REQUESTS_FAIL, afternoon, MINUTE, 0.2, API)
        elif day % 7 == 5:
            yield Incident(IncidentKind.MODEL_FAILS, afternoon, 2 * MINUTE, 0.1, model)
        else:
            yield Incident(IncidentKind.SAMPLES_MISSING, afternoon, 2 * MINUTE)
