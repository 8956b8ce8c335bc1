"""Requests and calls to models fail: of a whole route, of one tenant, of one model, or so many that the error budget
runs out early; or none come any more."""

from collections.abc import Mapping

from contract.ai import AI_ERRORS, AI_REQUESTS
from contract.api import ERRORS, REQUESTS
from contract.labels import MODEL, ROUTE, SERVICE, TENANT
from contract.objectives import (
    FAST_BURN,
    MEDIUM_BURN,
    OF_LARGE_TENANT,
    RARE,
    REGULAR,
    SLOW_BURN,
    ai_error_threshold,
    enough_traffic,
    error_threshold,
    outage_threshold,
    route_error_threshold,
)
from generator.dsl.alert import PAGE, TICKET, PlaceholderValue, ValuesFunction, alert
from generator.dsl.chance import too_many_to_be_chance
from generator.dsl.inhibitor import inhibitor
from generator.dsl.platform import Platform
from generator.dsl.query import Condition, Rule
from generator.dsl.slo import BurnRateWindows
from generator.dsl.stops import StopsComing
from generator.dsl.units import BURN_RATE, Quantity, minutes


@alert("RouteDown", PAGE, panel="overview/outages")
def route_down(platform: Platform) -> Rule:
    """{route} ({service}) is down: {value} of requests fail.

    {value} of requests to {route} ({service}) fail, over all tenants (threshold {threshold}, last {window}).

    Impact: Most callers of this route get an error, whatever their tenant.

    First steps:
    1. Was the service deployed in the last minutes? Roll it back first, and find the cause afterwards.
    2. Open the AI and Storage dashboards: a dependency that fails for all tenants shows there at once.
    3. Follow one failed request through the logs by its request_id; the error's message names the call that threw.
    """
    window = minutes(2)
    too_many_errors = ERRORS.ratio_to(REQUESTS, window).by(ROUTE, SERVICE).above(outage_threshold(platform))
    significant = enough_traffic(platform, ERRORS, REQUESTS, window, ROUTE, SERVICE)
    return (too_many_errors & significant).for_(minutes(1)).keep_firing_for(minutes(10))


@alert("TenantHighErrorRate", TICKET, panel="tenant/error_share")
def tenant_high_error_rate(platform: Platform) -> Rule:
    """{tenant_id}: {value} of requests to {route} fail.

    {tenant_id}: {value} of requests to {route} ({service}) fail (threshold {threshold}, last {window}).

    Impact: One tenant gets errors; the others may not notice.

    First steps:
    1. Open the Tenant dashboard: does one route fail, or all of them?
    2. Look for what only this tenant has: its size, its documents, its models, its own keys.
    3. Follow one failed request of this tenant through the logs by its request_id.
    """
    return too_many_to_be_chance(ERRORS, REQUESTS, TENANT, ROUTE, SERVICE, allowed=error_threshold(platform))


@alert("RouteHighErrorRate", PAGE, panel="overview/error_share_by_route")
def route_high_error_rate(platform: Platform) -> Rule:
    """{route} ({service}): {value} of requests fail.

    {value} of requests to {route} ({service}) fail, over all tenants (threshold {threshold}, last {window}).

    Impact: Callers of several tenants, or many of one large tenant, get errors on this route.

    First steps:
    1. Open the Overview: its table of tenants shows whether one tenant causes the errors, or all do.
    2. Was the service deployed shortly before the errors began? Roll it back.
    3. Open the AI and Storage dashboards: does a model or a store fail at the same time?
    """
    window = minutes(5)
    too_many_errors = ERRORS.ratio_to(REQUESTS, window).by(ROUTE, SERVICE).above(route_error_threshold(platform))
    significant = enough_traffic(platform, ERRORS, REQUESTS, window, ROUTE, SERVICE)
    return (too_many_errors & significant).for_(minutes(6)).keep_firing_for(minutes(5))


def burn_rate_above(platform: Platform, burn: BurnRateWindows) -> Condition:
    """The error budget of a route burns faster than a threshold, with enough requests and errors to be significant."""
    above_threshold = burn.condition(ERRORS, REQUESTS, platform.availability, ROUTE, SERVICE)
    return above_threshold & enough_traffic(platform, ERRORS, REQUESTS, burn.long_window, ROUTE, SERVICE)


def error_budget_values(first: BurnRateWindows, **others: BurnRateWindows) -> ValuesFunction:
    """What a burn-rate alert states: the burn rate, threshold and window of each of its conditions, the error budget
    left, and when it is exhausted at the burn rate of the first condition."""

    def values(platform: Platform) -> Mapping[str, PlaceholderValue]:
        slo = platform.availability
        budget_left = ERRORS.ratio_to(REQUESTS, slo.window).error_budget_remaining(slo.objective)
        burn_rate = ERRORS.ratio_to(REQUESTS, first.long_window).burn_rate(slo.objective)
        result: dict[str, PlaceholderValue] = {
            "slo_window": slo.window,
            "budget_left": budget_left.by(ROUTE, SERVICE),
            "when_exhausted": budget_left.exhausted_in(slo.window, burn_rate).by(ROUTE, SERVICE),
        }
        for prefix, burn in {"": first, **{f"{name}_": burn for name, burn in others.items()}}.items():
            burn_rate = ERRORS.ratio_to(REQUESTS, burn.long_window).burn_rate(slo.objective)
            result[f"{prefix}burn_rate"] = burn_rate.by(ROUTE, SERVICE)
            result[f"{prefix}burn_rate_threshold"] = Quantity(
                slo.burn_rate(burn.budget_fraction, burn.long_window), BURN_RATE
            )
            result[f"{prefix}burn_rate_window"] = burn.long_window
        return result

    return values


@alert(
    "ErrorBudgetBurn",
    PAGE,
    panel="overview/fast_burn",
    values=error_budget_values(FAST_BURN, medium=MEDIUM_BURN),
)
def error_budget_burn_page(platform: Platform) -> Condition:
    """{route} ({service}) burns its error budget: {value} of requests fail.

    {value} of requests to {route} ({service}) fail. Thresholds: burn rates of {burn_rate_threshold} over
    {burn_rate_window} and {medium_burn_rate_threshold} over {medium_burn_rate_window}. Now they are {burn_rate} and
    {medium_burn_rate}. Error budget of {slo_window}: {budget_left} left; at the burn rate over {burn_rate_window} it is
    exhausted {when_exhausted}.

    Impact: The SLO is missed within days if nothing changes.

    First steps:
    1. Open the Overview: when did the errors begin, and what changed then?
    2. If a deploy began them, roll it back now: the error budget does not allow to wait and see.
    3. If a dependency began them, the AI and Storage dashboards show whether we call it wrongly or it is down.
    """
    return burn_rate_above(platform, FAST_BURN) | burn_rate_above(platform, MEDIUM_BURN)


@alert("ErrorBudgetBurn", TICKET, panel="overview/slow_burn", values=error_budget_values(SLOW_BURN))
def error_budget_burn_ticket(platform: Platform) -> Condition:
    """{route} ({service}) burns its error budget slowly: {value} of requests fail.

    {value} of requests to {route} ({service}) fail. Threshold: a burn rate of {burn_rate_threshold} over
    {burn_rate_window}. Now it is {burn_rate}. Error budget of {slo_window}: {budget_left} left; at the burn rate of the
    last {window} it is exhausted {when_exhausted}.

    Impact: Few callers notice, but the SLO will be missed.

    First steps:
    1. Open the Overview over a week: when did the errors begin?
    2. Group the failed requests of the last {window} in the logs by error message, and fix the largest group.
    3. If callers cause the failures, answer them with a 4xx: only a 5xx counts as an error.
    """
    return burn_rate_above(platform, SLOW_BURN)


@alert("HighAIErrorRate", PAGE, panel="ai/error_share_by_model")
def high_ai_error_rate(platform: Platform) -> Rule:
    """{model}: {value} of calls fail.

    {value} of calls to {model} fail, over all tenants (threshold {threshold}, last {window}).

    Impact: Answers that need this model fail, or fall back to another model where the application has one.

    First steps:
    1. Find the error code in the logs: 3040 is out of capacity (retry, or use another model); 3036 is the daily
       allocation used up (do not retry before 00:00 UTC); 3007 and 3008 are time-outs.
    2. Open the AI dashboard: if the other models work, route around this one.
    3. Check Cloudflare's status page for Workers AI.
    """
    window = minutes(5)
    too_many_errors = AI_ERRORS.ratio_to(AI_REQUESTS, window).by(MODEL).above(ai_error_threshold(platform))
    significant = enough_traffic(platform, AI_ERRORS, AI_REQUESTS, window, MODEL)
    return (too_many_errors & significant).for_(minutes(10)).keep_firing_for(minutes(5))


@alert("TenantHighAIErrorRate", TICKET, panel="tenant/ai_error_share")
def tenant_high_ai_error_rate(platform: Platform) -> Rule:
    """{tenant_id}: {value} of calls to {model} fail.

    {tenant_id}: {value} of calls to {model} fail (threshold {threshold}, last {window}).

    Impact: One tenant gets no answers of this model, or those of another one; the others may not notice.

    First steps:
    1. Open the Tenant dashboard: do its requests fail, too, or does the application fall back to another model?
    2. Follow one failed call of this tenant through the logs by its request_id: its error has the model's code.
    3. Look for what only this tenant has: the length of its prompts (3006 is too large), its own gateway, its own keys.
    """
    return too_many_to_be_chance(AI_ERRORS, AI_REQUESTS, TENANT, MODEL, allowed=ai_error_threshold(platform))


route_down_inhibitor = inhibitor(
    "RouteDownInhibitor",
    ROUTE,
    SERVICE,
    follows=(route_down,),
    outlasts=(tenant_high_error_rate,),
)
route_errors_inhibitor = inhibitor(
    "RouteErrorsInhibitor",
    ROUTE,
    SERVICE,
    follows=(route_high_error_rate, error_budget_burn_page),
    outlasts=(tenant_high_error_rate,),
)
model_errors_inhibitor = inhibitor(
    "ModelErrorsInhibitor", MODEL, follows=(high_ai_error_rate,), outlasts=(tenant_high_ai_error_rate,)
)

STOPS_ARE_SEEN_BY_STEPS = "it compares its steps with those of a week ago"


@alert("RequestsStopped", PAGE, panel="overview/requests_that_stop", fixed_window=STOPS_ARE_SEEN_BY_STEPS)
def requests_stopped(platform: Platform) -> Rule:
    """{route} ({service}) gets no requests any more: it had {value} in {window}.

    {route} ({service}) had {value} in {window} on average, and gets none now, although it did at this time a week ago,
    or yesterday if it is younger. Its Workers report: they are not reached.

    Impact: Callers get no answer, or an error that none of our Workers sees.

    First steps:
    1. Send the route a request yourself, by the name that callers use: does DNS find it, and is the certificate valid?
    2. Was a route, a custom domain or a firewall rule changed at Cloudflare?
    3. Did what calls us stop: a front end, a gateway, a customer's job? Its owners know.
    4. A batch that was longer a week ago ends like this, too: the alert ends by itself then. Where a route has such
       batches again and again, name it in `except_routes` of this alert in platform.yaml.
    """
    requests = REQUESTS.increase(minutes(5)).by(ROUTE, SERVICE)
    return StopsComing(requests, REGULAR, RARE).for_(minutes(2)).keep_firing_for(minutes(5))


@alert("TenantRequestsStopped", TICKET, panel="tenant/requests_that_stop", fixed_window=STOPS_ARE_SEEN_BY_STEPS)
def tenant_requests_stopped(platform: Platform) -> Rule:
    """{tenant_id} sends no requests any more: it had {value} in {window}.

    {tenant_id} had {value} in {window} on average, and sends none now, although it did at this time a week ago, or
    yesterday if it is younger.

    Impact: A large tenant may not reach us, or has left.

    First steps:
    1. Open the Overview: do requests of other tenants stop, too? Then RequestsStopped pages, or will.
    2. Were the tenant's keys, its address or its limits changed?
    3. Ask the tenant whether it means to send none.
    """
    requests = REQUESTS.increase(minutes(5)).by(TENANT)
    return StopsComing(requests, OF_LARGE_TENANT).for_(minutes(2)).keep_firing_for(minutes(5))
