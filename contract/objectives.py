"""SLOs, burn rates and thresholds that alerts, dashboards and the checks of a platform share."""

from collections.abc import Mapping

from contract.ai import AI_REQUESTS, TOKENS
from contract.alerting import FAILED_NOTIFICATIONS, MISSED_EVALUATIONS
from contract.api import REQUESTS
from contract.billing import COST
from contract.labels import MODEL, PRODUCT, ROUTE, STORE, TENANT
from generator.dsl.label_values import values_of
from generator.dsl.labels import Label
from generator.dsl.metrics import Countable
from generator.dsl.platform import Platform
from generator.dsl.query import Condition, ThresholdSeries, ThresholdTable
from generator.dsl.severity import Severity
from generator.dsl.slo import BurnRateWindows
from generator.dsl.units import Duration, Quantity, days, hours, minutes, percent, quantity

FAST_BURN = BurnRateWindows(percent(2), long_window=hours(1), short_window=minutes(5))
MEDIUM_BURN = BurnRateWindows(percent(5), long_window=hours(6), short_window=minutes(30), current_window=minutes(5))
SLOW_BURN = BurnRateWindows(percent(10), long_window=days(3), short_window=hours(6))
RATE_LIMITED_WARNING = percent(5)
"""Panels are orange from this ratio of 429 responses on; no alert fires."""
REGULAR, RARE, OF_LARGE_TENANT = (quantity(amount, REQUESTS.unit) for amount in (15, "2.5", 150))
"""Requests in the window of a stop, on average of the hours before, from which on it is seen that there are none: of a
route soon or later, and of a tenant."""
TOKENS_MOSTLY_UNKNOWN = percent(50)
"""From more calls of a model without token usage on, a ticket: what its calls cost is unknown. A stream that breaks has
no usage either, so a few of them say nothing."""
CALLS_MOSTLY_EXPLAINED = percent(40)
"""Where more calls of a model fail, or have no usage, it is no wonder that there are no tokens."""
MISSED_TOO_OFTEN = quantity(3, MISSED_EVALUATIONS.unit)
"""From so many evaluations of a group that are missed in the window on, a ticket: a restart misses one or two."""
FAILED_AGAIN = quantity(2, FAILED_NOTIFICATIONS.unit)
"""From so many failed notifications in the window on, a ticket: Alertmanager repeats one that failed."""
BUDGET_WARNING, BUDGET_EXHAUSTED = percent(25), percent(0)
"""Panels are orange below this error budget left, and red where the SLO is missed."""


def error_threshold(platform: Platform) -> ThresholdSeries:
    """Return the threshold on the error ratio of each tenant whose requests are reported, idle or not."""
    return platform.errors.tenant.per(TENANT, default_for=REQUESTS.increase(minutes(5)).by(TENANT))


def route_error_threshold(platform: Platform) -> Quantity | ThresholdSeries:
    """Return the threshold on the error ratio of a route, of each route where it differs."""
    return _per_value(platform, "error_share", ROUTE, platform.errors.route, platform.errors.route_overrides)


def outage_threshold(platform: Platform) -> Quantity | ThresholdSeries:
    """Return the error ratio above which a route counts as down, of each route where it differs."""
    return _per_value(platform, "outage_error_share", ROUTE, platform.errors.outage, platform.errors.outage_overrides)


def storage_ticket_threshold(platform: Platform) -> Quantity | ThresholdSeries:
    """Return the error ratio of a store that opens a ticket, of each store where it differs."""
    return _per_value(platform, "error_share", STORE, platform.storage.ticket, platform.storage.ticket_overrides)


def storage_page_threshold(platform: Platform) -> Quantity | ThresholdSeries:
    """Return the error ratio of a store that pages, of each store where it differs."""
    return _per_value(platform, "outage_error_share", STORE, platform.storage.page, platform.storage.page_overrides)


def ai_error_threshold(platform: Platform) -> Quantity | ThresholdSeries:
    """Return the threshold on the error ratio of a model, of each model that was called where it differs."""
    window = _window(platform, "HighAIErrorRate", Severity.PAGE)
    return _per_model("error_share", platform.errors.ai, platform.errors.ai_overrides, window)


def ai_latency_slo(platform: Platform) -> Quantity | ThresholdSeries:
    """Return the SLO of the 95th percentile of a model's latency, of each model that was called where it differs."""
    window = _window(platform, "HighAILatency", Severity.TICKET)
    return _per_model("ai_latency_ms", platform.latency.ai, platform.latency.ai_overrides, window)


def _per_value(
    platform: Platform, name: str, label: Label, default: Quantity, overrides: Mapping[str, Quantity]
) -> Quantity | ThresholdSeries:
    """A threshold of each value of a label whose values are known, or one constant where there are no overrides."""
    if not overrides:
        return default
    values = {value: overrides.get(value, default) for value in values_of(label, platform)}
    return ThresholdTable(name, default.unit, None, values).per(label)


def _window(platform: Platform, alert: str, severity: Severity) -> Duration:
    """The shortest window, or the one that the platform gives an alert where that is longer."""
    window = platform.alert_settings(alert, severity).window
    return minutes(5) if window is None else max(minutes(5), window)


def _per_model(
    name: str, default: Quantity, overrides: Mapping[str, Quantity], window: Duration
) -> Quantity | ThresholdSeries:
    if not overrides:
        return default
    called = AI_REQUESTS.increase(window).by(MODEL)
    return ThresholdTable(name, default.unit, default, overrides).per(MODEL, default_for=called)


def enough_traffic(
    platform: Platform, errors: Countable, requests: Countable, window: Duration, *labels: Label
) -> Condition:
    """Return the condition that a window has enough requests and enough errors for an alert on their ratio."""
    enough_requests = requests.increase(window).by(*labels).at_least(platform.min_requests)
    return enough_requests & errors.increase(window).by(*labels).at_least(platform.min_errors)


def latency_slo(platform: Platform) -> ThresholdSeries:
    """Return the latency SLO of each route: its 95th percentile in milliseconds."""
    return platform.latency.route.per(ROUTE)


def token_budget(platform: Platform) -> ThresholdSeries:
    """Return the token budget per day of each tenant that used tokens within a day."""
    return platform.cost.tokens_per_day.per(TENANT, default_for=TOKENS.increase(days(1)).by(TENANT))


def dollar_budget(platform: Platform) -> ThresholdSeries:
    """Return the budget in dollars per day of each tenant that cost anything within a day."""
    return platform.cost.tenant_dollars.per(TENANT, default_for=COST.increase(days(1)).by(TENANT))


def tenant_month_budget(platform: Platform) -> ThresholdSeries:
    """Return the budget in dollars per calendar month of each tenant that cost anything in this one."""
    return platform.cost.tenant_month.per(TENANT, default_for=COST.month_to_date().by(TENANT))


def day_budget(platform: Platform) -> ThresholdSeries:
    """Return the budgets in dollars per day of the platform: of each product that has one, and of all."""
    return platform.cost.day.per(PRODUCT)


def month_budget(platform: Platform) -> ThresholdSeries:
    """Return the budgets of the platform's bill of a calendar month: of each product that has one, and of all."""
    return platform.cost.month.per(PRODUCT)
