"""Overview: is the platform well, and if not, where and for whom?"""

from contract.ai import TOKENS
from contract.api import ALERTS, DROPPED, ERRORS, HEARTBEAT, LATENCY, RATE_LIMITED, REQUESTS
from contract.labels import ALERTNAME, ROUTE, SERVICE, TENANT
from contract.objectives import latency_slo, token_budget
from generator.dsl.dashboard import Bars, Column, Dashboard, Line, Lines, Number, Pick, Row, Table, panel
from generator.dsl.derived import HowMany
from generator.dsl.platform import Platform
from generator.dsl.units import days, minutes, percent, quantity

NOW = minutes(5)
SLOWEST = 0.95


@panel("Pages")
def pages(platform: Platform) -> Number:
    """How many alerts that wake somebody fire now. Zero is said only while alerting itself is known to work."""
    firing = ALERTS.firing("page")
    return Number(firing, bad=quantity(1, firing.unit), empty="Alerting is dead")


@panel("Tickets")
def tickets(platform: Platform) -> Number:
    """How many alerts that can wait for the working day fire now."""
    firing = ALERTS.firing("ticket")
    return Number(firing, warn=quantity(1, firing.unit), empty="Alerting is dead")


@panel("Errors now")
def errors_now(platform: Platform) -> Number:
    """Which part of the requests of the last 5 minutes failed: a 5xx, an exception, or a stream that broke."""
    return Number(ERRORS.share_of(REQUESTS, over=NOW), warn=percent(1), bad=platform.errors.route)


@panel("p95, of what is promised")
def latency_now(platform: Platform) -> Number:
    """What the slowest 5 % of callers wait, as a part of what each route promises; 100 % is the promise used up."""
    used = LATENCY.quantile(SLOWEST, over=NOW).by(ROUTE).used_of(latency_slo(platform))
    return Number(used, warn=percent(80), bad=percent(100))


@panel("Budget left")
def budget_left(platform: Platform) -> Number:
    """How much of the error budget of 30 days is left, over all routes; below zero the promise is broken."""
    slo = platform.availability
    left = ERRORS.share_of(REQUESTS, over=slo.window).left_of(slo.target)
    return Number(left, warn=percent(25), bad=percent(0), falling=True, trend=False)


@panel("Rate-limited")
def rate_limited_now(platform: Platform) -> Number:
    """Which part of the requests of the last 5 minutes got a 429: they are not errors, but somebody sends too many."""
    return Number(RATE_LIMITED.share_of(REQUESTS, over=NOW), warn=percent(5))


@panel("Tenants")
def tenants_active(platform: Platform) -> Number:
    """How many tenants sent a request in the last 5 minutes."""
    return Number(HowMany(REQUESTS.count(over=NOW).by(TENANT).picked_by()))


@panel("Requests by route")
def requests_by_route(platform: Platform) -> Lines:
    """Requests per second, by route and service."""
    return Lines((Line(REQUESTS.rate().by(ROUTE, SERVICE)),), stacked=True)


@panel("Errors by route")
def error_share_by_route(platform: Platform) -> Lines:
    """Which part of each route's requests fails. The dashed red line is where HighErrorRate pages."""
    return Lines((Line(ERRORS.share_of(REQUESTS).by(ROUTE, SERVICE)),), ceiling=platform.errors.route)


@panel("p95 by route")
def latency_by_route(platform: Platform) -> Lines:
    """What the slowest 5 % of each route's callers wait. The dashed red lines are what each route promises."""
    return Lines((Line(LATENCY.quantile(SLOWEST).by(ROUTE)),), ceiling=latency_slo(platform))


@panel("Firing now")
def firing_now(platform: Platform) -> Table:
    """Which alerts fire now, and how many of each page or wait for the working day."""
    one = quantity(1, ALERTS.firing().unit)
    return Table(
        ALERTNAME,
        (
            Column("Firing", ALERTS.firing().by(ALERTNAME)),
            Column("Pages", ALERTS.firing("page").by(ALERTNAME), bad=one),
            Column("Tickets", ALERTS.firing("ticket").by(ALERTNAME), warn=one),
        ),
        empty="Nothing fires",
    )


@panel("Error budget left by route")
def budget_left_by_route(platform: Platform) -> Bars:
    """How much of each route's error budget of 30 days is left; the emptiest first."""
    slo = platform.availability
    left = ERRORS.share_of(REQUESTS, over=slo.window).left_of(slo.target).by(ROUTE, SERVICE)
    return Bars(left, warn=percent(25), bad=percent(0), falling=True)


@panel("Rate-limited by route")
def rate_limited_by_route(platform: Platform) -> Lines:
    """Which part of each route's requests got a 429."""
    return Lines((Line(RATE_LIMITED.share_of(REQUESTS).by(ROUTE, SERVICE)),))


@panel("Age of the last heartbeat")
def heartbeat_age(platform: Platform) -> Lines:
    """How long ago each service was last heard of; above the dashed red line its numbers here cannot be believed."""
    age = HEARTBEAT.age(within=days(1), expected=SERVICE).by(SERVICE)
    return Lines((Line(age),), ceiling=platform.telemetry_stale_after.quantity(), empty="No service is known")


@panel("Telemetry lost")
def telemetry_lost(platform: Platform) -> Lines:
    """How much of what the Workers counted never reached the counters: while it is not zero, every number here is
    too low."""
    return Lines((Line(DROPPED.rate().by(SERVICE)),), empty="No service is known")


@panel("The worst tenants")
def worst_tenants(platform: Platform) -> Table:
    """The tenants whose requests failed most in the last 5 minutes, and which part of its tokens for a day each has
    used; a click on one opens its dashboard."""
    budget = token_budget(platform)
    return Table(
        TENANT,
        (
            Column(
                "Errors", ERRORS.share_of(REQUESTS, over=NOW).by(TENANT), percent(1), platform.errors.tenant.default
            ),
            Column("p95", LATENCY.quantile(SLOWEST, over=NOW).by(TENANT).picked_by()),
            Column("Requests", REQUESTS.count(over=NOW).by(TENANT)),
            Column("Rate-limited", RATE_LIMITED.share_of(REQUESTS, over=NOW).by(TENANT), percent(5)),
            Column(
                "Budget used",
                TOKENS.count(over=days(1)).by(TENANT).picked_by().used_of(budget),
                platform.cost.warning,
                percent(100),
            ),
        ),
        opens="tenant",
    )


DASHBOARD = Dashboard(
    name="overview",
    title="Overview",
    question=__doc__,
    picks=(Pick(SERVICE, REQUESTS), Pick(ROUTE, REQUESTS)),
    rows=(
        Row(
            "Is something wrong now?",
            (pages, tickets, errors_now, latency_now, budget_left, rate_limited_now, tenants_active),
            widths=(3, 3, 3, 6, 3, 3, 3),
            height=5,
        ),
        Row("Since when, and how much?", (error_share_by_route, latency_by_route, requests_by_route)),
        Row("For whom?", (worst_tenants, firing_now), widths=(16, 8), height=9),
        Row(
            "What is left, and can it be believed?",
            (budget_left_by_route, rate_limited_by_route, heartbeat_age, telemetry_lost),
        ),
    ),
    tags=("errors", "latency"),
)
