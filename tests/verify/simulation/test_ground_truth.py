"""Expected values of a few events that are written by hand."""

from __future__ import annotations

import numpy as np
import pytest

from contract.ai import AI_TOKENS_INPUT, AI_TOKENS_OUTPUT, TOKENS
from contract.api import ERRORS, LATENCY, REQUESTS
from generator.dsl.metrics import Counter, Histogram
from generator.dsl.platform import Platform
from generator.verify.simulation.ground_truth import GroundTruth
from generator.verify.simulation.measurements import Measurements
from generator.verify.simulation.simulation import Simulation, SimulationPlan

CHAT = {"tenant_id": "a", "route": "/chat", "service": "worker-api"}
SEARCH = {"tenant_id": "b", "route": "/search", "service": "worker-api"}
MODEL = "@cf/meta/llama-3.1-8b-instruct"


def _measurements(metric: Counter | Histogram, labels: dict[str, str], amounts: dict[int, int]) -> Measurements:
    return Measurements(metric, labels, np.array(list(amounts)), np.array(list(amounts.values())))


@pytest.fixture
def truth(platform: Platform) -> GroundTruth:
    """Two tenants; a step is 15 s, so that step 4 is one minute after the start."""
    measurements = (
        _measurements(REQUESTS, CHAT, {1: 4, 4: 1, 5: 5}),
        _measurements(REQUESTS, SEARCH, {2: 10}),
        _measurements(ERRORS, CHAT, {5: 2}),
        _measurements(LATENCY, CHAT, {1: 100, 2: 200, 3: 300, 4: 400, 9: 5_000}),
        _measurements(AI_TOKENS_INPUT, {**CHAT, "model": MODEL}, {1: 1_000_000}),
        _measurements(AI_TOKENS_OUTPUT, {**CHAT, "model": MODEL}, {2: 2_000_000}),
        _measurements(AI_TOKENS_OUTPUT, {**CHAT, "model": "nameless"}, {2: 7}),
    )
    return GroundTruth(Simulation(SimulationPlan(platform), measurements))


def test_a_total_is_of_its_time_and_labels(truth: GroundTruth) -> None:
    """Events after the start and up to the end count: of 4, 1 and 5 chats the first minute has 5."""
    start = truth.simulation.plan.clock.start
    assert truth.total(REQUESTS, start, start + 60, tenant_id="a") == 5
    assert truth.total(REQUESTS, start + 60, start + 120, tenant_id="a") == 5
    assert truth.total(REQUESTS, start, start + 120) == 20
    assert truth.total_by("tenant_id", REQUESTS, start, start + 60) == {"b": 10, "a": 5}


def test_a_combined_counter_is_the_sum_of_its_members(truth: GroundTruth) -> None:
    """Tokens are the input and the output tokens, distinguished by direction."""
    start = truth.simulation.plan.clock.start
    assert truth.total(TOKENS, start, start + 60) == 3_000_007
    assert truth.total(TOKENS, start, start + 60, direction="input") == 1_000_000


def test_a_ratio_without_requests_is_none(truth: GroundTruth) -> None:
    """2 of 10 chats failed; afterwards there were no requests."""
    start = truth.simulation.plan.clock.start
    assert truth.ratio(ERRORS, REQUESTS, start, start + 120, route="/chat") == pytest.approx(0.2)
    assert truth.ratio(ERRORS, REQUESTS, start + 120, start + 240) is None


def test_a_quantile_is_an_observed_value(truth: GroundTruth) -> None:
    """Of 100, 200, 300 and 400 the median is 200 and the p95 is 400; without values there is no quantile."""
    start = truth.simulation.plan.clock.start
    assert truth.quantile(LATENCY, 0.5, start, start + 60) == 200
    assert truth.quantile(LATENCY, 0.95, start, start + 60) == 400
    assert truth.quantile(LATENCY, 0.5, start, start + 60, tenant_id="b") is None


def test_the_cost_uses_the_prices(truth: GroundTruth) -> None:
    """A million input tokens at 0.282 and two million output tokens at 0.827 cost 1.936 dollars; a model without a
    price is free."""
    start = truth.simulation.plan.clock.start
    assert truth.cost_dollars(start, start + 60) == pytest.approx(0.282 + 2 * 0.827)
    assert truth.cost_dollars(start, start + 15) == pytest.approx(0.282)
