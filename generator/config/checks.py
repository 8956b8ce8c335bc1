"""What no schema can say of a platform: one function per law; its docstring is the law."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from contract.ai import AI_LATENCY
from contract.api import LATENCY
from contract.storage import VECTORIZE_LATENCY
from generator.config.document import Breach, KeyPath, quoted
from generator.dsl.metrics import Histogram
from generator.dsl.slo import Objective
from generator.dsl.units import days, format_number, hours, percent
from generator.errors import did_you_mean

Judges: TypeAlias = Callable[[Any], Iterator[Breach]]

SERVICES: KeyPath = ("services",)
LATENCIES: KeyPath = ("promises", "latency_ms")
ERRORS: KeyPath = ("promises", "errors")
STORAGE: KeyPath = ("promises", "storage")


@dataclass(frozen=True)
class Law:
    """A function that judges a document, and the parts that it reads: where one is malformed, it does not judge."""

    judges: Judges
    reads: tuple[KeyPath, ...]


LAWS: list[Law] = []


def law(*reads: KeyPath) -> Callable[[Judges], Judges]:
    """Make a law of a function."""

    def enact(judges: Judges) -> Judges:
        LAWS.append(Law(judges, reads))
        return judges

    return enact


def broken(document: Any, malformed: Iterable[KeyPath]) -> Iterator[Breach]:
    """All breaches of all laws that can be judged."""
    bad = tuple(malformed)
    for one in LAWS:
        if not any(overlap(read, path) for read in one.reads for path in bad):
            yield from one.judges(document)


def overlap(one: KeyPath, other: KeyPath) -> bool:
    """Whether one of two paths leads to a part of what the other leads to."""
    return all(x == y for x, y in zip(one, other, strict=False))


@law(SERVICES, (*LATENCIES, "routes"))
def every_route_is_promised(document: Any) -> Iterator[Breach]:
    """Every route of a service has a latency that is promised."""
    promised = document["promises"]["latency_ms"]["routes"]
    for path, route in listed(document):
        if route not in promised:
            hint = f"add {quoted(route)} to promises.latency_ms.routes"
            yield Breach(path, f"{quoted(route)} has no latency promise", hint)


@law(SERVICES, (*LATENCIES, "routes"))
def every_promise_has_a_route(document: Any) -> Iterator[Breach]:
    """Every latency is promised for a route that a service answers."""
    known = {route for _, route in listed(document)}
    for route in document["promises"]["latency_ms"]["routes"]:
        if route not in known:
            yield Breach((*LATENCIES, "routes", route), "no service answers this route", did_you_mean(route, known))


@law(SERVICES)
def every_route_has_one_service(document: Any) -> Iterator[Breach]:
    """A route belongs to one service, since a promise names the route alone."""
    owner: dict[str, str] = {}
    for path, route in listed(document):
        first = owner.setdefault(route, str(path[1]))
        if first != path[1]:
            yield Breach(path, f"{quoted(route)} is also a route of {first}", "list it under one of the two")


@law(LATENCIES)
def every_latency_is_a_bucket_bound(document: Any) -> Iterator[Breach]:
    """A promised latency is a bucket bound of its histogram, below the highest: between bounds p95 is a guess."""
    promised = document["promises"]["latency_ms"]
    for route, latency in promised["routes"].items():
        yield from off_bounds((*LATENCIES, "routes", route), latency, LATENCY)
    yield from off_bounds((*LATENCIES, "ai"), promised["ai"], AI_LATENCY)
    yield from off_bounds((*LATENCIES, "vectorize"), promised["vectorize"], VECTORIZE_LATENCY)


@law(ERRORS)
def a_route_is_in_trouble_before_it_is_down(document: Any) -> Iterator[Breach]:
    """The share of errors at which a route is down is above the one at which it fails."""
    yield from rising(ERRORS, document["promises"]["errors"], "route_percent", "route_down_percent")


@law(STORAGE)
def a_ticket_comes_before_a_page(document: Any) -> Iterator[Breach]:
    """The share of failed calls to a store that wakes somebody is above the one that opens a ticket."""
    yield from rising(STORAGE, document["promises"]["storage"], "ticket_percent", "page_percent")


@law(ERRORS)
def an_objective_can_burn(document: Any) -> Iterator[Breach]:
    """At the fastest pace that is told (2 % of the budget in 1 hour), less than all requests fail."""
    errors = document["promises"]["errors"]
    objective = Objective(percent(errors["kept_percent"]), days(errors["kept_days"]))
    spent, within = percent(2), hours(1)
    if (ceiling := objective.ceiling(spent, within).amount) >= 1:
        least = 100 - 100 / objective.pace(spent, within)
        above = format_number(Fraction(math.ceil(least * 100), 100))
        part, all_ = spent.text(), percent(round(ceiling * 100, 1)).text()
        what = f"{part} of its error budget would be gone in {within.text()} only if {all_} of all requests failed"
        yield Breach((*ERRORS, "kept_percent"), what, f"give more than {above}")


@law(("owners",), ("teams",))
def every_owner_is_a_team(document: Any) -> Iterator[Breach]:
    """Every owner is one of the teams."""
    for family, team in document["owners"].items():
        if team not in document["teams"]:
            yield Breach(("owners", family), f"there is no team {quoted(team)}", did_you_mean(team, document["teams"]))


def listed(document: Any) -> Iterator[tuple[KeyPath, str]]:
    """Every route of every service, with its path."""
    for service, routes in document["services"].items():
        for place, route in enumerate(routes):
            yield ("services", service, place), route


def off_bounds(path: KeyPath, latency: int | Fraction, of: Histogram) -> Iterator[Breach]:
    """A breach where a latency is no bound of a histogram's buckets but the highest."""
    bounds = of.buckets[:-1]
    if latency not in bounds:
        near = [*[x for x in bounds if x < latency][-1:], *[x for x in bounds if x > latency][:1]]
        what = f"{format_number(Fraction(latency))} ms is not a bound of {of.name}'s buckets below the highest"
        yield Breach(path, what, f"give {' or '.join(map(str, near))}")


def rising(path: KeyPath, shares: dict[str, int | Fraction], low: str, high: str) -> Iterator[Breach]:
    """A breach where a share is not below another one."""
    if shares[low] >= shares[high]:
        what = f"{percent(shares[high]).text()} is not above {low}, {percent(shares[low]).text()}"
        yield Breach((*path, high), what, f"give more than {format_number(Fraction(shares[low]))}")
