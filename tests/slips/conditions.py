"""Slips in the condition of an alert: what its function returns."""

from __future__ import annotations

from tests.slips.slip import Slip

MODULE = '''import json
from contract.ai import *
from contract.api import *
from contract.labels import *
from contract.objectives import *
from contract.storage import *
from generator.dsl.alert import *
from generator.dsl.metrics import *
from generator.dsl.query import *
from generator.dsl.slo import *
from generator.dsl.units import *
from generator.dsl.unusual import *

COUNT = REQUESTS.increase(minutes(5)).by(ROUTE, SERVICE)
ERROR_RATIO = ERRORS.ratio_to(REQUESTS, minutes(5)).by(ROUTE, SERVICE)
LATENCY_P95 = LATENCY.quantile(P95, minutes(5)).by(ROUTE, SERVICE)
CONDITION = ERROR_RATIO.above(percent(5))


def endless(platform):
    return endless(platform){recursion}


@alert("RouteSlow", TICKET, panel="overview/latency_by_route"){decorator}
def route_slow(platform):
    """Slow.

    It is {{value}}.

    Impact: Callers wait.

    First steps:
    1. Open the panel.
    """
    return {body}{mark}
'''


def condition(body: str, what: str, hint: str) -> Slip:
    """A slip in what the function of an alert returns."""
    return Slip("alerts.slip", MODULE.format(body=body, mark="  #!", recursion="", decorator=""), what, hint)


def result(body: str, what: str, hint: str) -> Slip:
    """A slip that is found in what the function returned: the problem names the definition."""
    return Slip("alerts.slip", MODULE.format(body=body, mark="", recursion="", decorator="  #!"), what, hint)


FIX = "fix this line of the definition"
QUERY, CONDITION = "does not work on a query", "does not work on a condition"
JOIN = "join conditions with & and |"
OPERATORS = (
    condition("ERROR_RATIO and CONDITION", "a query has no truth value", JOIN),
    condition("CONDITION and CONDITION", "a condition has no truth value", JOIN),
    condition("CONDITION or CONDITION.for_(minutes(5))", "a condition has no truth value", JOIN),
    condition("not CONDITION", "a condition has no truth value", JOIN),
    condition("CONDITION if ERROR_RATIO else None", "a query has no truth value", JOIN),
    condition("any((CONDITION, CONDITION))", "a condition has no truth value", JOIN),
    condition("CONDITION.for_(minutes(5)) and CONDITION", "a rule has no truth value", "(a & b).for_(…)"),
    condition("ERROR_RATIO.above(platform.errors.route or percent(5))", "a quantity has no truth value", "is not None"),
    condition("CONDITION.for_(minutes(5) or minutes(6))", "a duration has no truth value", "is not None"),
    condition("ERROR_RATIO.by(ROUTE or SERVICE).above(percent(5))", "the label route has no truth value", "one by one"),
    condition("ERROR_RATIO.where(ROUTE.is_('/a') and SERVICE.is_('b'))", "a matcher has no truth value", "one by one"),
    condition(
        "(ERRORS and AI_ERRORS).increase(minutes(5))", "the metric errors_total has no truth", "choose one metric"
    ),
    condition("ERROR_RATIO > percent(5)", QUERY, ".above(percent(5))"),
    condition("0 < ERROR_RATIO < 5", QUERY, ".above("),
    condition("ERROR_RATIO == percent(5)", QUERY, ".above(percent(5))"),
    condition("5 != COUNT", QUERY, ".above(quantity(5, REQUESTS_UNIT))"),
    condition("CONDITION == CONDITION", CONDITION, JOIN),
    condition("CONDITION.for_(minutes(5)) == CONDITION", "does not work on a rule", "(a & b).for_(…)"),
    condition("CONDITION in (COUNT, 5)", "Python's == does not work on a query", ".above("),
    condition("~CONDITION", CONDITION, JOIN),
    condition("CONDITION + CONDITION", CONDITION, JOIN),
    condition("(ERROR_RATIO * 100).above(percent(5))", QUERY, "drop the factor"),
    condition("(COUNT + COUNT).above(quantity(5, REQUESTS_UNIT))", QUERY, "CombinedCounter"),
    condition("(COUNT / COUNT).above(percent(5))", QUERY, "COUNTER.ratio_to(COUNTER, window)"),
    condition("(-COUNT).above(quantity(5, REQUESTS_UNIT))", QUERY, "show two series"),
    condition("COUNT['5m'].above(5)", QUERY, "COUNTER.increase(minutes(5))"),
    condition("(ERRORS / REQUESTS).above(percent(5))", "does not work on the metric errors_total", ".ratio_to("),
    condition("REQUESTS > 5", "does not work on the metric requests_total", ".increase(window)"),
    condition("ERROR_RATIO & CONDITION", "Python's & does not work on a query", ".above(…)"),
    condition("CONDITION & ERROR_RATIO", "& takes conditions, not Ratio", "end the right side with .above(…)"),
    condition("CONDITION & CONDITION.for_(minutes(5))", "& takes conditions, not Rule", "(a & b).for_(…)"),
    condition("CONDITION.for_(minutes(5)) | CONDITION", "Python's | does not work on a rule", "(a & b).for_(…)"),
    condition("COUNT.above(quantity(5, REQUESTS_UNIT) & COUNT)", "& does not work on a query", ".above(…)"),
)
DURATIONS = (
    condition("CONDITION.for_(5)", ".for_(…) takes a duration, not 5", "minutes(5)"),
    condition("CONDITION.for_('5m')", ".for_(…) takes a duration, not '5m'", "minutes(5)"),
    condition("CONDITION.for_(minutes)", ".for_(…) takes a duration, not the function minutes", "minutes(5)"),
    condition("CONDITION.for_()", "TypeError: Condition.for_() missing 1 required", FIX),
    condition(
        "CONDITION.for_(minutes(5)).keep_firing_for(None)", ".keep_firing_for(…) takes a duration, not None", "5)"
    ),
    condition("CONDITION.for_(minutes(5)).for_(minutes(6))", "a rule has one .for_(…)", "remove one of the two"),
    condition(
        "CONDITION.for_(minutes(5)).keep_firing_for(minutes(6)).keep_firing_for(minutes(7))",
        "a rule has one .keep_firing_for(…)",
        "remove one of the two",
    ),
    condition(
        "CONDITION.keep_firing_for(minutes(5))",
        "a condition has no .keep_firing_for(…)",
        "write query.above(threshold).for_(duration).keep_firing_for(duration): a rule has it",
    ),
    condition("CONDITION.for_(minutes(0))", "0 s is not a duration", "above 0"),
    condition("CONDITION.for_(minutes(1.5))", "minutes(…) takes a whole number, not 1.5", "seconds(90)"),
    condition("CONDITION.for_(minutes('5'))", "minutes(…) takes a whole number, not '5'", "minutes(5)"),
    condition("CONDITION.for_(hours(True))", "hours(…) takes a whole number, not True", "hours(5)"),
    condition("CONDITION.for_(minutes(minutes(5)))", "minutes(…) takes a whole number", "minutes(5)"),
    condition("CONDITION.for_(minutes(5) * 1.5)", "a duration * 1.5", "whole number"),
    condition("CONDITION.for_(minutes(5) + 5)", "a duration + 5", "give both sides a unit"),
    condition("CONDITION.for_(minutes(5) - minutes(10))", "-300 s is not a duration", "above 0"),
    condition("CONDITION.for_(Duration(5.0))", "5.0 s is not a duration", "whole number"),
)
THRESHOLDS = (
    condition("ERROR_RATIO.above(5)", ".above(…) takes a quantity, not 5", "percent(5)"),
    condition("ERROR_RATIO.above('5%')", ".above(…) takes a quantity, not '5%'", "percent(1)"),
    condition("ERROR_RATIO.above(percent)", ".above(…) takes a quantity, not the function percent", "percent(1)"),
    condition("ERROR_RATIO.above(None)", ".above(…) takes a quantity, not None", "percent(1)"),
    condition("ERROR_RATIO.above(percent(True))", "True is not a number", "write it in digits"),
    condition("ERROR_RATIO.above(percent('5 %'))", "'5 %' is not a number", "write it in digits"),
    condition("ERROR_RATIO.above(percent(float('nan')))", "nan is not a number", "write it in digits"),
    condition("ERROR_RATIO.above(percent(0))", "between 0% and 100%, is compared with 0%", "percent(5)"),
    condition("LATENCY_P95.above(milliseconds(-5))", "never below 0, is compared with -5 ms", "milliseconds(1)"),
    condition(
        "ERROR_RATIO.above(milliseconds(5))", "a query in ratio is compared with a threshold in mill", "percent(1)"
    ),
    condition(
        "LATENCY_P95.above(minutes(5))", "in milliseconds is compared with a threshold in seconds", "milliseconds("
    ),
    condition("COUNT.above(quantity(5, 'requests'))", "a quantity has a unit, not 'requests'", "REQUESTS_UNIT"),
    condition("COUNT.above(Quantity(5, REQUESTS_UNIT))", "a quantity has an exact number, not 5", "quantity(5, UNIT)"),
    condition(
        "ERROR_RATIO.above(platform.errors.tenant)", "takes a quantity, not ThresholdTable error_share", "percent(1)"
    ),
    condition(
        "ERROR_RATIO.above(error_threshold(platform))", "a threshold per tenant_id, but the query is", "add TENANT"
    ),
    condition("LATENCY_P95.at_least(milliseconds(5))", ".at_least(…) compares counts", "use .above(…)"),
    condition("COUNT.at_least(15)", ".at_least(…) takes a quantity, not 15", "quantity(15, REQUESTS_UNIT)"),
    condition("ERROR_RATIO.below(percent(5))", 'there is no "below"', "use one of"),
    condition("ERROR_RATIO.abvoe(percent(5))", 'there is no "abvoe"', 'did you mean "above"'),
    condition("COUNT.fraction_of(token_budget(platform))", "requests divided by a threshold in tokens", "same unit"),
    condition("COUNT.fraction_of(platform.cost.tokens_per_day)", "not ThresholdTable", "table.per(LABEL)"),
    condition(
        "platform.cost.tokens_per_day.per('tenant')", ".per(…) takes labels of the contract, not 'tenant'", "TENANT"
    ),
    condition("platform.cost.tokens_per_day.per(TENANT)", "tokens_per_day applies to nothing", "default_for=query"),
    condition(
        "platform.cost.tokens_per_day.per(TENANT, TOKENS)", "default_for takes a query, not CombinedCounter", ".by(TE"
    ),
    condition(
        "platform.cost.tokens_per_day.per(TENANT, TOKENS.increase(days(1)))",
        "not grouped by tenant_id alone",
        ".by(TENANT)",
    ),
)
QUERIES = (
    condition("ERROR_RATIO.by('route')", ".by(…) takes labels of the contract, not 'route'", "write ROUTE"),
    condition("ERROR_RATIO.by([ROUTE, SERVICE])", ".by(…) takes labels of the contract, not list", "imported from"),
    condition(
        "ERROR_RATIO.by(ROUTE.is_('/chat'))", ".by(…) takes labels of the contract, not Matcher", "imported from"
    ),
    condition("ERROR_RATIO.by(MODEL)", "errors_total has no label model", "use one of route"),
    condition("ERROR_RATIO.where('route')", ".where(…) takes matchers, not 'route'", 'LABEL.is_("value")'),
    condition("ERROR_RATIO.where(ROUTE)", ".where(…) takes matchers, not Label route", 'ROUTE.is_("value")'),
    condition("ERROR_RATIO.where(ROUTE == '/chat')", ".where(…) takes matchers, not False", 'LABEL.is_("value")'),
    condition("ERROR_RATIO.where(ROUTE.is_(5))", "ROUTE.is_(…) takes a text, not 5", 'write "5"'),
    condition(
        "STORAGE_ERRORS.rate().where(STORE.is_('vectorise'))", 'has no value "vectorise"', "use one of vectorize"
    ),
    condition("STORAGE_ERRORS.rate().where(MODEL.is_('a'))", "storage_errors has no label model", "use one of"),
    condition("ERROR_RATIO.filtered_by('tenant')", ".filtered_by(…) takes labels of the contract", "TENANT"),
    condition("ERRORS.ratio_to(REQUESTS, 5)", ".ratio_to(…) takes a duration, not 5", "minutes(5)"),
    condition("ERRORS.ratio_to('requests_total')", ".ratio_to(…) takes a counter, not 'requests_total'", "COUNTER"),
    condition("ERRORS.ratio_to(LATENCY)", ".ratio_to(…) takes a counter, not Histogram latency_ms", "COUNTER"),
    condition("ERRORS.ratio_to(ERRORS)", "errors_total is divided by itself", "as REQUESTS"),
    condition("REQUESTS.ratio_to(ERRORS)", "a ratio of requests to errors", "swap the two"),
    condition("AI_TOKENS_INPUT.ratio_to(AI_REQUESTS)", "a ratio of tokens to requests", "write .per(…)"),
    condition("TOKENS.per(COUNT)", ".per(…) takes a counter, not Increase", "COUNTER"),
    condition("LATENCY.quantile(95)", "takes a number between 0 and 1, not 95", "write 0.95"),
    condition("LATENCY.quantile('p95')", "takes a number between 0 and 1, not 'p95'", "write 0.95"),
    condition("LATENCY.rate()", "the metric latency_ms has no .rate(…)", "read this metric with HISTOGRAM.quantile("),
    condition(
        "REQUESTS.quantile(P95)",
        "the metric requests_total has no .quantile(…)",
        "write HISTOGRAM.quantile(P95, window): a histogram has it; read this metric with COUNTER.rate()",
    ),
    condition("REQUESTS.by(ROUTE).rate()", "the metric requests_total has no .by(…)", "write query.by(LABEL): a query"),
    condition("ERROR_RATIO.for_(minutes(5))", "a query has no .for_(…)", "write query.above(threshold).for_(duration)"),
    condition("CONDITION.by(ROUTE)", "a condition has no .by(…)", "write query.by(LABEL): a query has it"),
    condition("CONDITION.above(percent(9))", "a condition has no .above(…)", "join two comparisons with &"),
    condition("CONDITION.for_(minutes(5)).above(percent(9))", "a rule has no .above(…)", "join two comparisons with &"),
    condition("COUNT.rate()", "a query has no .rate(…)", "write COUNTER.rate(): a counter has it"),
    condition("ERROR_RATIO.priced()", "a query has no .priced(…)", "an increase of a counter has it"),
    condition("REQUESTS.rate.by(ROUTE)", "rate is not called", "write rate(…).by"),
    condition("percent(5).above(ERROR_RATIO)", "a quantity has no .above(…)", "write query.above(threshold)"),
    condition("error_threshold(platform).by(TENANT)", "a threshold has no .by(…)", "write query.by(LABEL)"),
    condition("REQUESTS.increase()", "TypeError: Countable.increase() missing 1 required", FIX),
    condition("REQUESTS.increase(minutes(5), ROUTE)", "TypeError: Countable.increase() takes 2 positional", FIX),
    condition("REQUESTS.increase(windows=minutes(5))", "unexpected keyword argument 'windows'", FIX),
    condition("REQUESTS.increase(DashboardWindow)", ".increase(…) takes a duration, not EnumType", "minutes(5)"),
    condition("REQUESTS('5m')", "TypeError: 'Counter' object is not callable", FIX),
    condition(
        "TOKENS.increase(hours(30)).forecast(days(1), hours(1))", "no time remains to forecast of 24 hours", "shorter"
    ),
    condition(
        "TOKENS.increase(hours(18)).forecast(24, hours(1))", ".forecast(…) takes a duration, not 24", "seconds(24)"
    ),
    condition("ERROR_RATIO.burn_rate(99.5)", ".burn_rate(…) takes the target of an SLO, not 99.5", "percent(99.5)"),
    condition("ERROR_RATIO.burn_rate(percent(100))", "is 100%, and not between 0% and 100%", "percent(99.5)"),
    condition("ERROR_RATIO.error_budget_remaining(platform.availability)", "the target of an SLO, not Slo", "percent("),
    condition(
        "ERROR_RATIO.error_budget_remaining(percent(99)).exhausted_in(30, 5)", ".exhausted_in(…) takes a dura", "30)"
    ),
    condition(
        "ERROR_RATIO.error_budget_remaining(percent(99)).exhausted_in(days(30), ERROR_RATIO)",
        ".exhausted_in(…) takes a burn rate, not Ratio",
        "RATIO.burn_rate(slo.target)",
    ),
    condition("HEARTBEAT.age(1, SERVICE)", ".age(…) takes a duration, not 1", "minutes(1)"),
    condition("HEARTBEAT.age(days(1), 'service')", ".age(…) takes labels of the contract, not 'service'", "SERVICE"),
    condition("ALERTS.firing('pages')", ".firing(…) takes a severity, not 'pages'", '"page", "ticket", "none"'),
    condition("ALERTS.firing(PAGE)", ".firing(…) takes a severity as a text, not Severity PAGE", '"page"'),
    condition("WithoutPrice(TOKENS)", "WithoutPrice(…) takes a query, not CombinedCounter", "MODEL, DIRECTION"),
    condition("Unusual(TOKENS)", "Unusual(…) takes a query of one metric, not CombinedCounter", "by(TENANT)"),
    condition("Unusual(TOKENS.rate())", "Unusual(…) of a query without a fixed window", "increase(hours(1))"),
    condition("SeriesCount(REQUESTS)", "SeriesCount(…) takes a query, not Counter requests_total", ".increase(window)"),
    result(
        "CONDITION & COUNT.by(ROUTE).above(quantity(5, REQUESTS_UNIT))",
        "the left side of `and` is grouped by",
        "service",
    ),
)
SLOS = (
    condition("FAST_BURN.condition(ERRORS, COUNT, platform.availability)", "takes counters, not Increase", "REQUESTS"),
    condition("FAST_BURN.condition(ERRORS, REQUESTS, 99.5)", "takes an SLO, not 99.5", "platform.availability"),
    condition("BurnRateWindows(2, hours(1), minutes(5))", "budget_fraction=…) takes a quantity, not 2", "percent(5)"),
    condition("BurnRateWindows(percent(200), hours(1), minutes(5))", "between 0% and 100%, not 200%", "percent(2)"),
    condition(
        "BurnRateWindows(percent(2), minutes(5), hours(1))", "the windows of a burn rate are", "the long one longest"
    ),
    condition("platform.availability.burn_rate(2, hours(1))", "slo.burn_rate(…) takes a ratio, not 2", "percent(2)"),
)
PYTHON = (
    condition("REQUESTZ.rate()", 'there is no "REQUESTZ"', 'did you mean "REQUESTS"'),
    condition("ERROR_RATIO.above(platform.eror.route)", 'there is no "eror"', 'did you mean "errors"'),
    condition("platform.model_prices['gpt']", "KeyError: 'gpt'", FIX),
    condition("platform.tenants[999]", "IndexError: tuple index out of range", FIX),
    condition("1 / 0", "ZeroDivisionError: division by zero", FIX),
    condition("int('5m')", "ValueError: invalid literal", FIX),
    condition("json.loads('{')", "JSONDecodeError: Expecting property name", FIX),
    condition("setattr(platform, 'name', 'x')", "FrozenInstanceError: cannot assign to field 'name'", FIX),
    condition("open('/does/not/exist')", "FileNotFoundError", FIX),
    condition("exit(1)", "SystemExit would end the command", "remove this exit"),
    Slip(
        "alerts.slip",
        MODULE.format(body="endless(platform)", mark="", recursion="  #!", decorator=""),
        "RecursionError: maximum recursion depth exceeded",
        FIX,
    ),
)
RESULTS = (
    result("None", "RouteSlow returns None, which is not a condition", ".above(…)"),
    result("ERROR_RATIO", "RouteSlow returns Ratio, which is not a condition", ".above(…)"),
    result("CONDITION,", "RouteSlow returns tuple, which is not a condition", ".above(…)"),
    result("[CONDITION]", "RouteSlow returns list, which is not a condition", ".above(…)"),
    result("CONDITION.for_", "RouteSlow returns method, which is not a condition", ".above(…)"),
    result("'errors_total > 5'", "RouteSlow returns 'errors_total > 5', which is not a condition", ".above(…)"),
    result("error_threshold(platform)", "RouteSlow returns ThresholdSeries, which is not a condition", ".above(…)"),
)
