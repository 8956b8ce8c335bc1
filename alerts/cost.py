"""Tokens cost money: a tenant nears its budget, will exceed it, or the whole platform spends too much."""

from contract.ai import TOKENS
from contract.labels import DIRECTION, MODEL, TENANT
from contract.objectives import token_budget
from generator.dsl.alert import PAGE, TICKET, alert
from generator.dsl.platform import Platform
from generator.dsl.query import Condition, Rule, WithoutPrice
from generator.dsl.units import days, hours, minutes, percent


@alert("HighAICosts", TICKET, panel="tenant/tokens_against_budget")
def high_ai_costs_ticket(platform: Platform) -> Condition:
    """{tenant_id} has used {value} of its daily token budget.

    In the last {window} {tenant_id} used {value} of its budget of tokens, in and out; more than {limit} is worth a
    look before it is gone.

    Impact: None yet; the tenant's budget, and ours, may not last the day.

    First steps:
    1. Open the Tenant dashboard: has it more requests, or more tokens in each?
    2. If a loop makes them (one route, a steady rate, no rhythm of day and night), ask the tenant.
    3. If the tenant has grown, raise its budget in platform.yaml.
    """
    return TOKENS.increase(days(1)).by(TENANT).fraction_of(token_budget(platform)).above(platform.cost.warning)


@alert("HighAICosts", PAGE, panel="tenant/tokens_against_budget")
def high_ai_costs_page(platform: Platform) -> Condition:
    """{tenant_id} is over its daily token budget: {value} of it is used.

    In the last {window} {tenant_id} used {value} of its budget of tokens, in and out, and goes on; {limit} is all that
    it was granted.

    Impact: We pay for more than this tenant was granted, and for more with every request.

    First steps:
    1. Open the Tenant dashboard and see which route and which model take the tokens.
    2. If it is a loop or an abuse, lower the tenant's rate limit now.
    3. If it is wanted, raise the budget in platform.yaml and tell whoever sells it.
    """
    return TOKENS.increase(days(1)).by(TENANT).fraction_of(token_budget(platform)).above(percent(100))


@alert("AICostForecast", TICKET, panel="ai/forecast_against_budget")
def ai_cost_forecast(platform: Platform) -> Rule:
    """{tenant_id} will be over its budget: {value} expected in a day.

    If {tenant_id} goes on at its newest pace, its {window} ends at {value}; its budget for it is {limit}.

    Impact: None yet; in some hours the budget is exceeded and somebody is woken.

    First steps:
    1. Look at the last hour on the Tenant dashboard: a peak that ends by itself, or a new level?
    2. If it is a new level, talk to the tenant, or raise its budget, before the page comes.
    """
    forecast = TOKENS.increase(hours(18)).forecast(days(1), recent=hours(1)).by(TENANT)
    return forecast.above(token_budget(platform)).for_(minutes(5))


@alert("HighAISpend", TICKET, panel="ai/dollars_of_the_day")
def high_ai_spend(platform: Platform) -> Condition:
    """Workers AI costs {value} a day.

    The tokens of the last {window} cost {value} at the prices in platform.yaml, over all tenants and models; the
    ceiling is {limit}.

    Impact: The month's bill grows beyond what was planned.

    First steps:
    1. Open the AI dashboard: dollars by model, then by tenant, name the cause.
    2. If a dear model took over the work of a cheap one, look for the deploy that changed it.
    3. If the traffic is wanted, raise the ceiling in platform.yaml.
    """
    return TOKENS.increase(days(1)).priced().above(platform.cost.dollars)


@alert("AIModelWithoutPrice", TICKET, panel="ai/tokens_by_model")
def ai_model_without_price(platform: Platform) -> Condition:
    """{model} has no price for its {direction} tokens.

    {model} used {value} ({direction}) in the last {window}, and platform.yaml has no price for them: what it costs is
    missing from every number in dollars.

    Impact: Spending is under-reported, and HighAISpend comes too late.

    First steps:
    1. Look the price up on Cloudflare's page of Workers AI prices.
    2. Add the model to `models` in platform.yaml, with dollars per million tokens, and build again.
    """
    return WithoutPrice(TOKENS.increase(hours(1)).by(MODEL, DIRECTION))
