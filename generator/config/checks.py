"""Checks of a platform that a schema cannot express: each has an id, and its docstring states what holds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, TypeAlias

from contract.ai import AI_LATENCY
from contract.api import LATENCY
from contract.storage import VECTORIZE_LATENCY
from generator.config.validation import suggestion
from generator.config.yaml_tree import ConfigViolation, KeyPath, dotted, quoted
from generator.dsl.metrics import Histogram
from generator.dsl.platform import Platform
from generator.dsl.slo import Slo
from generator.dsl.units import days, format_number, hours, percent
from generator.errors import Problem

SERVICES: KeyPath = ("services",)
AVAILABILITY: KeyPath = ("slos", "availability")
LATENCIES: KeyPath = ("slos", "latency_p95_ms")
ROUTE_LATENCIES: KeyPath = (*LATENCIES, "routes")
ERRORS: KeyPath = ("thresholds", "errors")
ROUTE_ERRORS, OUTAGE = (*ERRORS, "route_percent"), (*ERRORS, "outage_percent")
STORAGE: KeyPath = ("thresholds", "storage")

CheckFunction: TypeAlias = Callable[[Any], Iterator[ConfigViolation]]


@dataclass(frozen=True)
class ConfigCheck:
    """A check of a document. It is skipped if a value under one of the paths that it `reads` is invalid."""

    id: str
    function: CheckFunction
    reads: tuple[KeyPath, ...]


def check_violations(document: Any, invalid: Iterable[KeyPath]) -> Iterator[ConfigViolation]:
    """Yield the violations of all checks that read none of the `invalid` paths."""
    excluded = tuple(invalid)
    for check in CHECKS:
        if not any(overlap(read, path) for read in check.reads for path in excluded):
            yield from (replace(violation, check=check.id) for violation in check.function(document))


def overlap(path: KeyPath, other: KeyPath) -> bool:
    """Return whether one path is equal to the other or leads to it."""
    return all(step == other_step for step, other_step in zip(path, other, strict=False))


def routes_have_latency_slos(document: Any) -> Iterator[ConfigViolation]:
    """Every route of every service has a latency SLO."""
    slos = document["slos"]["latency_p95_ms"]["routes"]
    for path, route in routes_of_services(document):
        if route not in slos:
            yield ConfigViolation(path, f"{quoted(route)} has no latency SLO", f"add it to {dotted(ROUTE_LATENCIES)}")


def latency_slos_have_routes(document: Any) -> Iterator[ConfigViolation]:
    """Every latency SLO of a route is of a route that a service has."""
    known = {route for _, route in routes_of_services(document)}
    for route in document["slos"]["latency_p95_ms"]["routes"]:
        if route not in known:
            hint = suggestion(route, known, "add it to the routes of a service")
            yield ConfigViolation((*ROUTE_LATENCIES, route), "no service has this route", hint)


def routes_have_one_service(document: Any) -> Iterator[ConfigViolation]:
    """Every route belongs to one service, because latency SLOs are by route alone."""
    first: dict[str, str] = {}
    for path, route in routes_of_services(document):
        service = first.setdefault(route, str(path[1]))
        if service != path[1]:
            yield ConfigViolation(path, f"{quoted(route)} is also a route of {service}", "keep it in one of the two")


def latency_slos_are_bucket_bounds(document: Any) -> Iterator[ConfigViolation]:
    """Every latency SLO is a bucket bound of its histogram below the highest: a p95 between bounds is interpolated."""
    slos = document["slos"]["latency_p95_ms"]
    for route, latency in slos["routes"].items():
        yield from bucket_bound_violations((*ROUTE_LATENCIES, route), latency, LATENCY)
    yield from bucket_bound_violations((*LATENCIES, "ai"), slos["ai"], AI_LATENCY)
    yield from bucket_bound_violations((*LATENCIES, "vectorize"), slos["vectorize"], VECTORIZE_LATENCY)


def outage_is_above_route_errors(document: Any) -> Iterator[ConfigViolation]:
    """The error ratio of an outage is above the error ratio that pages for a route."""
    yield from order_violations(ERRORS, document["thresholds"]["errors"], "route_percent", "outage_percent")


def page_is_above_ticket(document: Any) -> Iterator[ConfigViolation]:
    """The error ratio of a store that pages is above the one that opens a ticket."""
    yield from order_violations(STORAGE, document["thresholds"]["storage"], "ticket_percent", "page_percent")


def burn_rate_alert_can_fire(document: Any) -> Iterator[ConfigViolation]:
    """At the fastest burn rate that alerts, 2 % of the error budget in 1 hour, the error ratio is below 100 %."""
    availability = document["slos"]["availability"]
    slo = Slo(percent(availability["target_percent"]), days(availability["window_days"]))
    budget_fraction, window = percent(2), hours(1)
    error_ratio = slo.error_ratio_at(budget_fraction, window).amount
    if error_ratio >= 1:
        lowest = 100 - 100 / slo.burn_rate(budget_fraction, window)
        burn, needed = budget_fraction.text(), percent(round(error_ratio * 100, 1)).text()
        what = f"the alert on {burn} of the error budget in {window.text()} can never fire: it needs {needed} errors"
        hint = f"give more than {format_number(Fraction(math.ceil(lowest * 100), 100))}"
        yield ConfigViolation((*AVAILABILITY, "target_percent"), what, hint)


def owners_are_teams(document: Any) -> Iterator[ConfigViolation]:
    """Every owner is one of the teams."""
    for family, team in document["owners"].items():
        if team not in document["teams"]:
            hint = suggestion(team, document["teams"], "add it to teams")
            yield ConfigViolation(("owners", family), f"there is no team {quoted(team)}", hint)


CHECKS = (
    ConfigCheck("config/route-without-latency-slo", routes_have_latency_slos, (SERVICES, ROUTE_LATENCIES)),
    ConfigCheck("config/latency-slo-without-route", latency_slos_have_routes, (SERVICES, ROUTE_LATENCIES)),
    ConfigCheck("config/route-in-two-services", routes_have_one_service, (SERVICES,)),
    ConfigCheck("config/latency-slo-not-a-bucket-bound", latency_slos_are_bucket_bounds, (LATENCIES,)),
    ConfigCheck("config/outage-not-above-route-errors", outage_is_above_route_errors, (ROUTE_ERRORS, OUTAGE)),
    ConfigCheck("config/page-not-above-ticket", page_is_above_ticket, (STORAGE,)),
    ConfigCheck("config/burn-rate-alert-cannot-fire", burn_rate_alert_can_fire, (AVAILABILITY,)),
    ConfigCheck("config/unknown-team", owners_are_teams, (("owners",), ("teams",))),
)


def unknown_owner_families(platform: Platform, families: Iterable[str]) -> list[Problem]:
    """Return a problem for each key of `owners` that is not one of the families of alerts."""
    known = set(families)
    return [
        Problem(
            f"{platform.owner_locations.get(family, '')} {dotted(('owners', family))}".lstrip(),
            f"there is no module {quoted(family)} in alerts/",
            suggestion(family, known, "remove this key"),
        )
        for family in platform.owners
        if family not in known
    ]


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
    path: KeyPath, percentages: dict[str, int | Fraction], lower: str, higher: str
) -> Iterator[ConfigViolation]:
    """Yield a violation if a percentage is not above another one."""
    if percentages[lower] >= percentages[higher]:
        low, high = (percent(percentages[key]).text() for key in (lower, higher))
        hint = f"give more than {format_number(Fraction(percentages[lower]))}"
        yield ConfigViolation((*path, higher), f"{high} is not above {lower}, which is {low}", hint)
