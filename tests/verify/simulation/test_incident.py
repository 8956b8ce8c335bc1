"""Incidents have the effect that their kind defines, and affect only what their matchers match."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from contract.ai import AI_ERRORS, AI_REQUESTS, AI_TOKENS_UNKNOWN, TOKENS
from contract.api import DROPPED, ERRORS, LATENCY, REQUESTS
from contract.storage import DO_ERRORS, KV_ERRORS, KV_WRITES, VECTORIZE_ERRORS, VECTORIZE_QUERIES
from generator.dsl.platform import Platform
from generator.verify.simulation.ground_truth import GroundTruth
from generator.verify.simulation.incident import Incident, IncidentKind
from generator.verify.simulation.incident_library import NEW_TENANT, incident_library
from generator.verify.simulation.population import models_in_use
from generator.verify.simulation.simulation import Simulation
from tests.verify.simulation.plans import HOUR, matching_events, other_events, simulate_hours

LARGEST_TENANT, SECOND_TENANT = "com.rainbowsmokeofficial", "com-mrrainbowsmoke"
START, DURATION = 2 * HOUR, 1 * HOUR


def _incident(
    kind: IncidentKind, size: float = 1, matchers: Mapping[str, str] | None = None, rising: bool = False
) -> Incident:
    return Incident(kind, START, DURATION, size, matchers or {}, rising)


def _during(simulation: Simulation) -> tuple[int, int]:
    """The hour of the incident, in seconds since 1970."""
    start = simulation.plan.clock.start + START
    return start, start + DURATION


def _before(simulation: Simulation) -> tuple[int, int]:
    """The hour before the incident, in seconds since 1970."""
    start, _ = _during(simulation)
    return start - DURATION, start


def test_an_outage_fails_all_requests_and_ends(platform: Platform) -> None:
    """Every request to the route fails during the incident, except a few rate-limited ones, and few do before."""
    outage = _incident(IncidentKind.REQUESTS_FAIL, 1.0, {"route": "/chat"})
    truth = GroundTruth(simulation := simulate_hours(platform, outage))
    assert (truth.ratio(ERRORS, REQUESTS, *_during(simulation), route="/chat") or 0) > 0.98
    assert (truth.ratio(ERRORS, REQUESTS, *_before(simulation), route="/chat") or 0) < 0.01


def test_requests_stop_while_others_come_and_telemetry_arrives(platform: Platform) -> None:
    """Nobody reaches the route during the incident; the other routes have requests, and so has it before."""
    simulation = simulate_hours(platform, _incident(IncidentKind.REQUESTS_STOP, matchers={"route": "/search"}))
    truth = GroundTruth(simulation)
    assert truth.count(REQUESTS, *_during(simulation), route="/search") == 0
    assert truth.count(REQUESTS, *_during(simulation), route="/chat") > 0
    assert truth.count(REQUESTS, *_before(simulation), route="/search") > 0


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        (IncidentKind.REQUESTS_FAIL, 0.5),
        (IncidentKind.REQUESTS_SLOW, 5),
        (IncidentKind.MODEL_FAILS, 0.5),
        (IncidentKind.MODEL_SLOW, 5),
        (IncidentKind.STREAMS_BREAK, 0.5),
        (IncidentKind.STORE_TIMES_OUT, 0.5),
        (IncidentKind.TRAFFIC_LOOPS, 1),
        (IncidentKind.LONE_REQUESTS, 2),
    ],
    ids=lambda value: value.value if isinstance(value, IncidentKind) else "",
)
def test_only_matching_requests_change(platform: Platform, kind: IncidentKind, size: float) -> None:
    """With an incident in one tenant's chats all other events stay byte-identical, and the tenant's chats change."""
    matchers = {"tenant_id": SECOND_TENANT, "route": "/chat"}
    normal, affected = simulate_hours(platform), simulate_hours(platform, _incident(kind, size, matchers))
    assert other_events(affected, **matchers) == other_events(normal, **matchers)
    metric = {IncidentKind.TRAFFIC_LOOPS: REQUESTS, IncidentKind.LONE_REQUESTS: REQUESTS}.get(kind, LATENCY)
    if kind is IncidentKind.REQUESTS_FAIL:
        metric = ERRORS
    assert matching_events(affected, metric.name, **matchers) != matching_events(normal, metric.name, **matchers)


def test_the_failure_ratio_is_the_size(platform: Platform) -> None:
    """Of 20,000 requests or more 5 % fail, within four standard deviations of 0.15 %."""
    incident = Incident(IncidentKind.REQUESTS_FAIL, 0, 24 * HOUR, 0.05)
    truth = GroundTruth(simulation := simulate_hours(platform, incident, hours=24))
    day = (simulation.plan.clock.start, simulation.plan.clock.end)
    assert truth.total(REQUESTS, *day) > 20_000
    assert truth.ratio(ERRORS, REQUESTS, *day) == pytest.approx(0.05, abs=0.006)


def test_a_rising_slowdown_grows_until_its_end(platform: Platform) -> None:
    """A slowdown of six multiplies the median by six at once; a rising one is small in its first quarter of an hour."""
    matchers, quarter = {"route": "/search"}, DURATION / 4
    step = GroundTruth(simulation := simulate_hours(platform, _incident(IncidentKind.REQUESTS_SLOW, 6, matchers)))
    rising = GroundTruth(simulate_hours(platform, _incident(IncidentKind.REQUESTS_SLOW, 6, matchers, rising=True)))
    start, end = _during(simulation)
    normal = step.quantile(LATENCY, 0.5, *_before(simulation), route="/search") or 0
    first_quarter = (start, start + quarter)
    assert (step.quantile(LATENCY, 0.5, *first_quarter, route="/search") or 0) == pytest.approx(6 * normal, rel=0.2)
    # A rise from 1 to 6 within the hour is 1.6 in the middle of its first quarter, and 5.4 in that of its last.
    first = rising.quantile(LATENCY, 0.5, *first_quarter, route="/search") or 0
    last = rising.quantile(LATENCY, 0.5, end - quarter, end, route="/search") or 0
    assert first == pytest.approx(1.6 * normal, rel=0.25)
    assert last == pytest.approx(5.4 * normal, rel=0.25)


def test_a_failing_model_fails_the_requests_that_call_it(platform: Platform) -> None:
    """60 % of the model's calls fail, with the requests that made them; another model's calls do not."""
    model, other_model = models_in_use(platform)[0][:2]
    incident = _incident(IncidentKind.MODEL_FAILS, 0.6, {"model": model})
    truth = GroundTruth(simulation := simulate_hours(platform, incident))
    hour = _during(simulation)
    assert truth.ratio(AI_ERRORS, AI_REQUESTS, *hour, model=model) == pytest.approx(0.6, abs=0.1)
    assert (truth.ratio(AI_ERRORS, AI_REQUESTS, *hour, model=other_model) or 0) < 0.02
    assert truth.total(ERRORS, *hour) >= truth.total(AI_ERRORS, *hour, model=model) > 10


def test_each_store_fails_independently(platform: Platform) -> None:
    """Failing KV writes fail no request, a failing Durable Object does, and a Vectorize timeout takes 5 s."""
    kv, durable_objects = (
        GroundTruth(simulate_hours(platform, _incident(IncidentKind.STORE_FAILS, 0.4, {"store": store})))
        for store in ("kv", "durable_objects")
    )
    timeouts = GroundTruth(simulation := simulate_hours(platform, _incident(IncidentKind.STORE_TIMES_OUT, 0.3)))
    hour = _during(simulation)
    assert kv.ratio(KV_ERRORS, KV_WRITES, *hour) == pytest.approx(0.4, abs=0.1)
    assert (kv.ratio(ERRORS, REQUESTS, *hour) or 0) < 0.01
    assert kv.total(DO_ERRORS, *hour) <= 2
    assert durable_objects.total(ERRORS, *hour) >= durable_objects.total(DO_ERRORS, *hour) > 50
    assert timeouts.ratio(VECTORIZE_ERRORS, VECTORIZE_QUERIES, *hour) == pytest.approx(0.3, abs=0.1)
    assert (timeouts.quantile(LATENCY, 0.95, *hour, route="/search") or 0) > 5_000


def test_a_loop_sends_requests_at_a_constant_rate(platform: Platform) -> None:
    """Two requests per second for an hour are 7,200 more than without the loop, with their tokens."""
    incident = _incident(IncidentKind.TRAFFIC_LOOPS, 2, {"tenant_id": LARGEST_TENANT, "route": "/chat"})
    loop = GroundTruth(simulation := simulate_hours(platform, incident))
    normal, (start, end) = GroundTruth(simulate_hours(platform)), _during(simulation)
    additional = loop.total(REQUESTS, start, end) - normal.total(REQUESTS, start, end)
    assert additional == pytest.approx(7_200, rel=0.05)
    assert loop.total(TOKENS, start, end, tenant_id=LARGEST_TENANT, route="/chat") > 7_000 * 100


def test_a_new_tenant_sends_one_request_which_fails(platform: Platform) -> None:
    """A tenant without other traffic has one request in total, and one error."""
    incidents = incident_library(platform, noon=START)["a new tenant's first failure"]
    truth = GroundTruth(simulation := simulate_hours(platform, *incidents))
    whole = (simulation.plan.clock.start, simulation.plan.clock.end)
    assert truth.total(REQUESTS, *whole, tenant_id=NEW_TENANT) == 1
    assert truth.total(ERRORS, *whole, tenant_id=NEW_TENANT) == 1


def test_a_silent_service_has_no_requests(platform: Platform) -> None:
    """The silent service has no requests during the incident; the other service has."""
    incident = _incident(IncidentKind.SERVICE_SILENT, 1, {"service": "worker-api"})
    truth = GroundTruth(simulation := simulate_hours(platform, incident))
    assert truth.total(REQUESTS, *_during(simulation), service="worker-api") == 0
    assert truth.total(REQUESTS, *_during(simulation), service="ingest-worker") > 0


def test_the_library_has_distinct_incidents(platform: Platform) -> None:
    """The library has at least 16 incidents, and no two are equal."""
    incidents = [str(incident) for named in incident_library(platform).values() for incident in named]
    assert len(incidents) == len(set(incidents)) >= 16


def test_answers_without_usage_change_nothing_but_their_tokens(platform: Platform) -> None:
    """Every call of the model that succeeds counts as one of unknown tokens; its calls and failures stay the same."""
    model = models_in_use(platform)[0][0]
    simulation = simulate_hours(platform, _incident(IncidentKind.USAGE_MISSING, matchers={"model": model}))
    truth, normal, hour = GroundTruth(simulation), GroundTruth(simulate_hours(platform)), _during(simulation)
    calls, failed = (truth.total(counter, *hour, model=model) for counter in (AI_REQUESTS, AI_ERRORS))
    assert (calls, failed) == tuple(normal.total(counter, *hour, model=model) for counter in (AI_REQUESTS, AI_ERRORS))
    assert truth.total(AI_TOKENS_UNKNOWN, *hour, model=model) == calls - failed > 10
    assert truth.total(TOKENS, *hour, model=model) == 0


def test_lost_telemetry_is_counted(platform: Platform) -> None:
    """Two observations a second are 7,200 in an hour, of one service; before there are none."""
    incident = _incident(IncidentKind.TELEMETRY_LOST, 2, {"service": "worker-api"})
    truth = GroundTruth(simulation := simulate_hours(platform, incident))
    assert truth.total(DROPPED, *_during(simulation)) == 7200
    assert truth.total(DROPPED, *_during(simulation), service="worker-api", reason="buffer_full") == 7200
    assert truth.total(DROPPED, *_before(simulation)) == 0
