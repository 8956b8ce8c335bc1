"""The limits that alerts judge by and dashboards draw: each one said here, once."""

from catalogue.ai import TOKENS
from catalogue.api import REQUESTS
from catalogue.labels import ROUTE, TENANT
from generator.lang.condition import Condition
from generator.lang.labels import Label
from generator.lang.limit import LimitPer
from generator.lang.metric import Countable
from generator.lang.platform import Platform
from generator.lang.units import Duration, days, minutes


def error_ceiling(platform: Platform) -> LimitPer:
    """The share of a tenant's requests that may fail, for every tenant that sends any."""
    return platform.errors.tenant.per(TENANT, among=REQUESTS.count(over=minutes(5)).by(TENANT))


def enough_to_judge(
    platform: Platform, failed: Countable, asked: Countable, over: Duration, *labels: Label
) -> Condition:
    """That a window saw as much asked for, and as many failures of it, as a share of failures is judged by."""
    many, failures = (counted.count(over=over).by(*labels) for counted in (asked, failed))
    return many.as_many_as(platform.floor) & failures.as_many_as(platform.floor_errors)


def latency_ceiling(platform: Platform) -> LimitPer:
    """The milliseconds that a route's 95th percentile may take."""
    return platform.latency.route.per(ROUTE)


def token_budget(platform: Platform) -> LimitPer:
    """The tokens that a tenant may use in a day, for every tenant that used any."""
    return platform.cost.budget.per(TENANT, among=TOKENS.count(over=days(1)).by(TENANT))
