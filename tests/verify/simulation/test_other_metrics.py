"""Metrics that no simulated call counts: those of a project's own contract are counted on a share of the requests."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

import pytest

from contract import CONTRACT
from contract.api import REQUESTS
from contract.labels import MODEL, ROUTE, SERVICE, TENANT
from generator.dsl.contract import Contract
from generator.dsl.labels import Label, LabelValues
from generator.dsl.metrics import Counter, Extension, Gauge, Histogram
from generator.dsl.platform import Platform
from generator.dsl.units import ERRORS_UNIT, MILLISECONDS, PERCENT, REQUESTS_UNIT, TIMESTAMP_SECONDS, TOKENS_UNIT
from generator.verify.simulation.clock import DAY, Clock
from generator.verify.simulation.ground_truth import GroundTruth
from generator.verify.simulation.openmetrics import file_ranges, openmetrics
from generator.verify.simulation.simulation import Simulation, SimulationPlan, simulate

CURRENCY = Label("currency", "The currency.", values=LabelValues.CONTRACT, listed=("dollar", "euro"), fallback="other")
BRANCH = Label("branch", "The branch.")
counter = partial(Counter, help="Own.", origin=Extension("of a project"))
INVOICES = counter(name="invoices_total", unit=REQUESTS_UNIT, labels=(TENANT, ROUTE, SERVICE, CURRENCY))
FAILED = counter(name="invoice_errors_total", unit=ERRORS_UNIT, labels=(SERVICE, CURRENCY))
WORDS = counter(name="words_total", unit=TOKENS_UNIT, labels=(MODEL, BRANCH))
TIME = Histogram(
    name="invoice_ms", unit=MILLISECONDS, labels=(ROUTE,), buckets=(10, 100, 1000), help="Own.", origin=INVOICES.origin
)
QUEUED = Gauge(name="queued_percent", unit=PERCENT, labels=(SERVICE, CURRENCY), help="Own.", origin=INVOICES.origin)
SENT = Gauge(name="sent_seconds", unit=TIMESTAMP_SECONDS, labels=(SERVICE,), help="Own.", origin=INVOICES.origin)
OWN = (INVOICES, FAILED, WORDS, TIME, QUEUED, SENT)


def contract_with(*metrics: Counter | Gauge | Histogram) -> Contract:
    """The default contract with metrics of a project."""
    return replace(CONTRACT, areas={**CONTRACT.areas, "own": metrics})


@pytest.fixture(scope="module")
def day(platform: Platform) -> Simulation:
    """A day of four tenants and the project's metrics."""
    plan = SimulationPlan(platform, tenants=4, clock=Clock(length=DAY, step=60), load_factor=10)
    return simulate(replace(plan, contract=contract_with(*OWN)))


def total(day: Simulation, metric: Counter | Histogram, **labels: str) -> int:
    """The events of a metric over the day."""
    clock = day.plan.clock
    return GroundTruth(day).count(metric, clock.start, clock.end, **labels)


def test_a_counter_counts_a_tenth_of_the_requests_of_each_route(day: Simulation) -> None:
    """Within four standard deviations of a binomial distribution, in every listed value of its own label."""
    for route in day.plan.platform.routes:
        requests = total(day, REQUESTS, route=route)
        assert total(day, INVOICES, route=route) == pytest.approx(requests / 10, abs=4 * (requests * 0.09) ** 0.5)
    assert total(day, INVOICES, currency="dollar") == pytest.approx(total(day, INVOICES) / 2, rel=0.1)
    assert total(day, INVOICES, currency="other") == 0


def test_errors_are_among_the_calls(day: Simulation) -> None:
    """One in a thousand requests, so one in a hundred invoices; each at the time of an invoice of its labels."""
    assert 0.005 < total(day, FAILED) / total(day, INVOICES) < 0.02
    invoices = [
        (item.labels["service"], item.labels["currency"], step)
        for item in day.measurements
        if item.metric is INVOICES
        for step in item.steps.tolist()
    ]
    for item in day.measurements:
        if item.metric is FAILED:
            for step in item.steps.tolist():
                assert (item.labels["service"], item.labels["currency"], step) in invoices


def test_histograms_and_tokens_have_amounts(day: Simulation) -> None:
    """The median of a histogram is about its middle bound; tokens are more than one; open labels have one value."""
    clock = day.plan.clock
    median = GroundTruth(day).quantile(TIME, 0.5, clock.start, clock.end)
    assert median == pytest.approx(100, rel=0.1)
    (words,) = (item for item in day.measurements if item.metric is WORDS)
    assert words.amounts.mean() > 50
    assert words.labels.keys() == {"model", "branch"}
    assert words.labels["model"] in day.plan.platform.model_prices


def test_a_gauge_is_a_wave_and_a_timestamp_is_now(day: Simulation) -> None:
    """A sample a minute under each label set of the requests, between 20 and 80."""
    text = "".join("".join(openmetrics(day, step_range)) for step_range in file_ranges(day))
    queued = re.findall(r"^queued_percent(\{.*\}) (\S+) \d+$", text, re.MULTILINE)
    assert {labels for labels, _ in queued} == {
        f'{{platform="{day.plan.platform.name}",service="{service}",currency="{currency}"}}'
        for service in day.plan.platform.services
        for currency in ("dollar", "euro")
    }
    values = [float(value) for _, value in queued]
    assert [min(values), max(values)] == pytest.approx([20, 80], abs=0.1)
    sent = re.findall(r"^sent_seconds\{.*\} (\S+) (\d+)$", text, re.MULTILINE)
    assert sent
    assert all(float(value) == int(time) for value, time in sent)


def test_all_other_measurements_stay(day: Simulation) -> None:
    """What a project adds changes nothing of the default metrics."""
    default = simulate(replace(day.plan, contract=CONTRACT))
    own = {metric.name for metric in OWN}
    rest = [item for item in day.measurements if item.metric.name not in own]
    assert [(item.metric, item.labels, item.amounts.tobytes()) for item in rest] == [
        (item.metric, item.labels, item.amounts.tobytes()) for item in default.measurements
    ]
    assert default.fingerprint() != day.fingerprint()


def test_a_replaced_metric_is_counted_as_the_library_counts_it(platform: Platform) -> None:
    """With the fallback of a label that it adds, and in its own buckets."""
    tiered = replace(REQUESTS, labels=(*REQUESTS.labels, CURRENCY))
    areas = {**CONTRACT.areas, "api": tuple(tiered if each == REQUESTS else each for each in CONTRACT.areas["api"])}
    plan = SimulationPlan(platform, tenants=2, clock=Clock(length=3600), contract=replace(CONTRACT, areas=areas))
    simulation = simulate(plan)
    requests = [item for item in simulation.measurements if item.metric.name == "requests_total"]
    assert requests
    assert all(item.metric is tiered and item.labels["currency"] == "other" for item in requests)
    default = simulate(replace(plan, contract=CONTRACT))
    assert sum(item.amounts.sum() for item in requests) == sum(
        item.amounts.sum() for item in default.measurements if item.metric is REQUESTS
    )
