"""SLOs, burn rates and thresholds that alerts, dashboards and the checks of a platform share."""

from contract.ai import TOKENS
from contract.api import REQUESTS
from contract.labels import ROUTE, TENANT
from generator.dsl.labels import Label
from generator.dsl.metrics import Countable
from generator.dsl.platform import Platform
from generator.dsl.query import Condition, ThresholdSeries
from generator.dsl.severity import Severity
from generator.dsl.slo import BurnRateWindows
from generator.dsl.units import Duration, days, hours, minutes, percent

FAST_BURN = BurnRateWindows(percent(2), long_window=hours(1), short_window=minutes(5))
MEDIUM_BURN = BurnRateWindows(percent(5), long_window=hours(6), short_window=minutes(30), current_window=minutes(5))
SLOW_BURN = BurnRateWindows(percent(10), long_window=days(3), short_window=hours(6))


def error_threshold(platform: Platform) -> ThresholdSeries:
    """Return the threshold on the error ratio of each tenant that sent requests in the shortest window that a panel or
    the alert has, or in the window that the platform gives the alert, where that is longer."""
    settings = platform.alert_settings("TenantHighErrorRate", Severity.TICKET)
    window = minutes(5) if settings.window is None else max(minutes(5), settings.window)
    return platform.errors.tenant.per(TENANT, default_for=REQUESTS.increase(window).by(TENANT))


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
