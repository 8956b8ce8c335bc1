"""The truth, asked of happenings that were written down by hand."""

from __future__ import annotations

import numpy as np
import pytest

from contract.ai import AI_TOKENS_INPUT, AI_TOKENS_OUTPUT, TOKENS
from contract.api import ERRORS, LATENCY, REQUESTS
from generator.dsl.metrics import Counter, Histogram
from generator.dsl.platform import Platform
from generator.verify.simulation.counting import Told
from generator.verify.simulation.simulation import Plan, Simulation
from generator.verify.simulation.truth import Truth

CHAT = {"tenant_id": "a", "route": "/chat", "service": "worker-api"}
SEARCH = {"tenant_id": "b", "route": "/search", "service": "worker-api"}
MODEL = "@cf/meta/llama-3.1-8b-instruct"


def _told(metric: Counter | Histogram, labels: dict[str, str], happenings: dict[int, int]) -> Told:
    return Told(metric, labels, np.array(list(happenings)), np.array(list(happenings.values())))


@pytest.fixture
def truth(platform: Platform) -> Truth:
    """Two tenants; steps of 15 s, so that step 4 is a minute after the start."""
    told = (
        _told(REQUESTS, CHAT, {1: 4, 4: 1, 5: 5}),
        _told(REQUESTS, SEARCH, {2: 10}),
        _told(ERRORS, CHAT, {5: 2}),
        _told(LATENCY, CHAT, {1: 100, 2: 200, 3: 300, 4: 400, 9: 5_000}),
        _told(AI_TOKENS_INPUT, {**CHAT, "model": MODEL}, {1: 1_000_000}),
        _told(AI_TOKENS_OUTPUT, {**CHAT, "model": MODEL}, {2: 2_000_000}),
        _told(AI_TOKENS_OUTPUT, {**CHAT, "model": "nameless"}, {2: 7}),
    )
    return Truth(Simulation(Plan(platform), told))


def test_a_total_is_of_its_time_and_labels(truth: Truth) -> None:
    """What came after the start's sample up to the end's counts: of 4, 1 and 5 chats the first minute holds 5."""
    start = truth.simulation.plan.clock.start
    assert truth.total(REQUESTS, start, start + 60, tenant_id="a") == 5
    assert truth.total(REQUESTS, start + 60, start + 120, tenant_id="a") == 5
    assert truth.total(REQUESTS, start, start + 120) == 20
    assert truth.by("tenant_id", REQUESTS, start, start + 60) == {"b": 10, "a": 5}


def test_a_union_is_its_parts(truth: Truth) -> None:
    """Tokens are those in and out, told apart by direction."""
    start = truth.simulation.plan.clock.start
    assert truth.total(TOKENS, start, start + 60) == 3_000_007
    assert truth.total(TOKENS, start, start + 60, direction="input") == 1_000_000


def test_a_share_of_nothing_is_none(truth: Truth) -> None:
    """2 of 10 chats failed; of the requests after that there were none."""
    start = truth.simulation.plan.clock.start
    assert truth.share(ERRORS, REQUESTS, start, start + 120, route="/chat") == pytest.approx(0.2)
    assert truth.share(ERRORS, REQUESTS, start + 120, start + 240) is None


def test_a_quantile_is_a_value_that_was_observed(truth: Truth) -> None:
    """Of 100, 200, 300, 400 the median is 200; a share of 0.95 reaches 400; without values there is none."""
    start = truth.simulation.plan.clock.start
    assert truth.quantile(LATENCY, 0.5, start, start + 60) == 200
    assert truth.quantile(LATENCY, 0.95, start, start + 60) == 400
    assert truth.quantile(LATENCY, 0.5, start, start + 60, tenant_id="b") is None


def test_dollars_follow_the_prices(truth: Truth) -> None:
    """A million in at 0.282 and two million out at 0.827 are 1.936 dollars; a model without a price is free."""
    start = truth.simulation.plan.clock.start
    assert truth.dollars(start, start + 60) == pytest.approx(0.282 + 2 * 0.827)
    assert truth.dollars(start, start + 15) == pytest.approx(0.282)
