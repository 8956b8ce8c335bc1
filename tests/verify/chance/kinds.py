"""What the condition is about: failing requests, slow ones, and failing calls to models and stores. Each has its alert,
its threshold on the tests' own platform, and the series that it reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.verify.chance.condition import Counts, Floats

ROUTE = 'route="/chat",service="worker-api"'
Events = Callable[[Counts, Counts], tuple[tuple[str, Counts], ...]]
"""The series of a tenant, without their labels of the platform and the tenant, from all events and those that fail."""
Increases = Callable[[Counts, Counts], tuple[Floats, Floats]]
"""The increases over 5 minutes of all events and of those that fail."""


@dataclass(frozen=True)
class Kind:
    """One use of the condition: the `events` of which some `fail`, as texts name them."""

    name: str
    events: str
    fail: str
    alert: str
    threshold: float
    series: Events
    increases: Increases

    @property
    def usual_share(self) -> float:
        """The share that fails without an incident."""
        return self.threshold / 25


def _counted(events: Counts, failures: Counts) -> tuple[Floats, Floats]:
    return events.increase(), failures.increase()


def _observed(events: Counts, failures: Counts) -> tuple[Floats, Floats]:
    """Slow requests are all without those within the SLO, each extrapolated by itself."""
    of_all = events.increase()
    return of_all, of_all - (events - failures).increase()


def _read_and_written(events: Counts, failures: Counts) -> tuple[Floats, Floats]:
    """Reads and writes are counted by themselves: here those that succeed, and those that fail."""
    return (events - failures).increase() + failures.increase(), failures.increase()


def _requests(events: Counts, failures: Counts) -> tuple[tuple[str, Counts], ...]:
    return (f"requests_total{{{ROUTE}", events), (f"errors_total{{{ROUTE}", failures)


def _latencies(events: Counts, failures: Counts) -> tuple[tuple[str, Counts], ...]:
    """The bucket whose bound is the SLO of /chat, and all observations."""
    within = events - failures
    return (f'latency_ms_bucket{{le="10000",{ROUTE}', within), (f"latency_ms_count{{{ROUTE}", events)


def _model_calls(events: Counts, failures: Counts) -> tuple[tuple[str, Counts], ...]:
    model = f'model="@cf/meta/llama-3.1-8b-instruct",{ROUTE}'
    return (f"ai_requests_total{{{model}", events), (f"ai_errors_total{{{model}", failures)


def _store_calls(events: Counts, failures: Counts) -> tuple[tuple[str, Counts], ...]:
    """All reads succeed, and all writes fail."""
    reads = events - failures
    return (
        (f"kv_reads_total{{{ROUTE}", reads),
        (f"kv_writes_total{{{ROUTE}", failures),
        (f"kv_errors_total{{{ROUTE}", failures),
    )


ERRORS = Kind("errors", "requests", "fail", "TenantHighErrorRate", 0.05, _requests, _counted)
SLOW = Kind("slow", "requests", "are slow", "TenantHighLatency", 0.05, _latencies, _observed)
MODELS = Kind("models", "calls to models", "fail", "TenantHighAIErrorRate", 0.05, _model_calls, _counted)
STORES = Kind("stores", "calls to stores", "fail", "TenantStorageErrors", 0.01, _store_calls, _read_and_written)
KINDS = {kind.name: kind for kind in (ERRORS, SLOW, MODELS, STORES)}
