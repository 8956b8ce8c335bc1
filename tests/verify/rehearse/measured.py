"""A rehearsal in a process of its own, which measures what it takes."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC

from generator.frozen import frozen
from generator.verify.access import Access
from generator.verify.json_api import JsonApi
from generator.verify.rehearse.build import planned_builds
from generator.verify.rehearse.estimate import estimate
from generator.verify.rehearse.history_api import HistoryApi
from generator.verify.rehearse.rehearsal import Rehearsal
from generator.verify.rehearse.rehearsed_time import RehearsedTime
from generator.verify.rehearse.run import NAMES
from generator.verify.replay.stages import ReplayRule
from generator.verify.simulation.progress import no_progress
from tests.verify.rehearse.loaded_rules import loaded


@frozen
class Measured:
    """What a rehearsal took: seconds, samples that the server read (estimated and as it counts them), CPU seconds of
    the server and of the client with its scratch server, the client's memory in MB, and the firings."""

    seconds: float
    estimated_seconds: float
    estimated: int
    samples: int
    queries: int
    server_cpu: float
    client_cpu: float
    memory: float
    firings: int


def measured_rehearsal(
    url: str, rules: Sequence[ReplayRule], on_server: Sequence[ReplayRule], start: float, end: float
) -> Measured:
    """Rehearse rules on a server that has those of `on_server`, in a process whose memory no simulation has used."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_rehearse, url, rules, on_server, start, end).result()


def _rehearse(
    url: str, rules: Sequence[ReplayRule], on_server: Sequence[ReplayRule], start: float, end: float
) -> Measured:
    before = _client_cpu()
    api = JsonApi(NAMES, Access(url), 600)
    probing, history_api = HistoryApi(api), HistoryApi(api)
    (build,) = planned_builds(probing, [rules], loaded(*on_server), RehearsedTime(start, end, UTC), no_progress)
    expected = estimate(build.costs, 0)
    costs = {id(each): cost for each, cost in build.costs}
    started = time.monotonic()
    firings = Rehearsal(history_api, costs, no_progress).run(build.evaluations)
    return Measured(
        time.monotonic() - started,
        expected.seconds,
        expected.samples or 0,
        history_api.samples,
        history_api.requests,
        0,
        _client_cpu() - before,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        sum(len(alert.firings) for alert in firings),
    )


def _client_cpu() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
