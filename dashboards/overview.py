"""Overview: is the platform healthy, and if not, where and for whom?"""

from contract.ai import TOKENS
from contract.alerting import ALERT_SEND_ERRORS, ALERTS_DROPPED
from contract.api import (
    ALERTS,
    ALERTS_FOR_STATE,
    DROPPED,
    ERRORS,
    HEARTBEAT,
    LATENCY,
    RATE_LIMITED,
    REQUESTS,
    ROWS_WRITTEN,
)
from contract.labels import ALERTMANAGER, ALERTNAME, ROUTE, SERVICE, TENANT
from contract.objectives import (
    BUDGET_EXHAUSTED,
    BUDGET_WARNING,
    RATE_LIMITED_WARNING,
    error_threshold,
    latency_slo,
    token_budget,
)
from generator.dsl.alert import PAGE, TICKET
from generator.dsl.conditional import numerator_of, only_where
from generator.dsl.dashboard import (
    AlertSeries,
    BarGauge,
    Column,
    Dashboard,
    Freshness,
    Row,
    Series,
    Stat,
    Table,
    TimeSeries,
    Variable,
    panel,
)
from generator.dsl.metrics import P95, SeriesCount, percentile
from generator.dsl.panel_thresholds import fraction_of_critical, threshold_of
from generator.dsl.platform import Platform
from generator.dsl.query import Query
from generator.dsl.units import days, minutes, percent, quantity

from .platform_costs import (
    cached_share_now,
    cost_against_a_week_ago,
    cost_by_product,
    cost_by_tenant,
    cost_change,
    cost_now,
    cost_over_time,
    cost_pace,
    cost_per_request,
    cost_per_thousand_requests,
    day_against_budget,
    day_forecast,
    month_against_budget,
    month_forecast,
    saved_by_cache_now,
    tenants_whose_cost_grew_most,
)

NOW = minutes(5)
TICKETS_OF_TENANTS = {
    "Errors": "TenantHighErrorRate",
    "Slow": "TenantHighLatency",
    "AI errors": "TenantHighAIErrorRate",
    "Storage errors": "TenantStorageErrors",
}
"""The tickets of one tenant whose requests or calls may be few, by the heading of their number."""


@panel("Pages firing", id="pages")
def pages(platform: Platform) -> Stat:
    """Number of firing alerts with severity page. It shows 0 only while Watchdog fires, so that a dead Prometheus does
    not look healthy."""
    firing = ALERTS.firing("page")
    return Stat(firing, critical=quantity(1, firing.unit))


@panel("Tickets firing", id="tickets")
def tickets(platform: Platform) -> Stat:
    """Number of firing alerts with severity ticket. It shows 0 only while Watchdog fires."""
    firing = ALERTS.firing("ticket")
    return Stat(firing, warning=quantity(1, firing.unit))


@panel("Firing alerts by severity", id="firing_over_time")
def firing_over_time(platform: Platform) -> TimeSeries:
    """Number of firing alerts with severity page and with severity ticket, at each point. It is 0 only where Watchdog
    fired: a gap means that alerting was not known to work."""
    return TimeSeries((Series(ALERTS.firing("page"), "pages"), Series(ALERTS.firing("ticket"), "tickets")))


@panel("Error rate", id="errors_now")
def error_ratio_now(platform: Platform) -> Stat:
    """Requests of the last {window} that failed (a 5xx, an uncaught exception or a broken stream), in percent of all.
    Red from the threshold of RouteHighErrorRate on."""
    return Stat(
        ERRORS.ratio_to(REQUESTS, NOW),
        warning=fraction_of_critical(percent(50)),
        critical=threshold_of("RouteHighErrorRate"),
    )


@panel("{quantile} latency, % of SLO", id="latency_now")
def latency_now(platform: Platform) -> Stat:
    """{quantile} latency of the last {window} in percent of the route's SLO; a route with fewer than {minimum} has
    none. Orange from {warning} on, red from {critical} on."""
    enough = REQUESTS.increase(NOW).by(ROUTE).at_least(platform.min_requests)
    used = only_where(LATENCY.quantile(P95, NOW).by(ROUTE), enough).fraction_of(latency_slo(platform))
    return Stat(
        used,
        warning=fraction_of_critical(percent(80)),
        critical=threshold_of("RouteHighLatency"),
        no_value="Too few requests",
    )


@panel("Error budget", id="budget_left")
def error_budget_left(platform: Platform) -> Stat:
    """Error budget that is left of the SLO's window, over all routes. Orange below {warning}, red below {critical}: the
    SLO is missed."""
    slo = platform.availability
    left = ERRORS.ratio_to(REQUESTS, slo.window).error_budget_remaining(slo.objective)
    return Stat(left, warning=BUDGET_WARNING, critical=BUDGET_EXHAUSTED, lower_is_worse=True)


@panel("429 responses", id="rate_limited_now")
def rate_limited_now(platform: Platform) -> Stat:
    """Requests of the last {window} answered with 429, in percent of all. They are not errors. Orange from {warning}
    on."""
    return Stat(RATE_LIMITED.ratio_to(REQUESTS, NOW), warning=RATE_LIMITED_WARNING)


@panel("Platform telemetry", id="telemetry")
def telemetry(platform: Platform) -> Freshness:
    """Time of the newest heartbeat of any service. Red from the threshold of TelemetryMissing on: the other panels show
    what was before."""
    return Freshness(HEARTBEAT.age(lookback=days(1), expected=SERVICE), critical=threshold_of("TelemetryMissing"))


@panel("Active tenants", id="tenants_active")
def active_tenants(platform: Platform) -> Stat:
    """Number of tenants that sent a request in the last {window}."""
    return Stat(SeriesCount(REQUESTS.increase(NOW).by(TENANT)))


@panel("Active tenants over time", id="tenants_active_over_time")
def active_tenants_over_time(platform: Platform) -> TimeSeries:
    """Number of tenants that sent a request in the {window} before each point. A gap means that none did, or that no
    telemetry arrived."""
    return TimeSeries((Series(SeriesCount(REQUESTS.increase(NOW).by(TENANT)), "tenants"),))


@panel("Requests, {window}", id="requests_now")
def requests_now(platform: Platform) -> Stat:
    """Number of requests in the last {window}, or why there is none."""
    return Stat(REQUESTS.increase(NOW))


@panel("Requests by route", id="requests_by_route")
def requests_by_route(platform: Platform) -> TimeSeries:
    """Requests per second, by route and service."""
    return TimeSeries((Series(REQUESTS.rate().by(ROUTE, SERVICE)),), stacked=True)


@panel("Error rate by route", id="error_share_by_route")
def error_ratio_by_route(platform: Platform) -> AlertSeries:
    """Failed requests of each route in percent of all, of the {window} before each point, where there were at least
    {minimum}. The dashed red line is the threshold of RouteHighErrorRate."""
    return AlertSeries("RouteHighErrorRate")


@panel("Latency by route, {quantile}", id="latency_by_route")
def latency_by_route(platform: Platform) -> AlertSeries:
    """{quantile} latency of each route in the {window} before each point, where there were at least {minimum}. The
    dashed red lines are the routes' SLOs, which are the thresholds of RouteHighLatency."""
    return AlertSeries("RouteHighLatency")


@panel("Firing alerts", id="firing_now")
def firing_alerts(platform: Platform) -> Table:
    """Alerts that fire now, with the number of pages and tickets of each. The table is empty while none fires and
    while alerting is dead: the stat Pages firing tells the two apart."""
    first = quantity(1, ALERTS.firing().unit)
    return Table(
        ALERTNAME,
        (
            Column("Firing", ALERTS.firing().by(ALERTNAME)),
            Column("Pages", ALERTS.firing("page").by(ALERTNAME), critical=first),
            Column("Tickets", ALERTS.firing("ticket").by(ALERTNAME), warning=first),
        ),
        no_value="No rows: Pages firing says whether alerting works",
    )


@panel("Error budget left by route", id="budget_left_by_route")
def error_budget_left_by_route(platform: Platform) -> BarGauge:
    """Error budget that is left of the SLO's window, the least first. Orange below {warning}, red below {critical}. A
    route with fewer than {minimum} in the window is not ranked."""
    left = _budget_left_by_route(platform)
    return BarGauge(left, warning=BUDGET_WARNING, critical=BUDGET_EXHAUSTED, lower_is_worse=True)


@panel("Error budget left over time", id="budget_left_over_time")
def error_budget_left_over_time(platform: Platform) -> TimeSeries:
    """Error budget that was left of the SLO's window at each point, by route, where there were at least {minimum} in
    the window. Below 0 the SLO is missed."""
    return TimeSeries((Series(_budget_left_by_route(platform)),))


def _budget_left_by_route(platform: Platform) -> Query:
    """The error budget that is left of each route with enough requests in the SLO's window."""
    slo = platform.availability
    left = ERRORS.ratio_to(REQUESTS, slo.window).error_budget_remaining(slo.objective).by(ROUTE, SERVICE)
    return only_where(left, REQUESTS.increase(slo.window).by(ROUTE, SERVICE).at_least(platform.min_requests))


@panel("429 responses by route", id="rate_limited_by_route")
def rate_limited_by_route(platform: Platform) -> TimeSeries:
    """Requests of each route answered with 429, in percent of all."""
    return TimeSeries((Series(RATE_LIMITED.ratio_to(REQUESTS).by(ROUTE, SERVICE)),))


@panel("Time since last heartbeat", id="heartbeat_age")
def heartbeat_age(platform: Platform) -> AlertSeries:
    """Time since each service last pushed telemetry. Above the dashed red line (threshold of TelemetryMissing) the
    service's panels are out of date."""
    return AlertSeries("TelemetryMissing", no_value="No services")


@panel("Increments lost, {window}", id="telemetry_lost_now")
def telemetry_lost_now(platform: Platform) -> Stat:
    """Increments and observations of the last {window} that never reached the counters."""
    return Stat(DROPPED.increase(NOW), critical=threshold_of("TelemetryDropped"), no_value="No services")


@panel("Telemetry lost, {window}", id="telemetry_lost")
def telemetry_lost(platform: Platform) -> AlertSeries:
    """Increments and observations of the {window} before each point that never reached the counters, by reason. While
    it is above 0, all other panels show too little, and TelemetryDropped opens a ticket."""
    return AlertSeries("TelemetryDropped", no_value="No services")


@panel("Requests without latency", id="requests_without_latency")
def requests_without_latency(platform: Platform) -> AlertSeries:
    """Requests of the {window} before each point on routes without any observed latency. RouteLatencyMissing opens a
    ticket."""
    return AlertSeries("RouteLatencyMissing", no_value="All requests have a latency")


@panel("Rule evaluations failed", id="rules_failing")
def rules_failing(platform: Platform) -> AlertSeries:
    """Evaluations of this platform's rules that failed in the {window} before each point, by group of rules. A rule
    that fails has no result. RuleEvaluationFailing opens a ticket."""
    return AlertSeries("RuleEvaluationFailing", no_value="No rule fails")


@panel("Rule evaluations missed", id="evaluations_missed")
def evaluations_missed(platform: Platform) -> AlertSeries:
    """Evaluations of groups of rules that were missed in the {window} before each point, because the evaluation before
    took too long. RuleEvaluationMissed opens a ticket."""
    return AlertSeries("RuleEvaluationMissed", no_value="No evaluation is missed")


@panel("Alerts not delivered", id="alerts_not_delivered")
def alerts_not_delivered(platform: Platform) -> TimeSeries:
    """Alerts that an Alertmanager did not accept from Prometheus, and alerts that Prometheus dropped, in the {window}
    before each point. AlertsNotDelivered opens a ticket for any."""
    failed, dropped = (counter.increase(NOW).by(ALERTMANAGER) for counter in (ALERT_SEND_ERRORS, ALERTS_DROPPED))
    return TimeSeries((Series(failed, "errors"), Series(dropped, "dropped")), no_value="All alerts are delivered")


@panel("Notifications failed", id="notifications_failing")
def notifications_failing(platform: Platform) -> AlertSeries:
    """Notifications that receivers did not accept in the {window} before each point, by integration.
    NotificationsFailing opens a ticket."""
    return AlertSeries("NotificationsFailing", no_value="No notification fails")


@panel("Counted without tenant, {window}", id="counted_as_other")
def counted_as_other(platform: Platform) -> AlertSeries:
    """Increments and observations of the {window} before each point that were counted for the tenant `other`, because
    an isolate or a shard had no room for another series. While it is above 0, dashboards and budgets of single tenants
    show too little, and TenantsCountedAsOther opens a ticket."""
    return AlertSeries("TenantsCountedAsOther", no_value="No services")


@panel("Failed exports, {window}", id="export_failures")
def export_failures(platform: Platform) -> AlertSeries:
    """Requests of the {window} before each point that a collector did not accept, by its number. What they had is sent
    again. Where the shards export to one collector alone, it is seen once that one accepts again.
    TelemetryExportFailing opens a ticket."""
    return AlertSeries("TelemetryExportFailing", no_value="No shards")


@panel("Rows written by shards", id="rows_written")
def rows_written(platform: Platform) -> TimeSeries:
    """Rows per second that the counters' own storage writes. Cloudflare bills them; a row a second is 86,400 a day."""
    return TimeSeries((Series(ROWS_WRITTEN.rate().by(SERVICE)),), no_value="No services")


@panel("Tenants by failing requests", id="worst_tenants")
def tenants_by_failing_requests(platform: Platform) -> Table:
    """The tenants with the most failed requests of the last {shortest_window}, and how much of their token budget they
    used in the last {longest_window}. Click a tenant to open its dashboard. The colours compare with each tenant's own
    thresholds. A tenant with fewer than {minimum} has no ratios and no quantile: so few requests say nothing."""
    budget = token_budget(platform)
    error_ratio, requests = ERRORS.ratio_to(REQUESTS, NOW).by(TENANT), REQUESTS.increase(NOW).by(TENANT)
    enough = requests.at_least(platform.min_requests)
    enough_in_all = requests.filtered_by().at_least(platform.min_requests)
    p95 = LATENCY.quantile(P95, NOW).by(TENANT).filtered_by()
    return Table(
        TENANT,
        (
            Column("Failed", numerator_of(error_ratio)),
            Column("Requests", requests),
            Column("Errors", only_where(error_ratio, enough)),
            Column(
                "Of threshold",
                only_where(error_ratio, enough).fraction_of(error_threshold(platform)),
                fraction_of_critical(percent(20)),
                threshold_of("TenantHighErrorRate"),
            ),
            Column(f"{percentile(P95)}, all routes", only_where(p95, enough_in_all)),
            Column(
                "429",
                only_where(RATE_LIMITED.ratio_to(REQUESTS, NOW).by(TENANT), enough),
                RATE_LIMITED_WARNING,
            ),
            Column(
                "Budget, all routes",
                TOKENS.increase(days(1)).by(TENANT).filtered_by().fraction_of(budget),
                threshold_of("HighAICosts", TICKET),
                threshold_of("HighAICosts", PAGE),
            ),
        ),
        links_to="tenant",
    )


@panel("Failing tenants and since when", id="failing_tenants")
def failing_tenants(platform: Platform) -> Table:
    """Tenants whose requests or calls fail, or are slow, too often to be chance, however few they are: the tickets of
    each, since when the oldest of them is true, and how many are about what. Click a tenant to open its dashboard. The
    tickets are TenantHighErrorRate, TenantHighLatency, TenantHighAIErrorRate and TenantStorageErrors."""
    alerts = tuple(TICKETS_OF_TENANTS.values())
    all_kinds = ALERTS.firing(alerts=alerts).by(TENANT)
    return Table(
        TENANT,
        (
            Column("Tickets", all_kinds, warning=quantity(1, all_kinds.unit)),
            Column("Since", ALERTS_FOR_STATE.starts(*alerts).by(TENANT)),
            *(Column(title, ALERTS.firing(alerts=(alert,)).by(TENANT)) for title, alert in TICKETS_OF_TENANTS.items()),
        ),
        links_to="tenant",
        max_rows=50,
        no_value="No rows: Tickets firing says whether alerting works",
    )


@panel("Error rate, {window}", id="outage_now")
def outage_now(platform: Platform) -> Stat:
    """Requests of the last {window} that failed, in percent of all, or why there is no value. Red from the threshold of
    RouteDown on."""
    return Stat(ERRORS.ratio_to(REQUESTS, minutes(2)), critical=threshold_of("RouteDown"))


@panel("Requests in {window} by route", id="requests_that_stop")
def requests_that_stop(platform: Platform) -> AlertSeries:
    """Requests of each route in the {window} before each point. RequestsStopped pages where there were some at this
    time a week ago, many until now, and none for a while."""
    return AlertSeries("RequestsStopped")


@panel("Error rate, last {window}", id="outages")
def outages(platform: Platform) -> AlertSeries:
    """Failed requests of each route in percent of all, of the {window} before each point, where there were at least
    {minimum}. The dashed red line is the threshold of RouteDown."""
    return AlertSeries("RouteDown")


@panel("Error rate, last {shortest_window} and {longest_window}", id="fast_burn")
def fast_burn(platform: Platform) -> AlertSeries:
    """Failed requests of each route in percent of all, of the {shortest_window} and of the {longest_window} before each
    point, where there were at least {minimum}. Each dashed red line is the threshold of the page ErrorBudgetBurn for
    the window of its name: the error rate that burns the error budget too fast. The page also needs the errors to go
    on."""
    return AlertSeries("ErrorBudgetBurn", PAGE)


@panel("Error rate, last {window}", id="slow_burn")
def slow_burn(platform: Platform) -> AlertSeries:
    """Failed requests of each route in percent of all, of the {window} before each point, where there were at least
    {minimum}. The dashed red line is the threshold of the ticket ErrorBudgetBurn, which also needs the errors to go
    on."""
    return AlertSeries("ErrorBudgetBurn", TICKET)


DASHBOARD = Dashboard(
    id="overview",
    title="Overview",
    description=__doc__,
    variables=(Variable(SERVICE, REQUESTS), Variable(ROUTE, REQUESTS)),
    rows=(
        Row(
            "Telemetry and alerts of the whole platform",
            (telemetry, pages, tickets, firing_alerts, firing_over_time),
            height=4,
            id="Is something wrong now?",
        ),
        Row(
            "Now",
            (error_ratio_now, latency_now, error_budget_left, rate_limited_now),
            height=4,
            id="now",
        ),
        Row(
            "Trend by route",
            (requests_now, error_ratio_by_route, latency_by_route, requests_by_route),
            id="Since when, and how much?",
        ),
        Row(
            "Affected tenants",
            (active_tenants, active_tenants_over_time, tenants_by_failing_requests),
            height=9,
            id="For whom?",
        ),
        Row(
            "Tickets of tenants, all services and routes",
            (failing_tenants,),
            height=8,
            id="Who fails, however small?",
        ),
        Row(
            "Error budget and rate limits",
            (error_budget_left_by_route, error_budget_left_over_time, rate_limited_by_route),
            id="What is left, and can it be believed?",
        ),
        Row(
            "Cost of all services and routes",
            (
                cost_now,
                cost_change,
                cost_per_request,
                saved_by_cache_now,
                cached_share_now,
                cost_by_product,
                cost_by_tenant,
                cost_over_time,
                cost_pace,
                day_against_budget,
                day_forecast,
                month_against_budget,
                month_forecast,
                cost_per_thousand_requests,
            ),
            id="What does it cost?",
        ),
        Row(
            "Cost against a week ago, all services and routes",
            (cost_against_a_week_ago, tenants_whose_cost_grew_most),
            id="What costs more than a week ago?",
        ),
        Row(
            "Telemetry of all routes, rules and notifications",
            (
                telemetry_lost_now,
                heartbeat_age,
                telemetry_lost,
                requests_without_latency,
                counted_as_other,
                rows_written,
                export_failures,
                rules_failing,
                evaluations_missed,
                alerts_not_delivered,
                notifications_failing,
            ),
            id="telemetry",
        ),
        Row(
            "Outages and burn of the error budget",
            (outage_now, outages, slow_burn, requests_that_stop, fast_burn),
            id="What do pages compare?",
        ),
    ),
    tags=("errors", "latency"),
)
