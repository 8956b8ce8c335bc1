"""On the 24 hours before now, each backend's ruler does during an incident what that of the newest Prometheus does."""

from __future__ import annotations

import pytest

from generator.dsl.backends import BACKENDS
from tests.backends.agreement import QUANTILE, TOKENS_OF_THE_DAY, apart, larger, names_of_alerts, percents
from tests.backends.day_run import EVALUATION, LIVE, LiveRun
from tests.backends.deployed import TriedBackend
from tests.backends.measured import note
from tests.backends.prometheus import NEWEST

OF_THE_INCIDENT = {
    *(("RouteDown", "page"), ("RouteDownInhibitor", "none")),
    *(("RouteHighErrorRate", "page"), ("RouteErrorsInhibitor", "none")),
    *(("RouteHighLatency", "page"), ("RouteLatencyInhibitor", "none")),
    *(("TenantHighErrorRate", "ticket"), ("TenantHighLatency", "ticket"), ("ErrorBudgetBurn", "page")),
}
"""60 % of the requests fail: above 50 % for a minute, 2 % for 5, a tenant's 5 % for 7, and 14.4 times the budget of
0.5 %. 40 % are slow: above 5 % for 10 minutes, and for 7 of each tenant. The ticket of the budget reads hours."""


@pytest.fixture(scope="module")
def live(tried: TriedBackend, day: dict[str, LiveRun]) -> LiveRun:
    """What the backend has at the end."""
    return day[tried.name]


def test_no_rule_of_the_day_fails(tried: TriedBackend, live: LiveRun) -> None:
    """The ruler evaluates every rule of the build without an error."""
    failing = [rule["name"] for rule in live.rules if rule.get("lastError")]
    note(tried, minutes=LIVE / 60, rules=len(live.rules), failing_rules=len(failing))
    assert len(live.rules) > 100
    assert failing == []


def test_the_same_alerts_fire_when_they_do_in_prometheus(
    tried: TriedBackend, live: LiveRun, day: dict[str, LiveRun]
) -> None:
    """Each alert of the incident fires and no other, an evaluation earlier or later for each of the two groups that it
    passes: that of its recorded series, and its own. Prometheus evaluates them at different times, vmalert at one, and
    as late as its page says."""
    seconds, rule_delay = max(apart(live, day[NEWEST.name])), BACKENDS[tried.backend].rule_delay
    note(tried, alerts=len(live.firing), seconds_apart=round(seconds, 1))
    assert names_of_alerts(live) == OF_THE_INCIDENT
    assert live.firing.keys() == day[NEWEST.name].firing.keys()
    assert seconds <= 2 * EVALUATION + (rule_delay.seconds if rule_delay is not None else 0)


def test_amounts_of_the_day_are_what_was_counted(live: LiveRun) -> None:
    """The day has the tokens that were pushed, those of the hours before the ruler was there too."""
    name = "tenant_id_model_direction:ai_tokens:amount1d"
    amounts = [value for labels, value in live.recorded.items() if dict(labels)["__name__"] == name]
    assert len(amounts) == 2
    assert amounts == pytest.approx([live.tokens] * 2, rel=0.001)


def test_recorded_values_agree(tried: TriedBackend, live: LiveRun, day: dict[str, LiveRun]) -> None:
    """The day's tokens are those of Prometheus within 0.1 %, quantiles within 1 %; whatever differs by more than 0.1 %
    is listed, with a cause."""
    reference = day[NEWEST.name]
    tokens, quantiles = (max(percents(live, reference, kind)) for kind in (TOKENS_OF_THE_DAY, QUANTILE))
    listed = larger(live, reference)
    note(tried, amounts_percent=round(tokens, 3), quantiles_percent=round(quantiles, 3), larger=listed)
    assert tokens <= 0.1
    assert quantiles <= 1
    assert [name for name, difference in listed.items() if difference["cause"] == "unknown"] == []
