"""What a rehearsal will cost the server, measured on a few of its times before the run."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

from generator.frozen import frozen
from generator.verify.rehearse.evaluations import Evaluation
from generator.verify.rehearse.history_api import MAX_POINTS, HistoryApi, Times

PROBES = 3
"""The number of parts of the history that are measured."""
PART, MIN_PROBE, MAX_PROBE = 50, 40, 400
"""Each of them is a fiftieth of the times, and has so many at least and at most."""
MAX_HELD = 2_000_000
"""The samples that a query may make the server hold at once; its own limit is 50 million by default."""
MAX_WRITTEN = 300_000
"""Those of a query whose result is written into the scratch server: the client holds as many."""
UNKNOWN_POINTS = 500
"""The points of a query where the server does not say what it holds."""


@frozen
class QueryCost:
    """What evaluating an expression once costs: samples that are read (0: the server does not say), and seconds.
    `points` is how many evaluations a query may have, and `query_seconds` what each query costs beside."""

    samples: float
    seconds: float
    query_seconds: float
    points: int

    def of(self, times: Times) -> tuple[float, float]:
        """The samples and the seconds of all evaluations."""
        queries = -(-times.count // self.points)
        return self.samples * times.count, self.seconds * times.count + self.query_seconds * queries


@frozen
class Estimate:
    """Samples that the server reads (None: it does not say), seconds, and queries."""

    samples: int | None
    seconds: float
    queries: int


def query_cost(history: HistoryApi, evaluation: Evaluation) -> QueryCost:
    """Measure an evaluation in the first, the middle and the last part of its times. Of the seconds the median counts:
    a server that is busy takes long now and then."""
    times, interval = evaluation.times, evaluation.times.interval
    points = min(max(times.count // PART, MIN_PROBE), MAX_PROBE)
    samples, seconds, single, peak, known, measured = 0, list[float](), list[float](), 0.0, True, 0
    for number in range(1, PROBES + 1):
        first = times.first + times.count * number // (PROBES + 1) * interval
        probe = Times(first, min(first + (points - 1) * interval, times.last), interval)
        once = history.range(evaluation.expression, Times(first, first, interval))
        answer = history.range(evaluation.expression, probe)
        known = known and answer.samples is not None
        samples += answer.samples or 0
        measured += probe.count
        seconds.append(max(answer.seconds - once.seconds, 0) / max(probe.count, 1))
        single.append(once.seconds)
        peak = max(peak, (answer.peak or 0) / max(probe.count, 1))
    held = MAX_HELD if "alert" in evaluation.planned.rule.body else MAX_WRITTEN
    most = min(MAX_POINTS, int(held / max(peak, 1))) if known else UNKNOWN_POINTS
    return QueryCost(samples / max(measured, 1), median(seconds), median(single), max(most, 1))


def estimate(evaluations: Iterable[tuple[Evaluation, QueryCost]], pause: float) -> Estimate:
    """What these evaluations cost together, with a pause of so many seconds after each query."""
    samples = seconds = 0.0
    queries, known = 0, True
    for evaluation, cost in evaluations:
        of_all = cost.of(evaluation.times)
        samples += of_all[0]
        seconds += of_all[1]
        queries += -(-evaluation.times.count // cost.points)
        known = known and cost.samples > 0
    return Estimate(round(samples) if samples or known else None, seconds + pause * queries, queries)
