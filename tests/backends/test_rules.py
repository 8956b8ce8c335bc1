"""Each backend's own ruler evaluates the rules of its build, on what a shard pushes for a minute."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest

from tests.backends.deployed import Deployed, TriedBackend
from tests.backends.pushes import CountedTenant, otlp

SECONDS = 60
"""More than the windows of 5 minutes and the alert's `for`, divided."""
REQUESTS, SLOW, TOKENS = 100, 40, 1000
"""Of each second; 40 requests take longer than the SLO of the route."""
OF_TENANT = '{tenant_id="a"}'


@dataclass(frozen=True)
class PushedMinute:
    """A backend after a minute of pushes, which ended at a time in seconds since 1970."""

    deployed: Deployed
    end: float


@pytest.fixture(scope="module")
def pushed(deployed: Deployed) -> PushedMinute:
    """The backend after a minute of pushes."""
    start = int(time.time())
    for second in range(1, SECONDS + 1):
        counted = CountedTenant("a", REQUESTS * second, SLOW * second, 0, TOKENS * second)
        assert deployed.push(otlp([counted], start, time.time())) == 200
        time.sleep(1)
    return PushedMinute(deployed, time.time())


def test_json_has_the_answer_that_the_page_says(tried: TriedBackend, deployed: Deployed) -> None:
    """The Workers' default is JSON: where it is refused, the page of the backend says which variable changes that."""
    assert deployed.push(b'{"resourceMetrics": []}', "application/json") == tried.json_status


def test_names_and_counts_are_to_the_letter(tried: TriedBackend, pushed: PushedMinute) -> None:
    """Names are those that rules read, and nothing is lost."""
    database, tokens = pushed.deployed, tried.stored("ai_tokens_input")
    in_all, fast = REQUESTS * SECONDS, (REQUESTS - SLOW) * SECONDS
    assert database.eventually(f"requests_total{OF_TENANT}", in_all) == in_all
    assert database.eventually('latency_ms_bucket{tenant_id="a",le="500"}', fast) == fast
    selector = '{tenant_id="a",__name__=~"(requests|ai_tokens|latency_ms)[^:]*"}'
    names = {series["metric"]["__name__"] for series in database.query(f"count by (__name__) ({selector})")}
    assert names == {"requests_total", tokens, "latency_ms_bucket", "latency_ms_count", "latency_ms_sum"}


def test_no_rule_fails(pushed: PushedMinute) -> None:
    """The ruler evaluates every rule of the build without an error."""
    rules = pushed.deployed.rules()
    assert len(rules) > 100
    assert [rule["name"] for rule in rules if rule.get("lastError")] == []


def test_amounts_are_what_was_counted(tried: TriedBackend, pushed: PushedMinute) -> None:
    """The amount of a day has each second's tokens, the first one's too unless the backend loses it."""
    counted = SECONDS if tried.keeps_first_increments else SECONDS - 1
    amount = 'tenant_id_model_direction:ai_tokens:amount1d{tenant_id="a",direction="input"}'
    assert pushed.deployed.eventually(amount, counted * TOKENS) == counted * TOKENS
    tokens = tried.stored("ai_tokens_input") + OF_TENANT
    assert pushed.deployed.value(tried.counted.format(selector=tokens), at=pushed.end) == counted * TOKENS


def test_slow_requests_are_recorded_and_their_alert_fires(pushed: PushedMinute) -> None:
    """40 of 100 requests are slower than the SLO while they are pushed: the alert on the route fires live."""
    level = "tenant_id_route_service:latency_ms"
    share = f"{level}_above_route_limit:increase5m{OF_TENANT} / {level}_count:increase5m{OF_TENANT}"
    (series,) = pushed.deployed.query(share, at=pushed.end)
    assert float(series["value"][1]) == pytest.approx(SLOW / REQUESTS, abs=0.01)
    firing = 'ALERTS{alertname="RouteHighLatency",alertstate="firing",route="/search"}'
    assert pushed.deployed.value(f"max_over_time({firing}[5m])") == 1
