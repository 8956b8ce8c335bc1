"""Series that a rule recorded on the server end in the replay of a recording when they ended there."""

from __future__ import annotations

import lzma
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from generator.verify.access import Access
from generator.verify.json_api import JsonApi
from generator.verify.rehearse.ends import with_ends
from generator.verify.rehearse.history_api import HistoryApi
from generator.verify.rehearse.recorded_run import planned_on_recording, prometheus_with
from generator.verify.rehearse.recording_file import Recording, RecordingHeader, RecordingWriter, read_recording
from generator.verify.rehearse.rehearsal import SCRATCH, Rehearsal
from generator.verify.replay.remote_write import Samples
from generator.verify.replay.stages import ReplayRule
from generator.verify.simulation.progress import no_progress

START = 1_794_484_800
"""2026-11-12T12:00:00Z, in seconds since 1970; the rules are evaluated then, and every 30 seconds."""
END, STEP = START + 600, 30
RECORDED = "route:x:sum"
RULES = (
    ReplayRule({"record": RECORDED, "expr": "sum by (route) (x) > 0"}, STEP, "g"),
    ReplayRule({"alert": "Busy", "expr": f"{RECORDED} > 0", "labels": {"severity": "page"}}, STEP, "g"),
)
Written = tuple[Mapping[str, str], Samples]


def samples(first: int, last: int, value: float = 1) -> list[tuple[int, float | None]]:
    """A value every 30 seconds, from a time after the start until another, in seconds."""
    return [(1000 * (START + at), value) for at in range(first, last + 1, STEP)]


def of(route: str) -> dict[str, str]:
    """The labels of the series of a route that a rule recorded."""
    return {"__name__": RECORDED, "route": route}


def recording(file: Path) -> Recording:
    """/ended has requests until a minute and a half before the start, /late until the start, and /on for all of the
    time."""
    header = RecordingHeader(START * 1000, END * 1000, {"g": START * 1000}, ("x",), (RECORDED,))
    with lzma.open(file, "wt", encoding="utf-8") as stream:
        writer = RecordingWriter(stream, header)
        for route, last, now in (("/ended", -90, 0), ("/late", -STEP, 0), ("/on", -STEP, 1)):
            for labels, own in (
                (of(route), samples(-600, last)),
                ({"__name__": "x", "route": route}, samples(0, 600, now)),
            ):
                writer.add(labels, [(at, str(value)) for at, value in own])
    return read_recording(file)


def test_recorded_series_end_in_a_replay_when_they_ended(tmp_path: Path) -> None:
    """Alerts are evaluated from 30 seconds before the start on. /ended has ended a minute before, /late is there once
    more, and ends at the first evaluation without it, and /on fires until the end."""
    read = recording(tmp_path / "recording.xz")
    build = planned_on_recording(read, RULES)
    nowhere = HistoryApi(JsonApi(SCRATCH, Access("http://127.0.0.1:9"), 1))
    rehearsal = Rehearsal(nowhere, {}, no_progress, scratch=partial(prometheus_with, read, RULES))
    (busy,) = rehearsal.run(build.evaluations)
    fired = {dict(each.labels)["route"]: (each.first / 1000 - START, each.last / 1000 - START) for each in busy.firings}
    assert fired == {"/late": (-30, -30), "/on": (-30, 600)}


def marked(series: Sequence[Written], interval: float = STEP) -> list[Written]:
    """Samples with their ends, of a rule with this interval."""
    rule = ReplayRule({"record": RECORDED, "expr": "x"}, interval)
    return [*with_ends(series, [rule], (RECORDED,), START * 1000)]


def test_a_series_ends_an_interval_after_its_last_sample() -> None:
    """The last sample is 120 s before the start, in one part of the recording or in the second one: it ends at 90 s
    before. With a sample 30 s before the start, the first evaluation decides."""
    first, second, third = samples(-600, -240), samples(-210, -120), samples(-30, -30)
    end = (of("/a"), [(1000 * (START - 90), None)])
    assert marked([(of("/a"), [*first, *second])])[1:] == [end]
    assert marked([(of("/a"), first), (of("/a"), second)]) == [(of("/a"), first), (of("/a"), second), end]
    assert marked([(of("/a"), first), (of("/a"), third)]) == [(of("/a"), first), (of("/a"), third)]


def test_a_series_that_was_recorded_more_rarely_ends_later() -> None:
    """Five minutes are between its samples, whatever the interval of the rule is now: it ends as long after the last
    one, and no gap is an end."""
    slow = [(1000 * (START - at), 1.0) for at in (900, 600, 400)]
    assert marked([(of("/a"), slow[:2])]) == [(of("/a"), slow[:2]), (of("/a"), [(1000 * (START - 300), None)])]
    assert marked([(of("/a"), slow)], 300) == [(of("/a"), slow), (of("/a"), [(1000 * (START - 100), None)])]


def test_raw_series_have_no_ends() -> None:
    """Nothing says when a series ended that no rule recorded on the server, whatever the rules of a build record."""
    raw = {"__name__": "x", "route": "/a"}
    assert marked([(raw, samples(-600, -300))]) == [(raw, samples(-600, -300))]
    series = [(of("/a"), samples(-600, -300))]
    assert [*with_ends(series, RULES, (), START * 1000)] == series
