"""Checks of a platform that a schema cannot express. Their examples are parts of a platform file."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from contract.ai import AI_LATENCY
from contract.api import LATENCY
from contract.labels import ORDER
from contract.objectives import FAST_BURN
from contract.storage import VECTORIZE_LATENCY
from generator.check import Check, check
from generator.config.backend_checks import labels_are_not_of_the_backend, native_histograms_are_possible
from generator.config.document import PlatformDocument, config_check, contract_check
from generator.config.loaded import LOADED, LoadedPlatform
from generator.config.receiver_checks import RECEIVER_CHECKS
from generator.config.schema.platform import LATENCY_SLOS
from generator.config.severity_checks import severities_have_different_names
from generator.config.store_checks import thresholds_are_of_used_stores, vectorize_has_latency_slo
from generator.config.validation import suggestion
from generator.config.yaml_tree import ConfigViolation, KeyPath, dotted, quoted
from generator.dsl.contract import Contract
from generator.dsl.metrics import Histogram
from generator.dsl.platform import DEFAULT_PUSH_INTERVAL, MIN_RETENTION_MARGIN
from generator.dsl.slo import Slo
from generator.dsl.units import days, format_number, percent
from generator.errors import Problem

SERVICES: KeyPath = ("services",)
AVAILABILITY: KeyPath = ("slos", "availability")
LATENCIES: KeyPath = ("slos", "latency_p95_ms")
ROUTE_LATENCIES: KeyPath = (*LATENCIES, "routes")
SERVICE_LATENCIES: KeyPath = (*LATENCIES, "services")
ERRORS: KeyPath = ("thresholds", "errors")
MODELS: KeyPath = ("model_prices",)
STORAGE: KeyPath = ("thresholds", "storage")
STALE: KeyPath = ("thresholds", "telemetry_stale_after_seconds")
PROMETHEUS: KeyPath = ("prometheus",)
PROMETHEUS_LABELS = ("instance", "job", "quantile")
RETENTION: KeyPath = (*PROMETHEUS, "retention_days")


def platform_problems(document: PlatformDocument) -> list[Problem]:
    """Return the violations of all checks of a document."""
    return [problem for each in CHECKS for problem in each.problems(document)]


@config_check(
    "config/route-without-latency-slo",
    reads=(SERVICES, ROUTE_LATENCIES, SERVICE_LATENCIES),
    bad="""
        services:
          api: [/a, /b, /search]
        slos:
          latency_p95_ms:
            routes: {/a: 100, /b: 500}
    """,
    good="""
        services:
          api: [/a, /b, /search]
        slos:
          latency_p95_ms:
            routes: {/a: 100, /b: 500, /search: 500}
    """,
    message='"/search" has no latency SLO; add it to slos.latency_p95_ms.routes',
)
def routes_have_latency_slos(document: Any) -> Iterator[ConfigViolation]:
    """Every route of every service has a latency SLO, of its own or of its service.

    The latency alert compares the p95 of a route with its SLO; for a route without one it never fires.
    """
    slos = document["slos"]["latency_p95_ms"]
    of_routes, of_services = slos.get("routes", {}), slos.get("services", {})
    if not of_routes and not of_services:
        hint = LATENCY_SLOS["properties"]["routes"]["errorMessage"]
        yield ConfigViolation(ROUTE_LATENCIES, "this key is required", hint)
        return
    for path, route in routes_of_services(document):
        if route not in of_routes and path[1] not in of_services:
            yield ConfigViolation(path, f"{quoted(route)} has no latency SLO", f"add it to {dotted(ROUTE_LATENCIES)}")


@config_check(
    "config/latency-slo-without-route",
    reads=(SERVICES, ROUTE_LATENCIES),
    bad="""
        services:
          api: [/a, /b]
        slos:
          latency_p95_ms:
            routes: {/a: 100, /b: 500, /bb: 500}
    """,
    good="""
        services:
          api: [/a, /b]
        slos:
          latency_p95_ms:
            routes: {/a: 100, /b: 500}
    """,
    message='no service has this route; did you mean "/b"? If not, add it to the routes of a service',
)
def latency_slos_have_routes(document: Any) -> Iterator[ConfigViolation]:
    """Every latency SLO of a route is of a route that a service has.

    No request is ever compared with the SLO of a route that is misspelt or was removed.
    """
    known = {route for _, route in routes_of_services(document)}
    for route in document["slos"]["latency_p95_ms"].get("routes", {}):
        if route not in known:
            hint = suggestion(route, known, "add it to the routes of a service")
            yield ConfigViolation((*ROUTE_LATENCIES, route), "no service has this route", hint)


@config_check(
    "config/route-in-two-services",
    reads=(SERVICES,),
    bad="""
        services:
          api: [/a, /b]
          web: [/a]
    """,
    good="""
        services:
          api: [/b]
          web: [/a]
    """,
    message='"/a" is also a route of api; keep it in one of the two',
)
def routes_have_one_service(document: Any) -> Iterator[ConfigViolation]:
    """Every route belongs to one service.

    Latency SLOs are by route alone: two services with the same route could not have different ones.
    """
    first: dict[str, str] = {}
    for path, route in routes_of_services(document):
        service = first.setdefault(route, str(path[1]))
        if service != path[1]:
            yield ConfigViolation(path, f"{quoted(route)} is also a route of {service}", "keep it in one of the two")


@contract_check(
    "config/latency-slo-not-a-bucket-bound",
    reads=(LATENCIES,),
    bad="""
        slos:
          latency_p95_ms: {routes: {/a: 100, /b: 500}, ai: 1000, vectorize: 260}
    """,
    good="""
        slos:
          latency_p95_ms: {routes: {/a: 100, /b: 500}, ai: 1000, vectorize: 250}
    """,
    message="260 ms is not a bucket bound of vectorize_latency_ms; give 250 or 500",
)
def latency_slos_are_bucket_bounds(document: Any, contract: Contract) -> Iterator[ConfigViolation]:
    """Every latency SLO is a bucket bound of its histogram below the highest one.

    Between two bounds Prometheus interpolates a p95, and it never returns more than the highest finite bound.
    """
    slos = document["slos"]["latency_p95_ms"]
    of_requests, of_models, of_vectorize = map(contract.current, (LATENCY, AI_LATENCY, VECTORIZE_LATENCY))
    for kind in ("routes", "services"):
        for name, latency in slos.get(kind, {}).items():
            yield from bucket_bound_violations((*LATENCIES, kind, name), latency, of_requests)
    yield from bucket_bound_violations((*LATENCIES, "ai"), slos["ai"], of_models)
    if "vectorize" in slos:
        yield from bucket_bound_violations((*LATENCIES, "vectorize"), slos["vectorize"], of_vectorize)
    for model, latency in slos.get("models", {}).items():
        yield from bucket_bound_violations((*LATENCIES, "models", model), latency, of_models)


@config_check(
    "config/outage-not-above-route-errors",
    reads=(ERRORS,),
    bad="""
        thresholds:
          errors: {route_percent: 2, outage_percent: 2}
    """,
    good="""
        thresholds:
          errors: {route_percent: 2, outage_percent: 50}
    """,
    message="2% is not above route_percent, which is 2%; give more than 2",
)
def outage_is_above_route_errors(document: Any) -> Iterator[ConfigViolation]:
    """The error ratio of an outage is above the error ratio that pages for a route.

    The alert on an outage inhibits the other alerts on errors of the route: with a lower threshold, every high error
    rate is reported as an outage.
    """
    errors = document["thresholds"]["errors"]
    yield from order_violations(ERRORS, errors, {}, "route_percent", "outage_percent")
    for route, overrides in errors.get("routes", {}).items():
        yield from order_violations((*ERRORS, "routes", route), errors, overrides, "route_percent", "outage_percent")


@config_check(
    "config/page-not-above-ticket",
    reads=(STORAGE,),
    bad="""
        thresholds:
          storage: {ticket_percent: 1, page_percent: 0.5}
    """,
    good="""
        thresholds:
          storage: {ticket_percent: 1, page_percent: 10}
    """,
    message="0.5% is not above ticket_percent, which is 1%; give more than 1",
)
def page_is_above_ticket(document: Any) -> Iterator[ConfigViolation]:
    """The error ratio of a store that pages is above the one that opens a ticket.

    Otherwise every error ratio that opens a ticket pages, too.
    """
    storage = document["thresholds"]["storage"]
    yield from order_violations(STORAGE, storage, {}, "ticket_percent", "page_percent")
    for store, overrides in storage.get("stores", {}).items():
        yield from order_violations((*STORAGE, "stores", store), storage, overrides, "ticket_percent", "page_percent")


@config_check(
    "config/burn-rate-alert-cannot-fire",
    reads=(AVAILABILITY,),
    bad="""
        slos:
          availability: {target_percent: 90, window_days: 30}
    """,
    good="""
        slos:
          availability: {target_percent: 99.5, window_days: 30}
    """,
    message="the alert on 2% of the error budget in 1 hour can never fire: it needs 144% errors; give more than 93.06",
)
def burn_rate_alert_can_fire(document: Any) -> Iterator[ConfigViolation]:
    """The fastest burn rate that alerts needs an error ratio below 100 %.

    The lower the target, the more errors a burn rate needs; an alert that needs more than 100 % never fires.
    """
    availability = document["slos"]["availability"]
    targets: dict[KeyPath, Any] = {(): availability["target_percent"]}
    for kind in ("services", "routes"):
        targets |= {(kind, name): values["target_percent"] for name, values in availability.get(kind, {}).items()}
    for path, target in targets.items():
        slo = Slo(percent(target), days(availability["window_days"]))
        budget_fraction, window = FAST_BURN.budget_fraction, FAST_BURN.long_window
        error_ratio = slo.error_ratio_at(budget_fraction, window).amount
        if error_ratio >= 1:
            lowest = 100 - 100 / slo.burn_rate(budget_fraction, window)
            burn, needed = budget_fraction.text(), percent(round(error_ratio * 100, 1)).text()
            what = (
                f"the alert on {burn} of the error budget in {window.text()} can never fire: it needs {needed} errors"
            )
            hint = f"give more than {format_number(Fraction(math.ceil(lowest * 100), 100))}"
            yield ConfigViolation((*AVAILABILITY, *path, "target_percent"), what, hint)


@config_check(
    "config/override-of-unknown-name",
    reads=(SERVICES, AVAILABILITY, LATENCIES, ERRORS, MODELS),
    bad="""
        services:
          api: [/a, /b]
        thresholds:
          errors: {route_percent: 2, outage_percent: 50, ai_percent: 5, routes: {/bb: {route_percent: 1}}}
    """,
    good="""
        services:
          api: [/a, /b]
        thresholds:
          errors: {route_percent: 2, outage_percent: 50, ai_percent: 5, routes: {/b: {route_percent: 1}}}
    """,
    message='no service has this route; did you mean "/b"? If not, add it to the routes of a service',
)
def overrides_have_names(document: Any) -> Iterator[ConfigViolation]:
    """Every override is of a service, route or model that the platform has.

    An override of a name that is misspelt or was removed changes nothing, and its route keeps the default.
    """
    routes = {route for _, route in routes_of_services(document)}
    kinds = {
        "services": (set(document["services"]), "there is no such service", "add it to services"),
        "routes": (routes, "no service has this route", "add it to the routes of a service"),
        "models": (set(document["model_prices"]), "this model has no price", "add it to model_prices"),
    }
    sections = {AVAILABILITY: document["slos"]["availability"], ERRORS: document["thresholds"]["errors"]}
    overrides = [((*path, kind), section.get(kind, {})) for path, section in sections.items() for kind in kinds]
    latencies = document["slos"]["latency_p95_ms"]
    overrides += [((*LATENCIES, kind), latencies.get(kind, {})) for kind in ("services", "models")]
    for path, names in overrides:
        known, what, otherwise = kinds[str(path[-1])]
        for name in names:
            if name not in known:
                yield ConfigViolation((*path, name), what, suggestion(name, known, otherwise))


@config_check(
    "config/unknown-team",
    reads=(("owners",), ("teams",), ("alerts",)),
    bad="""
        teams:
          ops:
            page: [{pagerduty: {key_file: /secrets/key}}]
            ticket: [{webhook: {url_file: /secrets/url}}]
        owners: {errors: ops, cost: opps}
    """,
    good="""
        teams:
          ops:
            page: [{pagerduty: {key_file: /secrets/key}}]
            ticket: [{webhook: {url_file: /secrets/url}}]
        owners: {errors: ops, cost: ops}
    """,
    message='there is no team "opps"; did you mean "ops"? If not, add it to teams',
)
def owners_are_teams(document: Any) -> Iterator[ConfigViolation]:
    """Every owner is one of the teams, that of a family and that of an alert.

    Alertmanager notifies the pager and the tickets of a team; an unknown team has neither.
    """
    for path, team in _owners(document):
        if team not in document["teams"]:
            hint = suggestion(team, document["teams"], "add it to teams")
            yield ConfigViolation(path, f"there is no team {quoted(team)}", hint)


@config_check(
    "config/retention-shorter-than-slo-window",
    reads=(AVAILABILITY, RETENTION),
    bad="""
        slos:
          availability: {target_percent: 99.5, window_days: 30}
        prometheus: {retention_days: 30}
    """,
    good="""
        slos:
          availability: {target_percent: 99.5, window_days: 30}
        prometheus: {retention_days: 31}
    """,
    message="30 days are less than the SLO's window_days, which is 30, and a day; give at least 31, or remove the key",
)
def retention_covers_the_slo_window(document: Any) -> Iterator[ConfigViolation]:
    """Prometheus stores samples for at least a day longer than the window of the SLO.

    An error budget over a window that is not stored forgets its oldest errors. The day more is for graphs: their first
    point needs a whole window, too.
    """
    retention = document.get("prometheus", {}).get("retention_days")
    window = document["slos"]["availability"]["window_days"]
    lowest = window + MIN_RETENTION_MARGIN.seconds // 86400
    if retention is not None and retention < lowest:
        what = f"{retention} days are less than the SLO's window_days, which is {window}, and a day"
        yield ConfigViolation(RETENTION, what, f"give at least {lowest}, or remove the key")


@config_check(
    "config/stale-before-two-pushes",
    reads=(STALE, PROMETHEUS),
    bad="""
        thresholds: {telemetry_stale_after_seconds: 90}
        prometheus: {push_interval_seconds: 60}
    """,
    good="""
        thresholds: {telemetry_stale_after_seconds: 180}
        prometheus: {push_interval_seconds: 60}
    """,
    message="90 seconds are not more than two intervals of 60 seconds between samples; give more than 120",
)
def heartbeats_may_miss_one_push(document: Any) -> Iterator[ConfigViolation]:
    """A heartbeat counts as stale after more than two pushes, or scrapes where these are less frequent.

    Otherwise one push that is late or lost pages.
    """
    push, scrape = sample_intervals(document)
    stale, longest = document["thresholds"]["telemetry_stale_after_seconds"], max(push, scrape)
    if stale <= 2 * longest:
        what = f"{stale} seconds are not more than two intervals of {longest} seconds between samples"
        yield ConfigViolation(STALE, what, f"give more than {2 * longest}")


@config_check(
    "config/reserved-static-label",
    reads=(("labels",),),
    bad="labels: {region: eu, severity: high}",
    good="labels: {region: eu, tier: high}",
    message='the label "severity" is one of the contract or of Prometheus; choose another name',
)
def static_labels_are_not_reserved(document: Any) -> Iterator[ConfigViolation]:
    """No static label is one of the contract, such as `tenant_id`, `severity` or `owner`, or one that Prometheus sets.

    It would replace the label by which alerts are routed, grouped or inhibited.
    """
    reserved = {*(label.name for label in ORDER), *PROMETHEUS_LABELS}
    for label in document.get("labels", {}):
        if label in reserved:
            what = f"the label {quoted(label)} is one of the contract or of Prometheus"
            yield ConfigViolation(("labels", label), what, "choose another name")


CHECKS: tuple[Check[PlatformDocument], ...] = (
    labels_are_not_of_the_backend,
    native_histograms_are_possible,
    severities_have_different_names,
    thresholds_are_of_used_stores,
    vectorize_has_latency_slo,
    routes_have_latency_slos,
    latency_slos_have_routes,
    routes_have_one_service,
    latency_slos_are_bucket_bounds,
    outage_is_above_route_errors,
    page_is_above_ticket,
    burn_rate_alert_can_fire,
    overrides_have_names,
    owners_are_teams,
    retention_covers_the_slo_window,
    heartbeats_may_miss_one_push,
    static_labels_are_not_reserved,
    *RECEIVER_CHECKS,
)


@check(
    "config/unknown-alert-family",
    stage=LOADED,
    language="yaml",
    bad="owners: {errors: ops, storagee: ops}",
    good="owners: {errors: ops, storage: ops}",
    message='there is no module "storagee" in alerts/; did you mean "storage"? If not, remove this key',
)
def owners_are_of_alert_families(loaded: LoadedPlatform) -> Iterator[Problem]:
    """Every key of `owners` is `default` or a family of alerts, which is a module of `alerts/`.

    The owner at a misspelt key gets no alerts: those of the family go to the default owner.
    """
    for family in loaded.platform.owners:
        if family not in loaded.families:
            where = f"{loaded.platform.owner_locations.get(family, '')} {dotted(('owners', family))}".lstrip()
            hint = suggestion(family, loaded.families, "remove this key")
            yield Problem(where, f"there is no module {quoted(family)} in alerts/", hint)


def sample_intervals(document: Any) -> tuple[int, int]:
    """Return the seconds between two pushes and between two scrapes, which are equal by default."""
    settings = document.get("prometheus", {})
    push = settings.get("push_interval_seconds", DEFAULT_PUSH_INTERVAL.seconds)
    return push, settings.get("scrape_interval_seconds", push)


def _owners(document: Any) -> Iterator[tuple[KeyPath, str]]:
    """Yield every team that is named as an owner, with its path."""
    for family, team in document["owners"].items():
        yield ("owners", family), team
    for name, settings in document.get("alerts", {}).items():
        for key, value in settings.items():
            if key == "owner":
                yield ("alerts", name, key), value
            elif isinstance(value, dict) and "owner" in value:
                yield ("alerts", name, key, "owner"), value["owner"]


def routes_of_services(document: Any) -> Iterator[tuple[KeyPath, str]]:
    """Yield every route of every service, with its path."""
    for service, routes in document["services"].items():
        for index, route in enumerate(routes):
            yield ("services", service, index), route


def bucket_bound_violations(path: KeyPath, latency: int | Fraction, histogram: Histogram) -> Iterator[ConfigViolation]:
    """Yield a violation if a latency is not a bucket bound of a histogram, or is the highest one."""
    *usable, highest = histogram.buckets
    if latency not in usable:
        nearest = [*[x for x in usable if x < latency][-1:], *[x for x in usable if x > latency][:1]]
        kind = f"the highest bucket bound of {histogram.name}, which a measured p95 never exceeds"
        kind = kind if latency == highest else f"not a bucket bound of {histogram.name}"
        hint = f"give {' or '.join(map(str, nearest))}"
        yield ConfigViolation(path, f"{format_number(Fraction(latency))} ms is {kind}", hint)


def order_violations(
    path: KeyPath, defaults: Mapping[str, Any], overrides: Mapping[str, Any], lower: str, higher: str
) -> Iterator[ConfigViolation]:
    """Yield a violation if a percentage is not above another one; `overrides` replace defaults, and one of the two that
    it has is reported."""
    low, high = (overrides.get(key, defaults[key]) for key in (lower, higher))
    if low < high or (overrides and not overrides.keys() & {lower, higher}):
        return
    low_text, high_text = (percent(each).text() for each in (low, high))
    if higher in overrides or not overrides:
        what, hint = (
            f"{high_text} is not above {lower}, which is {low_text}",
            f"more than {format_number(Fraction(low))}",
        )
        yield ConfigViolation((*path, higher), what, f"give {hint}")
    else:
        what, hint = (
            f"{low_text} is not below {higher}, which is {high_text}",
            f"less than {format_number(Fraction(high))}",
        )
        yield ConfigViolation((*path, lower), what, f"give {hint}")
