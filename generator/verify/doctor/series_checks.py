"""Whether there are as many series as the contract plans, and whether events are counted where they belong."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from contract.api import DROPPED, OVERFLOW
from contract.labels import MODEL, ROUTE, SERVICE, TENANT
from generator.dsl.label_values import is_closed, values_of
from generator.dsl.metrics import Histogram, Metric
from generator.verify.doctor.finding import Evidence, FindingSeverity, Observation, live_check
from generator.verify.doctor.queries import AS_OTHER, LARGEST_TENANTS, LOST
from generator.verify.doctor.subject import Subject
from generator.verify.doctor.system import System

BESIDE_BOUNDS = 3
"""A histogram has a bucket without bound, a sum and a count beside its bounds."""


def planned_series(subject: Subject, models: int) -> int:
    """How many series a tenant has at most that calls every route of every service, and on each so many models."""
    return sum(_series_of(subject, metric, models) for metric in subject.metrics_with(TENANT))


def _series_of(subject: Subject, metric: Metric, models: int) -> int:
    """The series of a metric for one tenant. A route belongs to one service, and each service has the fallback, too."""
    platform = subject.platform
    pairs = sum(len(routes) + bool(ROUTE.fallback) for routes in platform.services.values())
    counts = [
        len(values_of(label, platform)) if is_closed(label) else models if label is MODEL else 1
        for label in metric.labels
        if label not in (TENANT, ROUTE, SERVICE)
    ]
    parts = len(metric.buckets) + BESIDE_BOUNDS if isinstance(metric, Histogram) else 1
    return pairs * prod(counts) * parts


@live_check(
    "series-per-tenant",
    FindingSeverity.WARNING,
    reads="the newest samples of the platform's series, counted by tenant",
    example='tenant "acme" has 5,210 series, planned are at most 884',
    hint="look for a label with many values (`instance`: is there one writer for each isolate?), for a tenant's name "
    "that many share, and for series of a shard that was removed: they end with the retention",
)
def series_per_tenant(subject: Subject, system: System) -> Iterator[Observation]:
    """A tenant has at most the series that the contract gives it: routes, times the models in use, times the buckets.

    Prometheus' memory and the cost of every query grow with them. More of them come from a label that the plan does not
    know, or from several writers of the same series.
    """
    models = max(1, len(system.prometheus.models))
    planned = planned_series(subject, models)
    for sample in system.prometheus.vector(LARGEST_TENANTS):
        if sample.value > planned:
            tenant = sample.labels.get(TENANT.name, "")
            what = f'tenant "{tenant}" has {sample.value:,.0f} series, planned are at most {planned:,}'
            in_use = f"{models} model{'s' if models > 1 else ''} in use"
            routes = f"{len(subject.platform.routes)} routes and the fallback"
            evidence = (Evidence("planned", f"{planned:,} series of {routes}, with {in_use}"),)
            yield Observation(what, (Evidence(f'{{tenant_id="{tenant}"}}', f"{sample.value:,.0f} series"), *evidence))


@live_check(
    "tenants-as-other",
    FindingSeverity.WARNING,
    reads="the increase of telemetry_overflow_total over a day",
    example="service worker-api counted 1,200 observations without their tenant (shard_full)",
    hint="where the tenants are real, raise TELEMETRY_SHARDS in all Workers (`shard_full`), or let the application "
    "count fewer routes and models (`isolate_full`); else find who invents their names",
)
def tenants_as_other(subject: Subject, system: System) -> Iterator[Observation]:
    """No event is counted under the tenant `other` for want of room.

    Alerts, budgets and dashboards of single tenants miss these requests and their tokens.
    """
    for sample in system.prometheus.vector(AS_OTHER):
        service, reason = (sample.labels.get(name, "") for name in ("service", "reason"))
        what = f"service {service} counted {sample.value:,.0f} observations without their tenant ({reason})"
        series = f'{subject.name(OVERFLOW)}{{service="{service}",reason="{reason}"}}'
        yield Observation(what, (Evidence(series, f"+{sample.value:,.0f} in 24 h"),))


@live_check(
    "telemetry-lost",
    FindingSeverity.WARNING,
    reads="the increase of telemetry_dropped_total over a day",
    example="service worker-api lost 40 observations (buffer_full)",
    hint="see the runbook of the alert on lost telemetry for each reason",
)
def telemetry_lost(subject: Subject, system: System) -> Iterator[Observation]:
    """No observation is lost before it is counted.

    Requests, errors and tokens of that time are too low, and alerts fire later.
    """
    for sample in system.prometheus.vector(LOST):
        service, reason = (sample.labels.get(name, "") for name in ("service", "reason"))
        series = f'{subject.name(DROPPED)}{{service="{service}",reason="{reason}"}}'
        evidence = (Evidence(series, f"+{sample.value:,.0f} in 24 h"),)
        yield Observation(f"service {service} lost {sample.value:,.0f} observations ({reason})", evidence)
