"""A recording of a server's history: what rules read, in windows that hold few samples, in the order of time."""

from __future__ import annotations

import heapq
import lzma
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from generator.errors import BuildError, Problem
from generator.frozen import frozen
from generator.verify.drift.rule_groups import RuleGroup
from generator.verify.rehearse.estimate import MAX_WRITTEN, Estimate
from generator.verify.rehearse.evaluations import group_phases, needed_since, selector_of
from generator.verify.rehearse.history_api import HistoryApi, RangeSeries, Times
from generator.verify.rehearse.plan import Place, plan, plan_of_recording, raw_names
from generator.verify.rehearse.pseudonyms import Pseudonyms
from generator.verify.rehearse.recording_file import RecordingHeader, RecordingWriter
from generator.verify.rehearse.rehearsed_time import RehearsedTime
from generator.verify.replay.stages import ALERTS, ReplayRule
from generator.verify.simulation.progress import Progress

PROBES = 300
"""The number of windows of each name whose samples are counted before the export."""
PROBE, FIRST_WINDOW, MIN_WINDOW, MAX_WINDOW = 300_000, 3_600_000, 60_000, 86_400_000
"""The windows of a query, in ms: of a count, the first, the shortest and the longest one."""
DAY = 86_400_000


@frozen
class ExportedSeries:
    """The series of a name from a time on until another, in ms since 1970, and how they are selected."""

    name: str
    selector: str
    since: int
    until: int


@frozen
class ExportPlan:
    """What is exported, and the header of the recording."""

    header: RecordingHeader
    exported: tuple[ExportedSeries, ...]


@frozen
class Exported:
    """What was exported: the numbers of series and of samples, the size in bytes, and what it cost the server."""

    series: int
    samples: int
    size: int
    cost: Estimate


def export_plan(
    history: HistoryApi, rules: Sequence[ReplayRule], loaded: Sequence[RuleGroup], time: RehearsedTime
) -> ExportPlan:
    """Plan an export: the raw series that rules read from the start on, with their windows, and from before the start
    the series that the server has recorded by rules which are loaded as they are."""
    raw = raw_names(rules)
    own = plan_of_recording(rules, raw)
    constant = {rule.series for rule in rules if "record" in rule.body and not rule.reads()}
    seeded = plan(rules, loaded).unchanged - constant
    needed = needed_since(own, time.start, seeded)
    start, end = round(time.start * 1000), round(time.end * 1000)
    readers = [each.rule for each in (*own.alerts, *own.recorded) if each.place is Place.SCRATCH]
    exported = tuple(
        ExportedSeries(name, selector_of(name, readers), round(since * 1000), end if name in raw else start)
        for name, since in sorted(needed.items())
        if name in raw | seeded and name != ALERTS
    )
    groups = {rule.group for rule in rules}
    phases = group_phases(history, rules, loaded, time.start, time.end)
    header = RecordingHeader(
        start,
        end,
        {name: round(at * 1000) for name, at in phases.items() if name in groups},
        tuple(sorted(needed.keys() & raw)),
        tuple(sorted(needed.keys() & seeded)),
    )
    return ExportPlan(header, exported)


def export_estimate(history: HistoryApi, planned: ExportPlan, pause: float, progress: Progress) -> Estimate:
    """What an export costs the server, measured on some windows of each name."""
    samples = seconds = 0.0
    queries = 0
    for number, each in enumerate(planned.exported, start=1):
        of_name = _samples(history, each)
        count = max(-(-(each.until - each.since) // MAX_WINDOW), round(of_name / MAX_WRITTEN), 1)
        samples += of_name
        queries += count
        seconds += _seconds(history, each, of_name, count)
        progress("estimating", number, len(planned.exported))
    return Estimate(round(samples), seconds + pause * queries, queries)


def _samples(history: HistoryApi, exported: ExportedSeries) -> float:
    """The number of samples, by those in windows that have the same distance."""
    step = max((exported.until - exported.since) // PROBES, 1)
    window = min(step, PROBE)
    first = exported.until - (PROBES - 1) * step
    counted = f"sum(count_over_time({exported.selector}[{window}ms]))"
    answer = history.range(counted, Times(first, exported.until, step))
    return sum(float(value) for each in answer.series for _, value in each.samples) * step / window


def _seconds(history: HistoryApi, exported: ExportedSeries, samples: float, queries: int) -> float:
    """How long the samples take in so many queries, by an empty window and another one."""
    seconds, count = [history.seconds], 0
    for window in (1, PROBE):
        count = _count(history.stored(exported.selector, exported.until - window, exported.until))
        seconds.append(history.seconds)
    empty, other = (after - before for before, after in pairwise(seconds))
    return empty * queries + samples * max(other - empty, 0) / max(count, 1)


@dataclass(order=True)
class _Cursor:
    """How far the series of a name are read, in ms since 1970, and the length of the next window."""

    at: int
    name: str
    exported: ExportedSeries
    window: int = FIRST_WINDOW


def export(
    history: HistoryApi, planned: ExportPlan, pseudonyms: Pseudonyms, file: Path, pause: float, progress: Progress
) -> Exported:
    """Write a recording. Memory grows with the number of series, and not with the time. Raises `BuildError`: the file
    cannot be written, or the server gives no answer."""
    part = file.with_name(f"{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            with lzma.open(part, "wt", encoding="utf-8") as stream:
                writer = RecordingWriter(stream, planned.header)
                _write(history, planned.exported, pseudonyms, writer.add, progress)
            size = part.stat().st_size
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        problem = Problem(str(file), f"it cannot be written ({error.strerror})", "name another file")
        raise BuildError([problem]) from None
    seconds = history.seconds + pause * history.requests
    return Exported(writer.series, writer.samples, size, Estimate(history.samples or None, seconds, history.requests))


def _write(
    history: HistoryApi,
    exported: Iterable[ExportedSeries],
    pseudonyms: Pseudonyms,
    add: Callable[[Mapping[str, str], Sequence[tuple[int, str]]], None],
    progress: Progress,
) -> None:
    cursors = [_Cursor(each.since, each.name, each) for each in exported]
    total = sum(each.until - each.since for each in exported)
    done = 0
    heapq.heapify(cursors)
    while cursors:
        cursor = heapq.heappop(cursors)
        until = min(cursor.at + cursor.window, cursor.exported.until)
        series = history.stored(cursor.exported.selector, cursor.at, until)
        pseudonyms.add([each.labels for each in series])
        renamed = (({**pseudonyms.labels(each.labels), "__name__": cursor.name}, each.samples) for each in series)
        for labels, samples in sorted(renamed, key=lambda item: sorted(item[0].items())):
            add(labels, samples)
        done += until - cursor.at
        progress("exporting", done, total)
        if until < cursor.exported.until:
            wanted = cursor.window * MAX_WRITTEN // max(_count(series), 1)
            window = min(max(wanted, MIN_WINDOW), 2 * cursor.window, MAX_WINDOW)
            heapq.heappush(cursors, _Cursor(until, cursor.name, cursor.exported, window))


def _count(series: Iterable[RangeSeries]) -> int:
    return sum(len(each.samples) for each in series)
