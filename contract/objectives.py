"""The limits that alerts judge by and dashboards draw: each one said here, once."""

from contract.ai import TOKENS
from contract.api import REQUESTS
from contract.labels import ROUTE, TENANT
from generator.dsl.labels import Label
from generator.dsl.metrics import Countable
from generator.dsl.platform import Platform
from generator.dsl.query import Condition, ThresholdSeries
from generator.dsl.units import Duration, days, minutes


def error_ceiling(platform: Platform) -> ThresholdSeries:
    """The share of a tenant's requests that may fail, for every tenant that sends any."""
    return platform.errors.tenant.per(TENANT, default_for=REQUESTS.increase(minutes(5)).by(TENANT))


def enough_to_judge(
    platform: Platform, failed: Countable, asked: Countable, window: Duration, *labels: Label
) -> Condition:
    """That a window saw as much asked for, and as many failures of it, as a share of failures is judged by."""
    many, failures = (counted.increase(window).by(*labels) for counted in (asked, failed))
    return many.at_least(platform.floor) & failures.at_least(platform.floor_errors)


def latency_ceiling(platform: Platform) -> ThresholdSeries:
    """The milliseconds that a route's 95th percentile may take."""
    return platform.latency.route.per(ROUTE)


def token_budget(platform: Platform) -> ThresholdSeries:
    """The tokens that a tenant may use in a day, for every tenant that used any."""
    return platform.cost.budget.per(TENANT, default_for=TOKENS.increase(days(1)).by(TENANT))
