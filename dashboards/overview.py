"""Overview: is the platform well, and if not, where and for whom?"""

from contract.ai import TOKENS
from contract.api import ALERTS, DROPPED, ERRORS, HEARTBEAT, LATENCY, RATE_LIMITED, REQUESTS
from contract.labels import ALERTNAME, ROUTE, SERVICE, TENANT
from contract.objectives import latency_ceiling, token_budget
from generator.dsl.dashboard import BarGauge, Column, Dashboard, Row, Series, Stat, Table, TimeSeries, Variable, panel
from generator.dsl.metrics import SeriesCount
from generator.dsl.platform import Platform
from generator.dsl.units import days, minutes, percent, quantity

NOW = minutes(5)
SLOWEST = 0.95


@panel("Pages", id="pages")
def pages(platform: Platform) -> Stat:
    """How many alerts that wake somebody fire now. Zero is said only while alerting itself is known to work."""
    firing = ALERTS.firing("page")
    return Stat(firing, critical=quantity(1, firing.unit), no_value="Alerting is dead")


@panel("Tickets", id="tickets")
def tickets(platform: Platform) -> Stat:
    """How many alerts that can wait for the working day fire now."""
    firing = ALERTS.firing("ticket")
    return Stat(firing, warning=quantity(1, firing.unit), no_value="Alerting is dead")


@panel("Errors now", id="errors_now")
def errors_now(platform: Platform) -> Stat:
    """Which part of the requests of the last 5 minutes failed: a 5xx, an exception, or a stream that broke."""
    return Stat(ERRORS.ratio_to(REQUESTS, NOW), warning=percent(1), critical=platform.errors.route)


@panel("p95, of what is promised", id="latency_now")
def latency_now(platform: Platform) -> Stat:
    """What the slowest 5 % of callers wait, as a part of what each route promises; 100 % is the promise used up."""
    used = LATENCY.quantile(SLOWEST, NOW).by(ROUTE).fraction_of(latency_ceiling(platform))
    return Stat(used, warning=percent(80), critical=percent(100))


@panel("Budget left", id="budget_left")
def budget_left(platform: Platform) -> Stat:
    """How much of the error budget of 30 days is left, over all routes; below zero the promise is broken."""
    objective = platform.errors.objective
    left = ERRORS.ratio_to(REQUESTS, objective.period).error_budget_remaining(objective.kept)
    return Stat(left, warning=percent(25), critical=percent(0), lower_is_worse=True, sparkline=False)


@panel("Rate-limited", id="rate_limited_now")
def rate_limited_now(platform: Platform) -> Stat:
    """Which part of the requests of the last 5 minutes got a 429: they are not errors, but somebody sends too many."""
    return Stat(RATE_LIMITED.ratio_to(REQUESTS, NOW), warning=percent(5))


@panel("Tenants", id="tenants_active")
def tenants_active(platform: Platform) -> Stat:
    """How many tenants sent a request in the last 5 minutes."""
    return Stat(SeriesCount(REQUESTS.increase(NOW).by(TENANT).filtered_by()))


@panel("Requests by route", id="requests_by_route")
def requests_by_route(platform: Platform) -> TimeSeries:
    """Requests per second, by route and service."""
    return TimeSeries((Series(REQUESTS.rate().by(ROUTE, SERVICE)),), stacked=True)


@panel("Errors by route", id="error_share_by_route")
def error_share_by_route(platform: Platform) -> TimeSeries:
    """Which part of each route's requests fails. The dashed red line is where RouteHighErrorRate pages."""
    return TimeSeries((Series(ERRORS.ratio_to(REQUESTS).by(ROUTE, SERVICE)),), threshold=platform.errors.route)


@panel("p95 by route", id="latency_by_route")
def latency_by_route(platform: Platform) -> TimeSeries:
    """What the slowest 5 % of each route's callers wait. The dashed red lines are what each route promises."""
    return TimeSeries((Series(LATENCY.quantile(SLOWEST).by(ROUTE)),), threshold=latency_ceiling(platform))


@panel("Firing now", id="firing_now")
def firing_now(platform: Platform) -> Table:
    """Which alerts fire now, and how many of each page or wait for the working day."""
    one = quantity(1, ALERTS.firing().unit)
    return Table(
        ALERTNAME,
        (
            Column("Firing", ALERTS.firing().by(ALERTNAME)),
            Column("Pages", ALERTS.firing("page").by(ALERTNAME), critical=one),
            Column("Tickets", ALERTS.firing("ticket").by(ALERTNAME), warning=one),
        ),
        no_value="Nothing fires",
    )


@panel("Error budget left by route", id="budget_left_by_route")
def budget_left_by_route(platform: Platform) -> BarGauge:
    """How much of each route's error budget of 30 days is left; the emptiest first."""
    objective = platform.errors.objective
    left = ERRORS.ratio_to(REQUESTS, objective.period).error_budget_remaining(objective.kept).by(ROUTE, SERVICE)
    return BarGauge(left, warning=percent(25), critical=percent(0), lower_is_worse=True)


@panel("Rate-limited by route", id="rate_limited_by_route")
def rate_limited_by_route(platform: Platform) -> TimeSeries:
    """Which part of each route's requests got a 429."""
    return TimeSeries((Series(RATE_LIMITED.ratio_to(REQUESTS).by(ROUTE, SERVICE)),))


@panel("Age of the last heartbeat", id="heartbeat_age")
def heartbeat_age(platform: Platform) -> TimeSeries:
    """How long ago each service was last heard of; above the dashed red line its numbers here cannot be believed."""
    age = HEARTBEAT.age(lookback=days(1), expected=SERVICE).by(SERVICE)
    return TimeSeries((Series(age),), threshold=platform.heartbeat.quantity(), no_value="No service is known")


@panel("Telemetry lost", id="telemetry_lost")
def telemetry_lost(platform: Platform) -> TimeSeries:
    """How much of what the Workers counted never reached the counters: while it is not zero, every number here is
    too low."""
    return TimeSeries((Series(DROPPED.rate().by(SERVICE)),), no_value="No service is known")


@panel("The worst tenants", id="worst_tenants")
def worst_tenants(platform: Platform) -> Table:
    """The tenants whose requests failed most in the last 5 minutes, and which part of its tokens for a day each has
    used; a click on one opens its dashboard."""
    budget = token_budget(platform)
    return Table(
        TENANT,
        (
            Column("Errors", ERRORS.ratio_to(REQUESTS, NOW).by(TENANT), percent(1), platform.errors.tenant.default),
            Column("p95", LATENCY.quantile(SLOWEST, NOW).by(TENANT).filtered_by()),
            Column("Requests", REQUESTS.increase(NOW).by(TENANT)),
            Column("Rate-limited", RATE_LIMITED.ratio_to(REQUESTS, NOW).by(TENANT), percent(5)),
            Column(
                "Budget used",
                TOKENS.increase(days(1)).by(TENANT).filtered_by().fraction_of(budget),
                platform.cost.warning,
                percent(100),
            ),
        ),
        links_to="tenant",
    )


DASHBOARD = Dashboard(
    id="overview",
    title="Overview",
    description=__doc__,
    variables=(Variable(SERVICE, REQUESTS), Variable(ROUTE, REQUESTS)),
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
