"""Incidents do what they say, to their subject alone."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from contract.ai import AI_ERRORS, AI_REQUESTS, TOKENS
from contract.api import ERRORS, LATENCY, REQUESTS
from contract.storage import DO_ERRORS, KV_ERRORS, KV_WRITES, VECTORIZE_ERRORS, VECTORIZE_QUERIES
from generator.dsl.platform import Platform
from generator.verify.simulation.incident import Incident, Kind
from generator.verify.simulation.population import models_in_use
from generator.verify.simulation.scenarios import NEWCOMER, library
from generator.verify.simulation.simulation import Simulation
from generator.verify.simulation.truth import Truth
from tests.verify.simulation.plans import HOURS, alone, elsewhere, few_hours

LARGE, SECOND = "com.rainbowsmokeofficial", "com-mrrainbowsmoke"
START, DURATION = 2 * HOURS, 1 * HOURS


def _hour(simulation: Simulation, before: bool = False) -> tuple[int, int]:
    """The incident's hour, or the one before it, in seconds since 1970."""
    start = simulation.plan.clock.start + START - (DURATION if before else 0)
    return start, start + DURATION


def _incident(kind: Kind, size: float = 1, subject: Mapping[str, str] | None = None, rising: bool = False) -> Incident:
    return Incident(kind, START, DURATION, size, subject or {}, rising)


def test_an_outage_is_whole_and_ends(platform: Platform) -> None:
    """Every request to the route fails in its hour (but for the few that are refused by rate), hardly one before."""
    truth = Truth(told := few_hours(platform, _incident(Kind.REQUESTS_FAIL, 1.0, {"route": "/chat"})))
    down, up = _hour(told), _hour(told, before=True)
    assert (truth.share(ERRORS, REQUESTS, *down, route="/chat") or 0) > 0.98
    assert (truth.share(ERRORS, REQUESTS, *up, route="/chat") or 0) < 0.01


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        (Kind.REQUESTS_FAIL, 0.5),
        (Kind.REQUESTS_SLOW, 5),
        (Kind.MODEL_FAILS, 0.5),
        (Kind.MODEL_SLOW, 5),
        (Kind.STREAMS_BREAK, 0.5),
        (Kind.STORE_TIMES_OUT, 0.5),
        (Kind.TRAFFIC_LOOPS, 1),
        (Kind.LONE_REQUESTS, 2),
    ],
    ids=lambda value: value.value if isinstance(value, Kind) else "",
)
def test_only_the_subject_changes(platform: Platform, kind: Kind, size: float) -> None:
    """All that is not one tenant's chats is, to the byte, what it would have been; the tenant's chats are not."""
    subject = {"tenant_id": SECOND, "route": "/chat"}
    calm, struck = few_hours(platform), few_hours(platform, _incident(kind, size, subject))
    assert elsewhere(struck, **subject) == elsewhere(calm, **subject)
    metric = {Kind.TRAFFIC_LOOPS: REQUESTS, Kind.LONE_REQUESTS: REQUESTS}.get(kind, LATENCY)
    if kind is Kind.REQUESTS_FAIL:
        metric = ERRORS
    assert alone(struck, metric.name, **subject) != alone(calm, metric.name, **subject)


def test_a_share_is_met(platform: Platform) -> None:
    """Of 20,000 requests or more 5 % fail, within four standard deviations of 0.15 %."""
    truth = Truth(told := few_hours(platform, Incident(Kind.REQUESTS_FAIL, 0, 24 * HOURS, 0.05), hours=24))
    day = (told.plan.clock.start, told.plan.clock.end)
    assert truth.total(REQUESTS, *day) > 20_000
    assert truth.share(ERRORS, REQUESTS, *day) == pytest.approx(0.05, abs=0.006)


def test_a_step_and_a_creep(platform: Platform) -> None:
    """Six times slower is six times the median at once; a creep is small in its first quarter of an hour."""
    subject, quarter = {"route": "/search"}, DURATION / 4
    step = Truth(told := few_hours(platform, _incident(Kind.REQUESTS_SLOW, 6, subject)))
    creep = Truth(few_hours(platform, _incident(Kind.REQUESTS_SLOW, 6, subject, rising=True)))
    start, end = _hour(told)
    usual = step.quantile(LATENCY, 0.5, *_hour(told, before=True), route="/search") or 0
    first = (start, start + quarter)
    assert (step.quantile(LATENCY, 0.5, *first, route="/search") or 0) == pytest.approx(6 * usual, rel=0.2)
    # A rise from 1 to 6 within the hour is 1.6 in the middle of its first quarter, and 5.4 in that of its last.
    assert (creep.quantile(LATENCY, 0.5, *first, route="/search") or 0) == pytest.approx(1.6 * usual, rel=0.25)
    last = creep.quantile(LATENCY, 0.5, end - quarter, end, route="/search") or 0
    assert last == pytest.approx(5.4 * usual, rel=0.25)


def test_a_model_out_of_capacity_fails_its_callers(platform: Platform) -> None:
    """Six tenths of the model's calls fail, no other model's; and the requests that needed it fail with it."""
    model, other = models_in_use(platform)[0][:2]
    truth = Truth(told := few_hours(platform, _incident(Kind.MODEL_FAILS, 0.6, {"model": model})))
    assert truth.share(AI_ERRORS, AI_REQUESTS, *_hour(told), model=model) == pytest.approx(0.6, abs=0.1)
    assert (truth.share(AI_ERRORS, AI_REQUESTS, *_hour(told), model=other) or 0) < 0.02
    assert truth.total(ERRORS, *_hour(told)) >= truth.total(AI_ERRORS, *_hour(told), model=model) > 10


def test_each_store_fails_alone(platform: Platform) -> None:
    """KV's refused writes fail no request; a Durable Object's overload does; a time-out of Vectorize takes 5 s."""
    kv, objects = (
        Truth(few_hours(platform, _incident(Kind.STORE_FAILS, 0.4, {"store": store})))
        for store in ("kv", "durable_objects")
    )
    late = Truth(told := few_hours(platform, _incident(Kind.STORE_TIMES_OUT, 0.3)))
    hour = _hour(told)
    assert kv.share(KV_ERRORS, KV_WRITES, *hour) == pytest.approx(0.4, abs=0.1)
    assert (kv.share(ERRORS, REQUESTS, *hour) or 0) < 0.01
    assert kv.total(DO_ERRORS, *hour) <= 2
    assert objects.total(ERRORS, *hour) >= objects.total(DO_ERRORS, *hour) > 50
    assert late.share(VECTORIZE_ERRORS, VECTORIZE_QUERIES, *hour) == pytest.approx(0.3, abs=0.1)
    assert (late.quantile(LATENCY, 0.95, *hour, route="/search") or 0) > 5_000


def test_a_loop_spends_tokens_day_and_night(platform: Platform) -> None:
    """Two requests a second for an hour are 7,200 more than without, and their tokens come with them."""
    loop = Truth(told := few_hours(platform, _incident(Kind.TRAFFIC_LOOPS, 2, {"tenant_id": LARGE, "route": "/chat"})))
    calm, (start, end) = Truth(few_hours(platform)), _hour(told)
    more = loop.total(REQUESTS, start, end) - calm.total(REQUESTS, start, end)
    assert more == pytest.approx(7_200, rel=0.05)
    assert loop.total(TOKENS, start, end, tenant_id=LARGE, route="/chat") > 7_000 * 100


def test_a_newcomer_sends_one_request_which_fails(platform: Platform) -> None:
    """The tenant that was not there before has one request in all, and one error."""
    truth = Truth(told := few_hours(platform, *library(platform, noon=START)["a new tenant's first failure"]))
    whole = (told.plan.clock.start, told.plan.clock.end)
    assert truth.total(REQUESTS, *whole, tenant_id=NEWCOMER) == 1
    assert truth.total(ERRORS, *whole, tenant_id=NEWCOMER) == 1


def test_nothing_happens_in_a_silent_service(platform: Platform) -> None:
    """The silent service has no requests in its hour; the other has."""
    truth = Truth(told := few_hours(platform, _incident(Kind.SERVICE_SILENT, 1, {"service": "worker-api"})))
    assert truth.total(REQUESTS, *_hour(told), service="worker-api") == 0
    assert truth.total(REQUESTS, *_hour(told), service="ingest-worker") > 0


def test_the_library_has_what_the_field_knows(platform: Platform) -> None:
    """At least 16 incidents, none of a kind twice for the same subject, size and length."""
    incidents = [str(incident) for several in library(platform).values() for incident in several]
    assert len(incidents) == len(set(incidents)) >= 16
