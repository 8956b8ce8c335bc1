"""The Collector before Prometheus: what Workers push arrives exactly, and nothing else arrives."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.gateway.conftest import Gateway
from tests.gateway.pushes import NOW, START, counter, gauge, histogram, metric_of, push, series_of
from tests.gateway.servers import Client

PATH = "/v1/metrics"
LABELS = {"tenant_id": "a", "route": "/chat", "service": "worker-api"}
Forgery = Callable[[dict[str, str], dict[str, str]], dict[str, Any]]


def times() -> dict[str, str]:
    """A start a minute ago, and now."""
    now = time.time_ns()
    return {START: str(now - 60 * 10**9), NOW: str(now)}


def dropped(gateway: Gateway) -> float:
    """How many points the filter has dropped."""
    samples = gateway.own_metrics.samples().items()
    return sum(value for name, value in samples if "filter_datapoints" in name)


def stored(gateway: Gateway) -> set[str]:
    """The names of the metrics that Prometheus has, but for what it makes of a push itself."""
    names = {item["metric"]["__name__"] for item in gateway.prometheus.query('{__name__!=""}')}
    return names - {"target_info"}


def test_every_series_of_the_contract_arrives_exactly(gateway: Gateway, contract: Any) -> None:
    """Each has the value that was pushed, the labels to the letter, and the 0 at its start, by which no first increment
    is lost; the filter drops nothing."""
    at = times()
    pushed = [(metric, labels, value) for value, (metric, labels) in enumerate(series_of(contract), 1)]
    body = push([metric_of(metric, labels, value, at) for metric, labels, value in pushed])
    assert gateway.pushes.status(PATH, body) == 200
    assert len(pushed) > 100
    assert dropped(gateway) == 0
    for metric, labels, value in pushed:
        name = metric["name"] + ("_count" if metric["type"] == "histogram" else "")
        matchers = ",".join(f'{label}="{text}"' for label, text in labels.items())
        (series,) = gateway.prometheus.query(f"{name}{{{matchers}}}[5m]")
        values = [float(text) for _, text in series["values"]]
        assert values == ([value] if metric["type"] == "gauge" else [0, value]), (name, labels)
        assert series["metric"].keys() == {"__name__", "job", "instance", *labels}


FORGERIES: dict[str, Forgery] = {
    "an alert": lambda of, at: push([gauge("ALERTS", of | {"alertname": "Watchdog", "alertstate": "firing"}, 1, at)]),
    "a recorded threshold": lambda of, at: push([gauge("tenant_id:tokens_per_day:override", of, 1e12, at)]),
    "a name that Prometheus would rename": lambda of, at: push([counter("requests.total", LABELS | of, 1, at)]),
    "an unknown metric": lambda of, at: push([counter("up", LABELS | of, 1, at)]),
    "another platform": lambda _, at: push([counter("requests_total", LABELS | {"platform": "other"}, 1, at)]),
    "no platform": lambda _, at: push([counter("requests_total", LABELS, 1, at)]),
    "another label": lambda of, at: push([counter("requests_total", LABELS | of | {"pod": "x"}, 1, at)]),
    "a name as a label": lambda of, at: push([counter("requests_total", LABELS | of | {"__name__": "ALERTS"}, 1, at)]),
    "another route": lambda of, at: push([counter("requests_total", LABELS | of | {"route": "/forged"}, 1, at)]),
    "another type": lambda of, at: push([gauge("requests_total", LABELS | of, 1, at)]),
    "other bounds": lambda of, at: push([histogram("latency_ms", LABELS | of, 1, [1.0, 2.0], at)]),
    "a label with a line end": lambda of, at: push(
        [counter("requests_total", LABELS | of | {"tenant_id": "a\nb"}, 1, at)]
    ),
    "an attribute of the resource": lambda of, at: push(
        [counter("requests_total", LABELS | of, 1, at)],
        {"service.name": "workers", "service.instance.id": "shard-0", "x": "y"},
    ),
    "another job": lambda of, at: push(
        [counter("requests_total", LABELS | of, 1, at)], {"service.name": "prometheus", "service.instance.id": "a"}
    ),
}


def test_forged_series_are_dropped_and_counted(gateway: Gateway, contract: Any) -> None:
    """Whoever has a token can push none of these; each adds to the Collector's count, and Prometheus has nothing."""
    for count, (what, forged) in enumerate(FORGERIES.items(), 1):
        assert gateway.pushes.status(PATH, forged(contract["series_labels"], times())) == 200, what
        assert dropped(gateway) == count, what
    assert stored(gateway) == set()


def test_deltas_are_dropped(gateway: Gateway, contract: Any) -> None:
    """A sum of deltas would be added up wrongly, or make Prometheus refuse the whole push."""
    body = push([counter("requests_total", LABELS | contract["series_labels"], 1, times())])
    delta = copy.deepcopy(body)
    delta["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0]["sum"]["aggregationTemporality"] = 1
    assert gateway.pushes.status(PATH, delta) == 200
    assert stored(gateway) == set()
    assert gateway.pushes.status(PATH, body) == 200
    assert stored(gateway) == {"requests_total"}


def test_a_forged_series_beside_true_ones_is_dropped_alone(gateway: Gateway, contract: Any) -> None:
    """A push with both stores what is true."""
    of, at = contract["series_labels"], times()
    body = push([counter("requests_total", LABELS | of, 5, at), gauge("ALERTS", of, 1, at)])
    assert gateway.pushes.status(PATH, body) == 200
    assert stored(gateway) == {"requests_total"}


@pytest.mark.parametrize(
    ("path", "status"), [("/", 404), ("/v1/traces", 404), ("/v1/logs", 404), ("/api/v1/query?query=up", 404)]
)
def test_other_paths_are_refused_and_counted(path: str, status: int, gateway: Gateway) -> None:
    """With the right token too, there is one path."""
    before = answers(gateway, status)
    assert gateway.pushes.status(path, push([])) == status
    assert answers(gateway, status) == before + 1


def test_nothing_but_a_post_is_taken(gateway: Gateway) -> None:
    """A GET of the path is refused."""
    assert gateway.pushes.status(PATH) == 405


def test_without_a_token_or_with_another_one_a_push_is_refused_and_counted(gateway: Gateway, contract: Any) -> None:
    """No password, a wrong one and a wrong user are refused; nothing is stored."""
    body = push([counter("requests_total", LABELS | contract["series_labels"], 1, times())])
    strangers = [None, ("workers", "wrong"), ("stranger", "open sesame"), ("workers", "")]
    for count, user in enumerate(strangers, 1):
        client = Client(gateway.pushes.address, gateway.pushes.certificate, user)
        assert client.status(PATH, body) == 401
        assert answers(gateway, 401) == count
    assert stored(gateway) == set()


def test_a_large_push_is_refused(gateway: Gateway) -> None:
    """17 MiB are more than the limit, of 16."""
    assert gateway.pushes.status(PATH, b" " * 17 * 2**20) in (400, 413)


def test_a_push_that_prometheus_does_not_store_is_refused(gateway: Gateway, contract: Any) -> None:
    """A sample of a year ago is too old: the shard gets an error, not a 200."""
    past = time.time_ns() - 365 * 24 * 3600 * 10**9
    at = {START: str(past - 10**9), NOW: str(past)}
    labels = LABELS | contract["series_labels"]
    assert gateway.pushes.status(PATH, push([counter("requests_total", labels, 1, times())])) == 200
    assert gateway.pushes.status(PATH, push([counter("requests_total", labels, 1, at)])) >= 400


def answers(gateway: Gateway, status: int) -> float:
    """How many requests the Collector has answered with a status."""
    samples = gateway.own_metrics.samples().items()
    wanted = f'http_response_status_code="{status}"'
    return sum(
        value for name, value in samples if name.startswith("http_server_request_duration_count") and wanted in name
    )


def test_strangers_add_no_series_to_the_collector(gateway: Gateway) -> None:
    """The Host of a request is in none of its metrics, and a second one adds no series."""
    stranger = gateway.pushes.without_user()
    assert stranger.status(PATH, {}) == 401
    before = set(gateway.own_metrics.samples())
    assert any("http_server_request_duration" in name for name in before)
    assert stranger.status(PATH, {}, host="stranger.example.com") == 401
    after = gateway.own_metrics.samples()
    assert not any("stranger" in name for name in after)
    assert set(after) == before
