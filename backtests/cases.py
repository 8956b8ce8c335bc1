"""The cases of the back-tests: incidents of a platform, and the alerts that are expected for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from generator.dsl.platform import Platform
from generator.verify.backtest import chart_queries as queries
from generator.verify.backtest.case import HOUR, MINUTE, NIGHT, SEED, AlertSelector, Case, ExpectedAlert
from generator.verify.backtest.chart_queries import ChartQuery, Labels
from generator.verify.backtest.run import TENANTS
from generator.verify.simulation.clock import DAY, MONDAY
from generator.verify.simulation.incident import METRIC, Incident, IncidentKind
from generator.verify.simulation.incident_library import incident_library
from generator.verify.simulation.population import models_in_use, population

Incidents = Mapping[str, tuple[Incident, ...]]
WARM_UP = 6 * HOUR
STOP_WARM_UP = 15 * DAY


@dataclass(frozen=True)
class Names:
    """The names of a platform that its incidents are about: the routes that generate and that retrieve, the service
    that fails and its routes, all routes, and two tenants with their percentages of the requests."""

    chat: str
    search: str
    service: str
    service_routes: tuple[str, ...]
    routes: tuple[str, ...]
    large: str
    small: str
    percent: Mapping[str, str]

    @property
    def of_chat(self) -> Labels:
        """The labels of the route that generates."""
        return {"route": self.chat}

    @property
    def of_search(self) -> Labels:
        """The labels of the route that retrieves."""
        return {"route": self.search}

    @property
    def of_service(self) -> Labels:
        """The labels of the service that fails."""
        return {"service": self.service}


def names_of(platform: Platform, incidents: Incidents) -> Names:
    """Return the names of a platform, as its incidents have them. The small tenant sends the fewest requests."""
    chats = {tenant.name: tenant.chats_per_day for tenant in population(platform, SEED, TENANTS)}
    (outage,), (slow,), (errors,) = (incidents[name] for name in ("total outage", "latency step", "5 % errors"))
    service = outage.matchers["service"]
    total = sum(chats.values())
    return Names(
        chat=errors.matchers["route"],
        search=slow.matchers["route"],
        service=service,
        service_routes=platform.services[service],
        routes=platform.routes,
        large=incidents["one tenant down"][0].matchers["tenant_id"],
        small=min(chats, key=lambda name: chats[name]),
        percent={name: f"{100 * count / total:.0f} %" for name, count in chats.items()},
    )


def cases(platform: Platform) -> tuple[Case, ...]:
    """Return all cases but the ordinary days, in the report's order, with the platform's own names and stores."""
    incidents = incident_library(platform, noon=WARM_UP, night=WARM_UP)
    names = names_of(platform, incidents)
    return (
        *error_cases(names, incidents),
        *tenant_cases(names, incidents),
        *small_tenant_cases(platform, names),
        *model_cases(platform, names, incidents),
        *latency_cases(platform, names, incidents),
        *cost_cases(names, incidents),
        *storage_cases(platform, names, incidents),
        *no_alert_cases(names, incidents),
        silent_service_case(incidents),
        stop_case(names, incidents),
        clusters_case(names, incidents),
        *telemetry_cases(platform, names, incidents),
        *alerting_cases(platform, names, incidents),
        *low_traffic_cases(names, incidents),
    )


def page(name: str, **labels: str) -> AlertSelector:
    """Select an alert of severity `page`."""
    return AlertSelector(name, "page", labels)


def ticket(name: str, **labels: str) -> AlertSelector:
    """Select an alert of severity `ticket`."""
    return AlertSelector(name, "ticket", labels)


PAGE_PER_MODEL = (
    "The route pages and its models page too, which the baseline does not cover: when an application falls back to "
    "another model, no request fails, and the model's page is the only one."
)


def chat_errors(names: Names) -> ExpectedAlert:
    """Return the page about failing requests of the route that generates."""
    return ExpectedAlert(page("RouteHighErrorRate", route=names.chat, tenant_id=""), 12 * MINUTE)


def error_alerts(route: str) -> tuple[AlertSelector, ...]:
    """Return the alerts that may also fire when a route fails, without the tickets of each tenant."""
    names = ("RouteDown", "RouteHighErrorRate", "ErrorBudgetBurn")
    return (*(page(name, route=route, tenant_id="") for name in names), ticket("TenantHighErrorRate", route=route),
            ticket("ErrorBudgetBurn", route=route))  # fmt: skip


def error_cases(names: Names, incidents: Incidents) -> tuple[Case, ...]:
    """Return the cases of failing requests."""
    chat, search, service = names.of_chat, names.of_search, names.of_service
    routes_down = tuple(ExpectedAlert(page("RouteDown", route=route, tenant_id=""), 3 * MINUTE)
                        for route in names.service_routes)  # fmt: skip
    slow_burn = ExpectedAlert(ticket("ErrorBudgetBurn", route=names.search), 44 * HOUR)
    two_days = replace(incidents["slow burn at 1 %"][0], start=3 * DAY, duration=2 * DAY)
    return (
        Case("total outage", f"All requests to {names.service} fail for 30 minutes.", incidents["total outage"],
             service, queries.error_percent(service), routes_down,
             tuple(alert for route in names.service_routes for alert in error_alerts(route))),
        Case("5 % errors", f"5 % of the requests to {names.chat} fail for an hour.", incidents["5 % errors"], chat,
             queries.error_percent(chat), (chat_errors(names),), error_alerts(names.chat)),
        Case("slow burn at 1 %", f"1 % of the requests to {names.search} fail for two days.", (two_days,), search,
             queries.error_percent(search), (slow_burn,), warm_up=3 * DAY, cool_down=HOUR, step=60),
    )  # fmt: skip


def tenant_cases(names: Names, incidents: Incidents) -> tuple[Case, ...]:
    """Return the cases in which one tenant's requests fail: a large tenant, on every route, or a small one."""
    large, small, down = names.large, names.small, incidents["one tenant down"]
    small_down = tuple(replace(incident, matchers={"tenant_id": small}) for incident in down)
    routes_fail = tuple(ExpectedAlert(page("RouteHighErrorRate", route=route, tenant_id=""), 12 * MINUTE)
                        for route in dict.fromkeys((names.chat, names.search)))  # fmt: skip
    small_fails = ExpectedAlert(ticket("TenantHighErrorRate", tenant_id=small, route=names.search), 12 * MINUTE)
    pages = tuple(alert for route in names.routes for alert in error_alerts(route) if alert.severity == "page")
    share, small_share = names.percent[large], names.percent[small]
    remark = (
        f"The tenant sends {share} of the requests of each route, so the error ratio of each route exceeds "
        "its threshold and each route pages. If one route inhibited another, it would also hide an unrelated outage."
    )
    return (
        Case("a large tenant down", f"All requests of {large}, {share} of the traffic, fail for 30 minutes.",
             down, {"tenant_id": large}, queries.error_percent({"tenant_id": large}), routes_fail,
             (*pages, ticket("TenantHighErrorRate", tenant_id=large)), remark=remark),
        Case("a small tenant down", f"All requests of {small}, {small_share} of the traffic, fail for 30 minutes.",
             small_down, {"tenant_id": small}, queries.error_percent({"tenant_id": small}),
             (small_fails,), (ticket("TenantHighErrorRate", tenant_id=small),), traffic_factor=30),
    )  # fmt: skip


def small_tenant_cases(platform: Platform, names: Names) -> tuple[Case, ...]:
    """Return the cases of a small tenant whose few requests or calls fail, or are slow, for hours. There are a few an
    hour, as its budget yields."""
    small, share = names.small, names.percent[names.small]
    labels = {"tenant_id": small}
    kinds = IncidentKind
    errors = ExpectedAlert(ticket("TenantHighErrorRate", tenant_id=small, route=names.search), 3 * HOUR)
    slow = ExpectedAlert(ticket("TenantHighLatency", tenant_id=small, route=names.search), 3 * HOUR)
    of_model = ExpectedAlert(ticket("TenantHighAIErrorRate", tenant_id=small), 3 * HOUR)
    of_store = ExpectedAlert(ticket("TenantStorageErrors", tenant_id=small, store="kv"), 6 * HOUR)
    requests_fail = ticket("TenantHighErrorRate", tenant_id=small)

    def case(
        name: str, claim: str, incident: Incident, symptom: ChartQuery, expected: ExpectedAlert, *allowed: AlertSelector
    ) -> Case:
        also = (replace(expected.alert, labels=labels), *allowed)
        return Case(name, claim, (incident,), labels, symptom, (expected,), also, cool_down=3 * HOUR, step=30,
                    traffic_factor=1)  # fmt: skip

    return (
        case("a small tenant broken for a day", f"All requests of {small}, {share} of the traffic, fail for a day.",
             Incident(kinds.REQUESTS_FAIL, WARM_UP, DAY, 1.0, labels), queries.error_percent(labels), errors),
        case("a small tenant slow for hours", f"All requests of {small} take 20 times longer for ten hours.",
             Incident(kinds.REQUESTS_SLOW, WARM_UP, 10 * HOUR, 20, labels), queries.request_p95(labels), slow),
        case("a small tenant without models", f"All calls of {small} to models fail for ten hours, and its requests.",
             Incident(kinds.MODEL_FAILS, WARM_UP, 10 * HOUR, 1.0, labels), queries.error_percent(labels), of_model,
             requests_fail),
        *((case("a small tenant's writes", f"All writes of {small} to KV fail for ten hours; no request waits.",
                Incident(kinds.STORE_FAILS, WARM_UP, 10 * HOUR, 1.0, {**labels, "store": "kv"}),
                queries.kv_error_percent(labels), of_store),) if "kv" in platform.stores else ()),
    )  # fmt: skip


def model_cases(platform: Platform, names: Names, incidents: Incidents) -> tuple[Case, ...]:
    """Return the cases of failing models, and of the requests that wait for them."""
    model, allowed, chat = models_in_use(platform)[0][0], error_alerts(names.chat), names.of_chat
    model_fails = ExpectedAlert(page("HighAIErrorRate", model=model), 16 * MINUTE)
    return (
        Case("AI out of capacity", f"60 % of the calls to {model} fail for an hour.", incidents["AI out of capacity"],
             chat, queries.ai_error_percent(model), (model_fails,), allowed, remark=PAGE_PER_MODEL),
        Case("a stream that breaks", "30 % of the streams break after their status 200, for 30 minutes.",
             incidents["a stream that breaks"], chat, queries.error_percent(chat), (chat_errors(names),),
             (*allowed, page("HighAIErrorRate")), remark=PAGE_PER_MODEL),
    )  # fmt: skip


def latency_cases(platform: Platform, names: Names, incidents: Incidents) -> tuple[Case, ...]:
    """Return the cases of slow requests."""
    model, search = models_in_use(platform)[0][0], names.of_search
    search_slow = ExpectedAlert(page("RouteHighLatency", route=names.search, tenant_id=""), 16 * MINUTE)
    model_slow = ExpectedAlert(ticket("HighAILatency", model=model), 16 * MINUTE)
    return (
        Case("latency step", f"{names.search} takes six times longer for an hour.", incidents["latency step"], search,
             queries.request_p95(search), (search_slow,), (ticket("TenantHighLatency", route=names.search),)),
        Case("latency creep", f"The latency of {names.search} rises over four hours to twelve times its usual value.",
             incidents["latency creep"], search, queries.request_p95(search),
             (replace(search_slow, deadline=90 * MINUTE),), (ticket("TenantHighLatency", route=names.search),)),
        Case("a slow model", f"{model} takes five times longer for an hour.", incidents["a slow model"], names.of_chat,
             queries.ai_p95(model), (model_slow,),
             (page("RouteHighLatency", route=names.chat), ticket("TenantHighLatency", route=names.chat))),
    )  # fmt: skip


def cost_cases(names: Names, incidents: Incidents) -> tuple[Case, ...]:
    """Return the case of tokens that are spent too fast."""
    tenant = incidents["a runaway loop of tokens"][0].matchers["tenant_id"]
    loop = tuple(replace(incident, start=DAY) for incident in incidents["a runaway loop of tokens"])
    # The loop spends over a million tokens an hour: 80 % of the budget are spent after 2.3 hours, all after 3.3.
    expected = (ExpectedAlert(ticket("AICostForecast", tenant_id=tenant), 90 * MINUTE),
                ExpectedAlert(ticket("HighAICosts", tenant_id=tenant), 150 * MINUTE),
                ExpectedAlert(page("HighAICosts", tenant_id=tenant), 210 * MINUTE))  # fmt: skip
    return (
        Case("a runaway loop of tokens", f"A loop of {tenant} sends 1.5 chat requests a second for eight hours.", loop,
             {"tenant_id": tenant}, queries.tokens_24h(tenant), expected, warm_up=DAY, cool_down=25 * HOUR, step=60,
             traffic_factor=1),
        Case("a loop of tokens through a gap", f"A loop of {tenant} sends 1.5 chat requests a second for eight hours. "
             "Prometheus receives no samples for its second hour, and misses none of the tokens.",
             (*loop, Incident(IncidentKind.SAMPLES_MISSING, DAY + HOUR, HOUR)), {"tenant_id": tenant},
             queries.tokens_24h(tenant), expected, (page("TelemetryMissing"),), warm_up=DAY, cool_down=HOUR, step=60,
             traffic_factor=1, remark="The gap pages by itself: TelemetryMissing."),
    )  # fmt: skip


def storage_cases(platform: Platform, names: Names, incidents: Incidents) -> tuple[Case, ...]:
    """Return the cases of failing stores that the platform uses, and of the requests that wait for them. A tenant's
    ticket outlasts the store's alert, which inhibits it."""
    kv, durable_objects, vectorize = (
        ExpectedAlert(page("StorageErrors", store=store), 12 * MINUTE)
        for store in ("kv", "durable_objects", "vectorize")
    )
    routes = tuple(alert for route in names.routes for alert in error_alerts(route))
    retrieving = tuple(alert for route in (names.chat, names.search) for alert in error_alerts(route))
    latency = (ticket("HighVectorizeLatency"), page("RouteHighLatency", route=names.search),
               ticket("TenantHighLatency", route=names.search))  # fmt: skip
    by_store = {
        "kv": Case("KV 429 storm", "40 % of the writes to KV are rejected for an hour; no request waits for them.",
             incidents["KV 429 storm"], {}, queries.kv_error_percent({}), (kv,),
             (ticket("StorageErrors", store="kv"), ticket("TenantStorageErrors", store="kv"))),
        "durable_objects": Case("Durable Object overload", "25 % of the calls to Durable Objects throw, for an hour.",
             incidents["Durable Object overload"], {}, queries.durable_object_error_percent(), (durable_objects,),
             (ticket("StorageErrors", store="durable_objects"), *routes)),
        "vectorize": Case("Vectorize time-outs", "20 % of the queries end after 5 s without an answer, for an hour.",
             incidents["Vectorize time-outs"], {}, queries.vectorize_error_percent(), (vectorize,),
             (ticket("StorageErrors", store="vectorize"), ticket("TenantStorageErrors", store="vectorize"), *latency,
              *retrieving)),
    }  # fmt: skip
    return tuple(case for store, case in by_store.items() if store in platform.stores)


def no_alert_cases(names: Names, incidents: Incidents) -> tuple[Case, ...]:
    """Return the cases in which no alert may fire."""
    night = incidents["one failure of two at night"]
    return (
        Case("a deploy's blip",
             f"30 % of the requests to {names.service} fail for one minute; nobody needs to be paged.",
             incidents["a deploy's blip"], names.of_service, queries.error_percent(names.of_service)),
        Case("one failure of two at night", "A tenant sends two requests at 3:00, and the first fails.", night,
             night[0].matchers, queries.error_percent(night[0].matchers), incident_start=NIGHT),
        Case("a new tenant's first failure", "The first request of a new tenant fails.",
             incidents["a new tenant's first failure"], names.of_chat, queries.error_percent(names.of_chat)),
        Case("counter reset", "All counters restart at 0.", incidents["counter reset"], {}, queries.error_percent({})),
        Case("scrape gap", "No samples arrive for two minutes.", incidents["scrape gap"], {},
             queries.error_percent({})),
    )  # fmt: skip


def silent_service_case(incidents: Incidents) -> Case:
    """Return the case of a service that reports no telemetry."""
    labels = incidents["a service gone quiet"][0].matchers
    service = labels["service"]
    missing = ExpectedAlert(page("TelemetryMissing", service=service), 4 * MINUTE)
    return Case("a service gone quiet", f"{service} sends no telemetry for an hour, not even its heartbeat.",
                incidents["a service gone quiet"], labels, queries.heartbeat_age(service), (missing,))  # fmt: skip


def stop_case(names: Names, incidents: Incidents) -> Case:
    """Return the case of a route that nobody reaches any more. Its rule looks back for two weeks."""
    (stop,) = incidents["requests stop"]
    stops = ExpectedAlert(page("RequestsStopped", route=names.search), 15 * MINUTE)
    return Case("requests stop", f"No requests reach {names.search} for an hour, and its service goes on to report.",
                (replace(stop, start=STOP_WARM_UP),), names.of_search, queries.requests_per_minute(names.of_search),
                (stops,), warm_up=STOP_WARM_UP, step=60)  # fmt: skip


def clusters_case(names: Names, incidents: Incidents) -> Case:
    """Return the case of an outage in one of two clusters behind one querier. The other one is well."""
    failing = {"cluster": "west"}
    expected = tuple(ExpectedAlert(page("RouteDown", route=route, tenant_id="", **failing), 3 * MINUTE)
                     for route in names.service_routes)  # fmt: skip
    allowed = tuple(replace(alert, labels={**alert.labels, **failing})
                    for route in names.service_routes for alert in error_alerts(route))  # fmt: skip
    labels = {**names.of_service, **failing}
    return Case("an outage of one of two clusters",
                f"All requests to {names.service} in the cluster west fail for 30 minutes; those in east do not.",
                incidents["total outage"], labels, queries.error_percent(labels), expected, allowed,
                clusters=("west", "east"))  # fmt: skip


def telemetry_cases(platform: Platform, names: Names, incidents: Incidents) -> tuple[Case, ...]:
    """Return the cases of telemetry that is lost, counted for nobody, or arrives under another name."""
    model, service = models_in_use(platform)[0][0], incidents["telemetry is lost"][0].matchers["service"]
    # The tokens of an hour are missing when the last ones have left its window.
    tokens_missing = ExpectedAlert(ticket("AITokensMissing", model=model), 80 * MINUTE)
    return (
        Case("telemetry is lost", f"{service} loses two observations a second for an hour.",
             incidents["telemetry is lost"], {"service": service}, queries.lost_observations(service),
             (ExpectedAlert(ticket("TelemetryDropped", service=service), 5 * MINUTE),)),
        Case("too many tenants", f"A full shard of {service} counts half an observation a second under other.",
             incidents["too many tenants"], {"service": service}, queries.observations_as_other(service),
             (ExpectedAlert(ticket("TenantsCountedAsOther", service=service), 5 * MINUTE),)),
        Case("answers without usage", f"No answer of {model} has its token usage for three hours.",
             tuple(replace(each, start=DAY) for each in incidents["answers without usage"]), names.of_chat,
             queries.unknown_usage_percent(model),
             (ExpectedAlert(ticket("AITokensUnknown", model=model), 50 * MINUTE),), warm_up=DAY),
        Case("renamed tokens", "A backend renames ai_tokens_input for three hours: no alert on cost can fire.",
             incidents["renamed tokens"], {}, queries.tokens_per_minute(), (tokens_missing,),
             (ticket("AITokensMissing"),)),
        Case("renamed latency", "A backend renames latency_ms for an hour: no alert on latency can fire.",
             incidents["renamed latency"], {}, queries.observed_latencies(),
             tuple(ExpectedAlert(ticket("RouteLatencyMissing", route=route), 18 * MINUTE) for route in names.routes),
             (ticket("RouteLatencyMissing"),)),
    )  # fmt: skip


def alerting_cases(platform: Platform, names: Names, incidents: Incidents) -> tuple[Case, ...]:
    """Return the cases of rules and notifications that fail. The rules of these alerts are evaluated every 30 s."""
    services = tuple(service for service, routes in platform.services.items() if routes)
    of_chat = tuple(service for service in services if names.chat in platform.services[service])

    def case(name: str, claim: str, alert: AlertSelector, deadline: int, *also: ExpectedAlert) -> Case:
        counted = incidents[name][-1].matchers
        labels = {label: value for label, value in counted.items() if label != METRIC}
        return Case(name, claim, incidents[name], {}, queries.server_failures(counted[METRIC], labels),
                    (ExpectedAlert(replace(alert, labels=labels), deadline), *also))  # fmt: skip

    def recorded(*services: str) -> tuple[ExpectedAlert, ...]:
        # The next evaluation lacks the series, one later it is seen, and it lacks for 10 minutes: 11 minutes.
        return tuple(ExpectedAlert(ticket("RecordedSeriesMissing", service=each), 12 * MINUTE) for each in services)

    return (
        # The first of two failures a minute is counted after 30 s and seen after one more evaluation, for 10 minutes.
        case("rules fail", "Rules that record requests fail for an hour, and record nothing.",
             ticket("RuleEvaluationFailing"), 12 * MINUTE, *recorded(*services)),
        Case("rules are not loaded", "The rules that record calls to models are not loaded for an hour: they record "
             "nothing, and nothing counts that as a failure.", incidents["rules are not loaded"], names.of_chat,
             queries.recorded_calls_to_models(), recorded(*of_chat), (ticket("RecordedSeriesMissing"),)),
        # The third of one a minute is missed after 3 minutes, and three or more are missing for 5.
        case("evaluations are missed", "Every second evaluation of the alerts of errors is missed for an hour.",
             ticket("RuleEvaluationMissed"), 9 * MINUTE),
        # The first of one a minute is lost after a minute, and some are lost for 10.
        case("Alertmanager is away", "Alertmanager accepts no alert from Prometheus for an hour.",
             ticket("AlertsNotDelivered"), 12 * MINUTE),
        # The second of one a minute fails after 2 minutes; there is no `for`.
        case("notifications fail", "PagerDuty accepts no notification for an hour.",
             ticket("NotificationsFailing"), 3 * MINUTE),
    )  # fmt: skip


def low_traffic_cases(names: Names, incidents: Incidents) -> tuple[Case, ...]:
    """Return four cases again, at the few requests a minute that the budgets of platform.yaml yield."""
    by_name = {case.name: case for case in (*error_cases(names, incidents), *tenant_cases(names, incidents))}
    outage, burn, large = (by_name[name] for name in ("total outage", "slow burn at 1 %", "a large tenant down"))
    errors = replace(by_name["5 % errors"], expected=(),
                     claim="About 40 requests fail in an hour, too few to page.")  # fmt: skip
    search = tuple(expected for expected in large.expected if expected.alert.labels["route"] == names.search)
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
    incidents = incident_library(platform)
    night = incidents["one failure of two at night"][0]
    model, service = (incidents[name][0].matchers for name in ("AI out of capacity", "a deploy's blip"))
    for day in range(days):
        yield replace(night, start=day * DAY + 3 * HOUR)
        afternoon = day * DAY + 14 * HOUR
        if day % 7 < 5:
            yield Incident(IncidentKind.COUNTERS_RESET, afternoon, matchers=service)
            yield Incident(IncidentKind.REQUESTS_FAIL, afternoon, MINUTE, 0.2, service)
        elif day % 7 == 5:
            yield Incident(IncidentKind.MODEL_FAILS, afternoon, 2 * MINUTE, 0.1, model)
        else:
            yield Incident(IncidentKind.SAMPLES_MISSING, afternoon, 2 * MINUTE)
