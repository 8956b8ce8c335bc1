"""What is used costs money: a tenant nears or exceeds its token budget, the whole platform spends too much, or the cost
of a product runs away."""

from contract.ai import TOKENS
from contract.billing import COST
from contract.labels import DIRECTION, MODEL, PRODUCT, TENANT
from contract.objectives import day_budget, dollar_budget, month_budget, tenant_month_budget, token_budget
from generator.dsl.alert import PAGE, TICKET, alert
from generator.dsl.platform import Platform
from generator.dsl.query import Condition, Query, Rule, WithoutPrice
from generator.dsl.runaway import CURRENT, HISTORY, Runaway
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


@alert("TenantCostForecast", TICKET, panel="tenant/cost_forecast")
def tenant_cost_forecast(platform: Platform) -> Rule:
    """{tenant_id} will exceed its budget in dollars: {value} forecast.

    At the rate of the last {recent}, {tenant_id} will have cost {value} in {window} (threshold {threshold}, its
    budget), at list prices before included amounts. It cost clearly less at this time yesterday and a week ago, or it
    is new.

    Impact: None yet. Within hours the tenant exceeds its budget, which is a page.

    First steps:
    1. Open the Tenant dashboard: which product costs most, and since when?
    2. Look at the last {recent}: a peak that ends by itself, or a new level?
    3. If it is a new level, talk to the tenant or raise its `dollars_per_day` before the page fires.
    """
    forecast = COST.increase(hours(18)).forecast(A_DAY, recent=hours(1)).by(TENANT)
    last_hour = COST.increase(hours(1)).by(TENANT)
    return (forecast.above(dollar_budget(platform)) & Unusual(last_hour)).for_(minutes(5))


@alert("TenantMonthlyCost", TICKET, panel="tenant/month_against_budget")
def tenant_monthly_cost_ticket(platform: Platform) -> Condition:
    """{tenant_id} has used {value} of its budget of this month.

    In this calendar month, all products that {tenant_id} used cost {value} of its budget (threshold {threshold}), at
    list prices before included amounts.

    Impact: None yet. Once the whole budget is used, this alert becomes a page.

    First steps:
    1. Open the Tenant dashboard: does the forecast of the month exceed the budget, and which product costs most?
    2. A steady rate on one route, without a rhythm of day and night, points to a loop: ask the tenant.
    3. If the tenant has grown, raise its `dollars_per_month` in platform.yaml.
    """
    return _of_tenant_month(platform).above(platform.cost.warning)


@alert("TenantMonthlyCost", PAGE, panel="tenant/month_against_budget")
def tenant_monthly_cost_page(platform: Platform) -> Condition:
    """{tenant_id} is over its budget of this month: {value} used.

    In this calendar month, all products that {tenant_id} used cost {value} of its budget (threshold {threshold}), at
    list prices before included amounts.

    Impact: Each further hour of this month costs more than the tenant's budget.

    First steps:
    1. Open the Tenant dashboard: which product costs most, and since when?
    2. If it is a loop or abuse, lower the tenant's rate limit now.
    3. If it is wanted, raise its `dollars_per_month` in platform.yaml and inform the tenant's account manager.
    """
    return _of_tenant_month(platform).above(percent(100))


def _of_tenant_month(platform: Platform) -> Query:
    return COST.month_to_date().by(TENANT).fraction_of(tenant_month_budget(platform))


@alert("DailyCost", TICKET, panel="overview/day_against_budget", fixed_window=PER_DAY)
def daily_cost_ticket(platform: Platform) -> Condition:
    """{product} has used {value} of its budget of {window}.

    Of {product}, the bill of the last {window} is {value} of its budget (threshold {threshold}): list prices without
    what each day includes. What a month includes is not subtracted. The product total is all of them.

    Impact: None yet. Once the whole budget is used, this alert becomes a page.

    First steps:
    1. Open the Overview dashboard: which product costs most, and more than a week ago?
    2. A steady cost without a rhythm of day and night points to a loop: a queue consumer, an alarm, a cron trigger.
    3. If the use is wanted, raise `total_dollars_per_day`, or the product's `dollars_per_day`, in platform.yaml.
    """
    return _of_day_budget(platform).above(platform.cost.warning)


@alert("DailyCost", PAGE, panel="overview/day_against_budget", fixed_window=PER_DAY)
def daily_cost_page(platform: Platform) -> Condition:
    """{product} is over its budget of {window}: {value} used.

    Of {product}, the bill of the last {window} is {value} of its budget (threshold {threshold}): list prices without
    what each day includes. What a month includes is not subtracted. The product total is all of them.

    Impact: Each further day like this one costs more than was budgeted. Cloudflare stops nothing.

    First steps:
    1. Open the Overview dashboard: which product costs most, and since when?
    2. If it is a loop, roll the last deploy back, or pause the queue consumer.
    3. If the use is wanted, raise `total_dollars_per_day`, or the product's `dollars_per_day`, in platform.yaml.
    """
    return _of_day_budget(platform).above(percent(100))


def _of_day_budget(platform: Platform) -> Query:
    return COST.bill(A_DAY).by(PRODUCT).fraction_of(day_budget(platform))


@alert("DailyCostForecast", TICKET, panel="overview/day_forecast")
def daily_cost_forecast(platform: Platform) -> Rule:
    """{product} will exceed its budget of {window}: {value} forecast.

    At the rate of the last {recent}, the bill of {product} will be {value} in {window} (threshold {threshold}, its
    budget): list prices without what each day includes. It cost clearly less at this time yesterday and a week ago, or
    it is new. The product total is all of them.

    Impact: None yet. Within hours the budget is exceeded, which is a page.

    First steps:
    1. Open the Overview dashboard: which product costs most, and since when?
    2. Look at the last {recent}: a peak that ends by itself, or a new level?
    3. If it is a new level, find the deploy that changed it, or raise the budget in platform.yaml before the page
       fires.
    """
    forecast = COST.bill(hours(18)).forecast(A_DAY, recent=hours(1)).by(PRODUCT)
    last_hour = COST.bill(hours(1)).by(PRODUCT)
    return (forecast.above(day_budget(platform)) & Unusual(last_hour)).for_(minutes(5))


@alert("MonthlyCost", TICKET, panel="overview/month_against_budget")
def monthly_cost_ticket(platform: Platform) -> Condition:
    """{product} has used {value} of its budget of this month.

    Of {product}, the bill of this calendar month is {value} of its budget (threshold {threshold}), after included
    amounts. The product total is all of them.

    Impact: None yet. Once the whole budget is used, this alert becomes a page.

    First steps:
    1. Open the Overview dashboard: does the forecast of the month exceed the budget, and which product costs most?
    2. If the use is wanted, raise `dollars_per_month` in platform.yaml.
    3. Look at Cloudflare's own bill: it has what no Worker can count, as docs/costs.md lists.
    """
    return _of_month_budget(platform).above(platform.cost.warning)


@alert("MonthlyCost", PAGE, panel="overview/month_against_budget")
def monthly_cost_page(platform: Platform) -> Condition:
    """{product} is over its budget of this month: {value} used.

    Of {product}, the bill of this calendar month is {value} of its budget (threshold {threshold}), after included
    amounts. The product total is all of them.

    Impact: Each further hour of this month costs more than was budgeted.

    First steps:
    1. Open the Overview dashboard: which product costs most, and since when?
    2. If it is a loop, roll the last deploy back, or pause the queue consumer.
    3. If the use is wanted, raise `dollars_per_month` in platform.yaml.
    """
    return _of_month_budget(platform).above(percent(100))


def period(platform: Platform) -> dict[str, Duration]:
    """Return the time whose cost a forecast continues, and that the pace of a runaway is for."""
    return {"period": A_DAY}


@alert("MonthlyCostForecast", TICKET, panel="overview/month_forecast", values=period)
def monthly_cost_forecast(platform: Platform) -> Rule:
    """{product} will exceed its budget of this month: {value} forecast.

    If the rest of this calendar month costs as much as the last {period}, the bill of {product} will be {value}
    (threshold {threshold}, its budget), after included amounts. The product total is all of them.

    Impact: None yet. Later in this month the budget is exceeded, which is a page.

    First steps:
    1. Open the Overview dashboard: a new level, or a peak? After a peak the forecast falls again.
    2. If it is a new level, find the product and the deploy that changed it.
    3. If the use is wanted, raise `dollars_per_month` in platform.yaml before the page fires.
    """
    return COST.month_forecast().by(PRODUCT).above(month_budget(platform)).for_(hours(1))


@alert("TenantMonthlyCostForecast", TICKET, panel="tenant/month_forecast", values=period)
def tenant_monthly_cost_forecast(platform: Platform) -> Rule:
    """{tenant_id} will exceed its budget of this month: {value} forecast.

    If the rest of this calendar month costs as much as the last {period}, {tenant_id} will have cost {value}
    (threshold {threshold}, its budget), at list prices before included amounts.

    Impact: None yet. Later in this month the tenant exceeds its budget, which is a page.

    First steps:
    1. Open the Tenant dashboard: a new level, or a peak? After a peak the forecast falls again.
    2. If it is a new level, find the product and the route, and talk to the tenant.
    3. If the tenant has grown, raise its `dollars_per_month` in platform.yaml before the page fires.
    """
    return COST.month_forecast().by(TENANT).above(tenant_month_budget(platform)).for_(hours(1))


def _of_month_budget(platform: Platform) -> Query:
    return COST.month_to_date().by(PRODUCT).fraction_of(month_budget(platform))


def pace_and_history(platform: Platform) -> dict[str, Duration]:
    """Return the time that the pace of a runaway is for, the time that it is compared with, and how long ago that
    ended."""
    return {**period(platform), "history": HISTORY, "current": CURRENT}


@alert("CostRunaway", TICKET, panel="overview/cost_pace", values=pace_and_history, fixed_window=SEEN_SOON)
def cost_runaway_ticket(platform: Platform) -> Rule:
    """The cost of {product} runs away: {value} in {period} at this pace.

    At the pace of the last {window}, {product} costs {value} in {period} at list prices (threshold {threshold}). It
    never cost a tenth of that in the {history} that ended {current} ago, or it has no such week to compare with.

    Impact: Until it ends, the bill grows at this pace. Cloudflare stops nothing.

    First steps:
    1. Open the Overview dashboard: since when, and is it one product or several?
    2. Look for a loop: a queue consumer that retries or sends to its own queue, an alarm that sets itself at once, a
       Worker that calls itself.
    3. Roll the last deploy back, or pause the consumer; messages of a queue wait.
    4. If it is an import or a launch, estimate what it will cost in the end, and silence the alert until then.
    """
    return _runaway(platform.cost.runaway)


@alert("CostRunaway", PAGE, panel="overview/cost_pace", values=pace_and_history, fixed_window=SEEN_SOON)
def cost_runaway_page(platform: Platform) -> Rule:
    """The cost of {product} runs away: {value} in {period} at this pace.

    At the pace of the last {window}, {product} costs {value} in {period} at list prices (threshold {threshold}). It
    never cost a tenth of that in the {history} that ended {current} ago, or it has no such week to compare with.

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
