"""Requests fail: a whole route, one tenant, or the error budget faster than it was meant to last."""

from contract.ai import AI_ERRORS, AI_REQUESTS
from contract.api import ERRORS, REQUESTS
from contract.labels import MODEL, ROUTE, SERVICE, TENANT
from contract.objectives import enough_to_judge, error_ceiling
from generator.dsl.alert import PAGE, TICKET, alert
from generator.dsl.platform import Platform
from generator.dsl.query import Condition, Rule
from generator.dsl.slo import Burn
from generator.dsl.units import days, hours, minutes, percent


@alert("RouteDown", PAGE, panel="overview/error_share_by_route")
def route_down(platform: Platform) -> Rule:
    """{route} ({service}) is down: {value} of its requests fail.

    {value} of the requests of the last {window} to {route} ({service}) failed, over all tenants; more than {limit}
    is an outage.

    Impact: Most callers of this route get an error, whichever tenant they belong to.

    First steps:
    1. Look whether a deploy of the service went out in the last minutes; if so, roll it back first and ask later.
    2. Open the AI and Storage dashboards: a dependency that fails for everyone shows there at once.
    3. Follow one failed request by its request_id through the logs; the error's message names the call that threw.
    """
    window = minutes(2)
    too_many_errors = ERRORS.ratio_to(REQUESTS, window).by(ROUTE, SERVICE).above(platform.errors.down)
    enough_traffic = enough_to_judge(platform, ERRORS, REQUESTS, window, ROUTE, SERVICE)
    return (too_many_errors & enough_traffic).for_(minutes(1)).keep_firing_for(minutes(10))


@alert("TenantHighErrorRate", TICKET, panel="tenant/error_share")
def tenant_high_error_rate(platform: Platform) -> Rule:
    """{tenant_id} fails on {route} ({service}): {value} of its requests.

    {value} of the requests of {tenant_id} in the last {window} to {route} ({service}) failed; this tenant's ceiling is
    {limit}.

    Impact: One tenant is served badly; the others need not notice.

    First steps:
    1. Open the Tenant dashboard: is it one route, or all of them?
    2. Look for what only this tenant has: its size, its documents, its models, its own keys in KV.
    3. Follow one failed request of this tenant by its request_id through the logs.
    """
    window = minutes(5)
    too_many_errors = ERRORS.ratio_to(REQUESTS, window).by(TENANT, ROUTE, SERVICE).above(error_ceiling(platform))
    enough_traffic = enough_to_judge(platform, ERRORS, REQUESTS, window, TENANT, ROUTE, SERVICE)
    return (too_many_errors & enough_traffic).for_(minutes(6)).keep_firing_for(minutes(5))


@alert("RouteHighErrorRate", PAGE, panel="overview/error_share_by_route")
def route_high_error_rate(platform: Platform) -> Rule:
    """{route} ({service}) fails: {value} of its requests.

    {value} of the requests of the last {window} to {route} ({service}) failed, over all tenants; the ceiling is
    {limit}.

    Impact: Callers of several tenants, or many of one large tenant, get errors on this route.

    First steps:
    1. Open the Overview: the table of the worst tenants tells whether one tenant makes it, or all do.
    2. Look whether a deploy went out shortly before the rise.
    3. Open the AI and Storage dashboards for a model or a store that fails at the same time.
    """
    window = minutes(5)
    too_many_errors = ERRORS.ratio_to(REQUESTS, window).by(ROUTE, SERVICE).above(platform.errors.route)
    enough_traffic = enough_to_judge(platform, ERRORS, REQUESTS, window, ROUTE, SERVICE)
    return (too_many_errors & enough_traffic).for_(minutes(6)).keep_firing_for(minutes(5))


def burn_rate_above(platform: Platform, burn: Burn) -> Condition:
    above_threshold = burn.of(ERRORS, REQUESTS, platform.errors.objective, ROUTE, SERVICE)
    return above_threshold & enough_to_judge(platform, ERRORS, REQUESTS, burn.within, ROUTE, SERVICE)


@alert("ErrorBudgetBurn", PAGE, panel="overview/budget_left_by_route")
def error_budget_burn_page(platform: Platform) -> Condition:
    """{route} ({service}) burns its error budget: {value} of its requests fail.

    {value} of the requests to {route} ({service}) failed over hours, not minutes, and they still do: at this pace the
    month's error budget is gone in days.

    Impact: The promise for the month breaks within days if nothing is done.

    First steps:
    1. Open the Overview and look when the errors began; find what changed then.
    2. If a deploy began it, roll it back: there is no budget for watching.
    3. If a dependency began it, see on the AI and Storage dashboards whether it is ours to mend.
    """
    return burn_rate_above(platform, Burn(percent(2), within=hours(1), still=minutes(5))) | burn_rate_above(
        platform, Burn(percent(5), within=hours(6), still=minutes(30), now=minutes(5))
    )


@alert("ErrorBudgetBurn", TICKET, panel="overview/budget_left_by_route")
def error_budget_burn_ticket(platform: Platform) -> Condition:
    """{route} ({service}) leaks its error budget: {value} of its requests fail.

    {value} of the requests of the last {window} to {route} ({service}) failed, and they still do: at this pace the
    month's error budget is gone before the month is.

    Impact: Nobody is cut off, but the promise for the month will not be kept.

    First steps:
    1. Open the Overview over a week and look when the leak began.
    2. Group the failed requests of a day in the logs by error message; mend the largest group.
    3. If the failures are the caller's fault, count them as such: an error is a 5xx, not a 4xx.
    """
    return burn_rate_above(platform, Burn(percent(10), within=days(3), still=hours(6)))


@alert("HighAIErrorRate", PAGE, panel="ai/error_share_by_model")
def high_ai_error_rate(platform: Platform) -> Rule:
    """{model} fails: {value} of its calls.

    {value} of the calls of the last {window} to {model} failed, over all tenants; the ceiling is {limit}.

    Impact: Answers that need this model fail, or fall back to another one where the application has one.

    First steps:
    1. Find the code in the logs: 3040 is out of capacity (retry, or another model); 3036 is the day's allocation used
       up (retrying is of no use until 00:00 UTC); 3007 and 3008 are time-outs.
    2. Look at the AI dashboard whether the other models are well; if so, route around this one.
    3. Look at Cloudflare's status page for Workers AI.
    """
    window = minutes(5)
    too_many_errors = AI_ERRORS.ratio_to(AI_REQUESTS, window).by(MODEL).above(platform.errors.ai)
    enough_traffic = enough_to_judge(platform, AI_ERRORS, AI_REQUESTS, window, MODEL)
    return (too_many_errors & enough_traffic).for_(minutes(10)).keep_firing_for(minutes(5))
