"""The estimate is right within a factor of two, of samples and of time, and the client's memory does not grow with the
days: on a server whose clock and costs are simulated."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from generator.verify.access import Access
from generator.verify.json_api import Answer, JsonApi
from generator.verify.rehearse.estimate import Estimate, QueryCost, estimate, query_cost
from generator.verify.rehearse.evaluations import Evaluation, Evaluations
from generator.verify.rehearse.export import ExportedSeries, ExportPlan, export, export_estimate
from generator.verify.rehearse.history_api import HistoryApi, Times
from generator.verify.rehearse.plan import Place, PlannedRule
from generator.verify.rehearse.pseudonyms import Pseudonyms
from generator.verify.rehearse.recording_file import RecordingHeader, read_recording
from generator.verify.rehearse.rehearsal import Rehearsal
from generator.verify.rehearse.run import NAMES
from generator.verify.replay.stages import ReplayRule
from generator.verify.simulation.progress import no_progress

INTERVAL, DAY = 30, 86_400
SERIES = 2


class SimulatedServer(JsonApi):
    """A server with a clock of its own. An evaluation at second `t` reads `samples(t)` samples; a query takes 4 ms, and
    a second for a million samples; every seventh one takes five times as long, as on a busy server."""

    def __init__(self, samples: Callable[[float], float]) -> None:
        super().__init__(NAMES, Access("http://127.0.0.1:9"), 1)
        self.samples = samples
        self.clock = 0.0
        self.queries = 0

    def query(self, path: str, **parameters: str) -> Answer:
        """The answer: each series at each time of a range, or the samples of a window, one each 30 s."""
        if path.endswith("query_range"):
            start, end, step = (float(parameters[name]) for name in ("start", "end", "step"))
            times = [start + number * step for number in range(round((end - start) / step) + 1)]
            read = sum(map(self.samples, times))
            value = (
                str(self.samples(0) * min(step, 300) / INTERVAL) if "count_over_time" in parameters["query"] else "1"
            )
            count = 1 if "count_over_time" in parameters["query"] else SERIES
        else:
            end, window = float(parameters["time"]), float(parameters["query"].rpartition("[")[2].rstrip("ms]")) / 1000
            times = [at for at in _grid(end - window, end) if at > end - window]
            read, value, count = SERIES * len(times), "1", SERIES
        self.queries += 1
        self.clock += (0.004 + read / 1e6) * (5 if self.queries % 7 == 0 else 1)
        values = [[at, value] for at in times]
        result = [{"metric": {"tenant_id": str(number)}, "values": values} for number in range(count if times else 0)]
        stats = {"samples": {"totalQueryableSamples": round(read), "peakSamples": round(read)}}
        return Answer(200, {"data": {"result": result, "stats": stats}})


def _grid(start: float, end: float) -> Iterator[float]:
    first = -(-start // INTERVAL) * INTERVAL
    yield from (first + number * INTERVAL for number in range(round((end - first) // INTERVAL) + 1))


def alert(days: float, name: str = "A") -> Evaluation:
    """An alert that is evaluated every 30 s for some days."""
    rule = ReplayRule({"alert": name, "expr": "x > 0", "labels": {"severity": "ticket"}}, INTERVAL)
    return Evaluation(PlannedRule(rule, Place.SERVER), "x > 0", Times(0, round(days * DAY * 1000), INTERVAL * 1000))


def rehearsed(server: SimulatedServer, *alerts: Evaluation, pause: float = 0) -> tuple[Estimate, HistoryApi]:
    """The estimate of a rehearsal, and the history after it."""
    probing, history = (HistoryApi(server, pause, wait=lambda seconds: None) for _ in range(2))
    costs = [(each, query_cost(probing, each)) for each in alerts]
    by_id = {id(each): cost for each, cost in costs}
    Rehearsal(history, by_id, no_progress).run(Evaluations((), (), alerts))
    return estimate(costs, pause), history


@pytest.mark.parametrize("days", [0.2, 2, 14])
@pytest.mark.parametrize(
    "samples",
    [
        lambda second: 2_000,
        lambda second: 500 + second / 200,
        lambda second: 4_000 if second % DAY > DAY / 2 else 1_000,
        lambda second: min(second / 10, 30_000),
    ],
    ids=["steady", "growing", "by day", "windows that fill"],
)
def test_the_estimate_is_right_within_a_factor_of_two(
    samples: Callable[[float], float], days: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the samples and of the seconds, whether tenants become more, or most requests come in half of the day."""
    server = SimulatedServer(samples)
    monkeypatch.setattr("generator.verify.rehearse.history_api.time.monotonic", lambda: server.clock)
    expected, history = rehearsed(server, *(alert(days, name) for name in "ABCDE"), pause=0.05)
    assert expected.queries == history.requests
    assert expected.samples is not None
    assert history.samples / 2 < expected.samples < history.samples * 2
    seconds = history.seconds + 0.05 * history.requests
    assert seconds / 2 < expected.seconds < seconds * 2


def exported(server: SimulatedServer, days: float, file: Path) -> tuple[Estimate, Estimate]:
    """What an export is estimated to cost, and what it costs."""
    end = round(days * DAY * 1000)
    plan = ExportPlan(RecordingHeader(0, end, {}, ("x",), ()), (ExportedSeries("x", "x", 0, end),))
    probing, history = HistoryApi(server), HistoryApi(server)
    expected = export_estimate(probing, plan, 0, no_progress)
    return expected, export(history, plan, Pseudonyms({}, [], {}), file, 0, no_progress).cost


def test_the_estimate_of_an_export_is_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within a factor of two, of the samples and of the seconds: two series for ten days are 57,600 samples."""
    server = SimulatedServer(lambda second: SERIES)
    monkeypatch.setattr("generator.verify.rehearse.history_api.time.monotonic", lambda: server.clock)
    expected, cost = exported(server, 10, tmp_path / "a.xz")
    assert cost.samples == 57_600
    assert cost.samples / 2 < (expected.samples or 0) < cost.samples * 2
    assert cost.seconds / 2 < expected.seconds < cost.seconds * 2


def peak_of(work: Callable[[], object]) -> int:
    """The most bytes that are allocated at once."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def rehearse_in_chunks(days: float) -> None:
    """Rehearse an alert by queries of 500 points."""
    evaluation = alert(days)
    costs = {id(evaluation): QueryCost(10, 0, 0, 500)}
    Rehearsal(HistoryApi(SimulatedServer(lambda second: 10)), costs, no_progress).run(
        Evaluations((), (), (evaluation,))
    )


def test_memory_is_constant_in_days() -> None:
    """A rehearsal of 8 days needs as much as that of 2: the answers to two queries."""
    peaks = [peak_of(partial(rehearse_in_chunks, days)) for days in (2, 8)]
    assert peaks[1] < 1.1 * peaks[0]


def read_all(file: Path) -> int:
    """Read a recording: the number of its samples."""
    return sum(len(samples) for _, samples in read_recording(file).samples())


def test_memory_of_an_export_and_of_a_recording_is_constant_in_days(tmp_path: Path) -> None:
    """Both hold the samples of a window, which is at most a day, beside some 100 MB of the compression: twelve more
    days would be 69,120 samples, of at least 90 bytes each."""
    server = SimulatedServer(lambda second: SERIES)
    files = [(days, tmp_path / f"{days}.xz") for days in (4, 16)]
    exports = [peak_of(partial(exported, server, days, file)) for days, file in files]
    assert exports[1] - exports[0] < 1_000_000
    readings = [peak_of(partial(read_all, file)) for _, file in files]
    assert readings[1] - readings[0] < 1_000_000
