"""What is used costs money: a tenant nears or exceeds its token budget, the whole platform spends too much, or the cost
of a product runs away."""

from contract.ai import TOKENS
from contract.billing import COST
from contract.labels import DIRECTION, MODEL, PRODUCT, TENANT
from contract.objectives import dollar_budget, token_budget
from generator.dsl.alert import PAGE, TICKET, alert
from generator.dsl.platform import Platform
from generator.dsl.query import Condition, Query, Rule, WithoutPrice
from generator.dsl.runaway import Runaway
from generator.dsl.units import Duration, Quantity, days, hours, minutes, percent
from generator.dsl.unusual import Unusual

PER_DAY = f"its threshold is an amount per {days(1).text()}"
A_DAY = days(1)
PAGE_TIMES = 10
"""From so many times the pace of the ticket on, a runaway pages."""
SEEN_SOON = "a longer window would see a runaway late"


@alert("HighAICosts", TICKET, panel="tenant/tokens_against_budget", fixed_window=PER_DAY)
def high_ai_costs_ticket(platform: Platform) -> Condition:
    """{tenant_id} has used {value} of its token budget.

    {tenant_id} used {value} of its budget of input and output tokens (threshold {threshold}, last {window}).

    Impact: None yet. Once the whole budget is used, this alert becomes a page.

    First steps:
    1. Open the Tenant dashboard: does it send more requests, or more tokens in each?
    2. A steady rate on one route, without a rhythm of day and night, points to a loop: ask the tenant.
    3. If the tenant has grown, raise its budget in platform.yaml.
    """
    return TOKENS.increase(days(1)).by(TENANT).fraction_of(token_budget(platform)).above(platform.cost.warning)


@alert("HighAICosts", PAGE, panel="tenant/tokens_against_budget", fixed_window=PER_DAY)
def high_ai_costs_page(platform: Platform) -> Condition:
    """{tenant_id} is over its token budget: {value} used.

    {tenant_id} used {value} of its budget of input and output tokens (threshold {threshold}, last {window}).

    Impact: We pay for more than this tenant's budget, and for more with every request.

    First steps:
    1. Open the Tenant dashboard: which route and which model use the tokens?
    2. If it is a loop or abuse, lower the tenant's rate limit now.
    3. If it is wanted, raise the budget in platform.yaml and inform the tenant's account manager.
    """
    return TOKENS.increase(days(1)).by(TENANT).fraction_of(token_budget(platform)).above(percent(100))


@alert("AICostForecast", TICKET, panel="tenant/token_forecast")
def ai_cost_forecast(platform: Platform) -> Rule:
    """{tenant_id} will exceed its token budget: {value} forecast.

    At the rate of the last {recent}, {tenant_id} will have used {value} in {window} (threshold {threshold}, its token
    budget). It used clearly less at this time yesterday and a week ago, or it is new.

    Impact: None yet. Within hours the tenant exceeds its budget, which is a page.

    First steps:
    1. Look at the last {recent} on the Tenant dashboard: a peak that ends by itself, or a new level?
    2. If it is a new level, talk to the tenant or raise its budget before the page fires.
    """
    forecast = TOKENS.increase(hours(18)).forecast(days(1), recent=hours(1)).by(TENANT)
    last_hour = TOKENS.increase(hours(1)).by(TENANT)
    return (forecast.above(token_budget(platform)) & Unusual(last_hour)).for_(minutes(5))


@alert("HighAISpend", TICKET, panel="ai/dollars_of_the_day", fixed_window=PER_DAY)
def high_ai_spend(platform: Platform) -> Condition:
    """Workers AI cost {value} in the last {window}.

    All tenants and models together cost {value} at the prices in platform.yaml (threshold {threshold}, last {window}).

    Impact: The month's bill will be higher than planned.

    First steps:
    1. Open the AI dashboard: cost by model, then by tenant, shows the cause.
    2. If an expensive model replaced a cheap one, look for the deploy that changed it.
    3. If the traffic is wanted, raise the threshold in platform.yaml.
    """
    return TOKENS.increase(days(1)).priced().above(platform.cost.dollars_per_day)


@alert("AIModelWithoutPrice", TICKET, panel="ai/tokens_without_price")
def ai_model_without_price(platform: Platform) -> Condition:
    """{model} has no price for its {direction} tokens.

    {model} used {value} ({direction}) in the last {window}, and platform.yaml has no price for them (threshold: any
    token).

    Impact: Every figure in dollars is too low. HighAISpend fires too late.

    First steps:
    1. Find the price on Cloudflare's pricing page of Workers AI.
    2. Add the model to `model_prices` in platform.yaml, in dollars per million tokens, then build and deploy.
    """
    return WithoutPrice(TOKENS.increase(hours(1)).by(MODEL, DIRECTION))


@alert("TenantCost", TICKET, panel="tenant/cost_against_budget", fixed_window=PER_DAY)
def tenant_cost_ticket(platform: Platform) -> Condition:
    """{tenant_id} has used {value} of its budget in dollars.

    All products that {tenant_id} used cost {value} of its budget at list prices, before included amounts (threshold
    {threshold}, last {window}).

    Impact: None yet. Once the whole budget is used, this alert becomes a page.

    First steps:
    1. Open the Tenant dashboard: which product costs most, and does the tenant send more requests?
    2. A steady rate on one route, without a rhythm of day and night, points to a loop: ask the tenant.
    3. If the tenant has grown, raise its `dollars_per_day` in platform.yaml.
    """
    return _of_dollar_budget(platform).above(platform.cost.warning)


@alert("TenantCost", PAGE, panel="tenant/cost_against_budget", fixed_window=PER_DAY)
def tenant_cost_page(platform: Platform) -> Condition:
    """{tenant_id} is over its budget in dollars: {value} used.

    All products that {tenant_id} used cost {value} of its budget at list prices, before included amounts (threshold
    {threshold}, last {window}).

    Impact: We pay for more than this tenant's budget, and for more with every request.

    First steps:
    1. Open the Tenant dashboard: which product costs most, and since when?
    2. If it is a loop or abuse, lower the tenant's rate limit now.
    3. If it is wanted, raise its `dollars_per_day` in platform.yaml and inform the tenant's account manager.
    """
    return _of_dollar_budget(platform).above(percent(100))


def _of_dollar_budget(platform: Platform) -> Query:
    return COST.increase(A_DAY).by(TENANT).fraction_of(dollar_budget(platform))


def period(platform: Platform) -> dict[str, Duration]:
    """Return the time that the pace of a runaway is for."""
    return {"period": A_DAY}


@alert("CostRunaway", TICKET, panel="overview/cost_pace", values=period, fixed_window=SEEN_SOON)
def cost_runaway_ticket(platform: Platform) -> Rule:
    """The cost of {product} runs away: {value} in {period} at this pace.

    At the pace of the last {window}, {product} costs {value} in {period} at list prices (threshold {threshold}). It
    never cost a tenth of that in the week before, or it has no week to compare with.

    Impact: Until it ends, the bill grows at this pace. Cloudflare stops nothing.

    First steps:
    1. Open the Overview dashboard: since when, and is it one product or several?
    2. Look for a loop: a queue consumer that retries or sends to its own queue, an alarm that sets itself at once, a
       Worker that calls itself.
    3. Roll the last deploy back, or pause the consumer; messages of a queue wait.
    4. If it is an import or a launch, estimate what it will cost in the end, and silence the alert until then.
    """
    return _runaway(platform.cost.runaway)


@alert("CostRunaway", PAGE, panel="overview/cost_pace", values=period, fixed_window=SEEN_SOON)
def cost_runaway_page(platform: Platform) -> Rule:
    """The cost of {product} runs away: {value} in {period} at this pace.

    At the pace of the last {window}, {product} costs {value} in {period} at list prices (threshold {threshold}). It
    never cost a tenth of that in the week before, or it has no week to compare with.

    Impact: Every hour costs as much as many days. Cloudflare stops nothing.

    First steps:
    1. Roll the last deploy back, or pause the queue consumer, now; look for the reason later.
    2. Look for a loop: a queue consumer that retries or sends to its own queue, an alarm that sets itself at once, a
       Worker that calls itself.
    3. If it is an import or a launch, estimate what it will cost in the end, and silence the alert until then.
    """
    return _runaway(Quantity(platform.cost.runaway.amount * PAGE_TIMES, platform.cost.runaway.unit))


def _runaway(threshold: Quantity) -> Rule:
    cost = COST.increase(minutes(5))
    pace = cost.pace(A_DAY).by(PRODUCT)
    return (pace.above(threshold) & Runaway(cost.by(PRODUCT))).for_(minutes(2))
