"""What Workers push arrives exactly, under the names that the rules of the backend's build read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.backends.deployed import Deployed, TriedBackend
from tests.backends.measured import note
from tests.backends.workers import REQUESTS, SHARDS, TENANTS, push_requests

OF_WORKER = 'tenant_id=~"tenant-.+"'
COUNTED = f"requests_total{{{OF_WORKER}}}"


@pytest.fixture(scope="module")
def pushed(tried: TriedBackend, deployed: Deployed, tmp_path_factory: pytest.TempPathFactory, root: Path) -> Deployed:
    """The backend after 2,000 requests of 20 tenants, which two shards pushed by the protocol that it takes."""
    protocol = "http/json" if tried.json_status == 200 else "http/protobuf"
    assert push_requests(deployed, protocol, tmp_path_factory.mktemp("push"), root) == []
    return deployed


def test_each_request_is_counted_once(tried: TriedBackend, pushed: Deployed) -> None:
    """100 requests of each of the 20 tenants, by both shards, and as many latencies of 7 ms."""
    counted = pushed.eventually(f"sum({COUNTED})", REQUESTS)
    note(tried, requests=counted)
    assert counted == REQUESTS
    by_tenant = {series["metric"]["tenant_id"]: series["value"][1] for series in pushed.query(COUNTED)}
    assert by_tenant == {f"tenant-{number}": "100" for number in range(TENANTS)}
    assert pushed.value(f"count(count by ({tried.shard_label}) ({COUNTED}))") == SHARDS
    assert pushed.value(f'sum(latency_ms_bucket{{le="10",{OF_WORKER}}})') == REQUESTS
    assert pushed.value(f'sum(latency_ms_bucket{{le="5",{OF_WORKER}}})') == 0
    assert pushed.value(f"sum(latency_ms_sum{{{OF_WORKER}}})") == 7 * REQUESTS


def test_names_are_to_the_letter(pushed: Deployed) -> None:
    """No name of what the Worker counted is another one than rules and dashboards read."""
    raw = f'{{{OF_WORKER},__name__!~".*:.*|ALERTS.*"}}'
    names = {series["metric"]["__name__"] for series in pushed.query(f"count by (__name__) ({raw})")}
    assert names == {"requests_total", "latency_ms_bucket", "latency_ms_count", "latency_ms_sum"}


def test_increases_have_the_first_increment(tried: TriedBackend, pushed: Deployed) -> None:
    """What the first push of a series has counted is in its increase, where the backend's page does not say that it is
    lost."""
    counted = pushed.value(f"sum({tried.counted.format(selector=COUNTED)})")
    note(tried, in_increases=counted)
    assert (counted == REQUESTS) is tried.keeps_first_increments
    assert 0 < counted <= REQUESTS
