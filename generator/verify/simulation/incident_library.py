"""Named incidents that occur in production: the incidents of `simulate --incident` and of the back-tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from contract.ai import AI_TOKENS_INPUT
from contract.alerting import ALERT_SEND_ERRORS, FAILED_NOTIFICATIONS, MISSED_EVALUATIONS, RULE_FAILURES
from contract.api import LATENCY
from contract.labels import ALERTMANAGER, INTEGRATION, MODEL, REASON, ROUTE, RULE_GROUP, SERVICE, STORE, TENANT
from generator.dsl.platform import Platform
from generator.dsl.server_counters import ServerCounter
from generator.verify.simulation.clock import DAY
from generator.verify.simulation.incident import METRIC, Incident, IncidentKind
from generator.verify.simulation.population import models_in_use
from generator.verify.simulation.route_profile import RouteProfile, route_profiles

MINUTE, HOUR = 60, 3_600
NEW_TENANT = "newcomer"
ALERTMANAGER_URL = "http://alertmanager:9093/api/v2/alerts"
RULE_GROUPS = (("recorded-api", "api-recorded"), ("recorded-ai", "ai-recorded"), ("errors", "errors"))
"""The files and names of groups: that which records requests, that which records calls to models, and the alerts of
errors."""


def incident_library(
    platform: Platform, noon: int = 12 * HOUR, night: int = 3 * HOUR
) -> Mapping[str, tuple[Incident, ...]]:
    """Return every incident by name. `noon` and `night` are their start times, in seconds after the start."""
    return {
        **request_incidents(platform, noon),
        **dependency_incidents(platform, noon),
        **sparse_data_incidents(platform, noon, night),
        **telemetry_incidents(platform, noon),
        **alerting_incidents(platform, noon),
    }


def request_incidents(platform: Platform, start: int) -> dict[str, tuple[Incident, ...]]:
    """Return incidents of failing or slow requests, on one route or of one tenant."""
    chat = _first_route(platform, lambda profile: profile.generates)
    search = _first_route(platform, lambda profile: profile.retrieves and not profile.generates)
    tenant = {TENANT.name: platform.tenants[-1] if platform.tenants else "tenant-0001"}
    service = {SERVICE.name: _service(platform, search)}
    fail, slow = IncidentKind.REQUESTS_FAIL, IncidentKind.REQUESTS_SLOW
    return {
        "total outage": (Incident(fail, start, 30 * MINUTE, 1.0, service),),
        "5 % errors": (Incident(fail, start, HOUR, 0.05, {ROUTE.name: chat}),),
        "slow burn at 1 %": (Incident(fail, start, 3 * DAY, 0.01, {ROUTE.name: search}),),
        "latency step": (Incident(slow, start, HOUR, 6, {ROUTE.name: search}),),
        "latency creep": (Incident(slow, start, 4 * HOUR, 12, {ROUTE.name: search}, rising=True),),
        "one tenant down": (Incident(fail, start, 30 * MINUTE, 1.0, tenant),),
        "a deploy's blip": (Incident(fail, start, MINUTE, 0.3, service),),
        "requests stop": (Incident(IncidentKind.REQUESTS_STOP, start, HOUR, matchers={ROUTE.name: search}),),
    }


def dependency_incidents(platform: Platform, start: int) -> dict[str, tuple[Incident, ...]]:
    """Return incidents of failing or slow models and stores, and of a tenant that spends tokens in a loop."""
    chat = _first_route(platform, lambda profile: profile.generates)
    route = {ROUTE.name: chat}
    model = {MODEL.name: models_in_use(platform)[0][0]}
    largest = {TENANT.name: platform.tenants[0] if platform.tenants else "tenant-0001", ROUTE.name: chat}
    kv, durable_objects = {STORE.name: "kv"}, {STORE.name: "durable_objects"}
    return {
        "AI out of capacity": (Incident(IncidentKind.MODEL_FAILS, start, HOUR, 0.6, model),),
        "a slow model": (Incident(IncidentKind.MODEL_SLOW, start, HOUR, 5, model),),
        "a stream that breaks": (Incident(IncidentKind.STREAMS_BREAK, start, 30 * MINUTE, 0.3, route),),
        "a runaway loop of tokens": (Incident(IncidentKind.TRAFFIC_LOOPS, start, 8 * HOUR, 1.5, largest),),
        "KV 429 storm": (Incident(IncidentKind.STORE_FAILS, start, HOUR, 0.4, kv),),
        "Durable Object overload": (Incident(IncidentKind.STORE_FAILS, start, HOUR, 0.25, durable_objects),),
        "Vectorize time-outs": (Incident(IncidentKind.STORE_TIMES_OUT, start, HOUR, 0.2),),
    }


def sparse_data_incidents(platform: Platform, start: int, night: int) -> dict[str, tuple[Incident, ...]]:
    """Return incidents with few requests or missing samples, most of which must not page anybody."""
    chat = _first_route(platform, lambda profile: profile.generates)
    tenant = {TENANT.name: platform.tenants[-1] if platform.tenants else "tenant-0001", ROUTE.name: chat}
    new_tenant = {TENANT.name: NEW_TENANT, ROUTE.name: chat}
    service = {SERVICE.name: _service(platform, chat)}
    return {
        "one failure of two at night": (Incident(IncidentKind.LONE_REQUESTS, night, 30 * MINUTE, 2, tenant),),
        "a new tenant's first failure": (Incident(IncidentKind.LONE_REQUESTS, start, MINUTE, 1, new_tenant),),
        "counter reset": (Incident(IncidentKind.COUNTERS_RESET, start),),
        "scrape gap": (Incident(IncidentKind.SAMPLES_MISSING, start, 2 * MINUTE),),
        "a service gone quiet": (Incident(IncidentKind.SERVICE_SILENT, start, HOUR, matchers=service),),
    }


def telemetry_incidents(platform: Platform, start: int) -> dict[str, tuple[Incident, ...]]:
    """Return incidents of the telemetry itself: it is lost, counted for nobody, or arrives under another name."""
    search = _first_route(platform, lambda profile: profile.retrieves and not profile.generates)
    service = {SERVICE.name: _service(platform, search)}
    as_other = {**service, REASON.name: "shard_full"}
    model = {MODEL.name: models_in_use(platform)[0][0]}
    missing = IncidentKind.METRIC_MISSING
    return {
        "telemetry is lost": (Incident(IncidentKind.TELEMETRY_LOST, start, HOUR, 2, service),),
        "too many tenants": (Incident(IncidentKind.TELEMETRY_LOST, start, HOUR, 0.5, as_other),),
        "answers without usage": (Incident(IncidentKind.USAGE_MISSING, start, 3 * HOUR, matchers=model),),
        "renamed tokens": (Incident(missing, start, 3 * HOUR, matchers={METRIC: AI_TOKENS_INPUT.name}),),
        "renamed latency": (Incident(missing, start, HOUR, matchers={METRIC: LATENCY.name}),),
    }


def alerting_incidents(platform: Platform, start: int) -> dict[str, tuple[Incident, ...]]:
    """Return incidents of the rules and of notifications: Prometheus and Alertmanager count their own failures."""

    def counted(counter: ServerCounter, per_minute: float, labels: Mapping[str, str]) -> Incident:
        return Incident(IncidentKind.SERVER_FAILS, start, HOUR, per_minute, {METRIC: counter.name, **labels})

    requests, models, errors = (_rule_group(platform, *each) for each in RULE_GROUPS)
    nothing = IncidentKind.RULES_RECORD_NOTHING
    return {
        "rules fail": (Incident(nothing, start, HOUR, matchers=requests), counted(RULE_FAILURES, 2, requests)),
        "rules are not loaded": (Incident(nothing, start, HOUR, matchers=models),),
        "evaluations are missed": (counted(MISSED_EVALUATIONS, 1, errors),),
        "Alertmanager is away": (counted(ALERT_SEND_ERRORS, 1, {ALERTMANAGER.name: ALERTMANAGER_URL}),),
        "notifications fail": (counted(FAILED_NOTIFICATIONS, 1, {INTEGRATION.name: "pagerduty"}),),
    }


def _rule_group(platform: Platform, file: str, name: str) -> Mapping[str, str]:
    """The label of a group of rules in a file, as Prometheus joins them."""
    return {RULE_GROUP.name: f"/etc/prometheus/rules/{file}.yaml;{platform.rule_group(name)}"}


def _first_route(platform: Platform, matches: Callable[[RouteProfile], bool]) -> str:
    """Return the first route whose profile matches, or the first route of all."""
    routes = (route for route, profile in route_profiles(platform).items() if matches(profile))
    return next(routes, platform.routes[0])


def _service(platform: Platform, route: str) -> str:
    return next(service for service, routes in platform.services.items() if route in routes)
