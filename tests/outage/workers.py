"""The Workers of a time lapse: counters of many tenants, pushed to Prometheus by OTLP as the Workers push theirs."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from contract.api import ERRORS, HEARTBEAT, LATENCY, REQUESTS
from generator.dsl.platform import Platform
from tests.e2e.prometheus import OPENER, TIMEOUT

PUSH_SECONDS = 1.0
"""As the push interval of the platform, divided."""
REQUESTS_PER_PUSH = 30
"""Of each tenant to each route: a request a second, in a time that is 30 times as fast."""
CUMULATIVE = 2
"""OTLP's temporality of counters that grow."""


@dataclass
class Workers:
    """What they count: requests of each tenant to each route, all of them fast. `failing` is how many of the requests
    of a push fail, by tenant and route."""

    platform: Platform
    tenants: Sequence[str]
    failing: Callable[[str, str], int] = lambda tenant, route: 0
    pushes: int = 0
    errors: dict[tuple[str, str], int] = field(default_factory=dict)
    start: int = field(default_factory=time.time_ns)

    def count(self) -> None:
        """Count the requests until the next push."""
        self.pushes += 1
        for tenant in self.tenants:
            for route in self.platform.routes:
                self.errors[tenant, route] = self.errors.get((tenant, route), 0) + self.failing(tenant, route)

    def document(self) -> dict[str, Any]:
        """All counters and heartbeats as an OTLP request."""
        now = time.time_ns()
        stamp = {"startTimeUnixNano": str(self.start), "timeUnixNano": str(now)}
        counted = self.pushes * REQUESTS_PER_PUSH
        buckets = {"explicitBounds": LATENCY.buckets, "bucketCounts": [str(counted), *["0"] * len(LATENCY.buckets)]}
        series = [({"tenant_id": tenant, **route}, (tenant, route["route"])) for tenant, route in self._series()]
        requests = [self._point(labels, stamp, asInt=str(counted)) for labels, _ in series]
        errors = [self._point(labels, stamp, asInt=str(self.errors.get(key, 0))) for labels, key in series]
        latency = [self._point(labels, stamp, count=str(counted), sum=counted, **buckets) for labels, _ in series]
        services = ({"service": service} for service in self.platform.services)
        heartbeats = [self._point(each, stamp, asDouble=now / 1e9) for each in services]
        cumulative = {"aggregationTemporality": CUMULATIVE}
        metrics = [
            {"name": REQUESTS.name, "sum": {**cumulative, "isMonotonic": True, "dataPoints": requests}},
            {"name": ERRORS.name, "sum": {**cumulative, "isMonotonic": True, "dataPoints": errors}},
            {"name": LATENCY.name, "histogram": {**cumulative, "dataPoints": latency}},
            {"name": HEARTBEAT.name, "gauge": {"dataPoints": heartbeats}},
        ]
        return {"resourceMetrics": [{"resource": {}, "scopeMetrics": [{"metrics": metrics}]}]}

    def _series(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        for tenant in self.tenants:
            for service, routes in self.platform.services.items():
                yield from ((tenant, {"route": route, "service": service}) for route in routes)

    def _point(self, labels: Mapping[str, str], stamp: Mapping[str, str], **value: Any) -> dict[str, Any]:
        named = {"platform": self.platform.name, **labels}
        attributes = [{"key": name, "value": {"stringValue": text}} for name, text in named.items()]
        return {"attributes": attributes, **stamp, **value}


@contextmanager
def pushing(workers: Workers, prometheus: str) -> Iterator[None]:
    """Push to a Prometheus every second until the block ends. Raises what a push raised."""
    ended, failures = threading.Event(), list[BaseException]()

    def push() -> None:
        try:
            while not ended.wait(PUSH_SECONDS):
                workers.count()
                body = json.dumps(workers.document()).encode()
                headers = {"Content-Type": "application/json"}
                request = urllib.request.Request(f"{prometheus}/api/v1/otlp/v1/metrics", body, headers)
                OPENER.open(request, timeout=TIMEOUT).close()
        except BaseException as failure:
            failures.append(failure)

    thread = threading.Thread(target=push)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
    if failures:
        raise failures[0]
