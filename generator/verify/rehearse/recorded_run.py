"""The rehearsal of builds over a recording: on a scratch Prometheus for each, with the samples of the recording."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from generator.verify.access import Access
from generator.verify.json_api import JsonApi
from generator.verify.rehearse.build import Notified, PlannedBuild
from generator.verify.rehearse.ends import with_ends
from generator.verify.rehearse.evaluations import evaluations
from generator.verify.rehearse.history_api import HistoryApi
from generator.verify.rehearse.plan import plan_of_recording
from generator.verify.rehearse.recording_file import Recording
from generator.verify.rehearse.rehearsal import SCRATCH
from generator.verify.rehearse.rehearsed_time import RehearsedTime
from generator.verify.rehearse.summary import Summary
from generator.verify.replay.remote_write import write_samples
from generator.verify.replay.server import PrometheusServer, large_prometheus
from generator.verify.replay.stages import ReplayRule
from generator.verify.simulation.progress import reported_progress


def time_of_recording(recording: Recording, time: RehearsedTime) -> RehearsedTime:
    """The time of a recording, in the zone of another time."""
    return replace(time, start=recording.header.start / 1000, end=recording.header.end / 1000)


def planned_on_recording(recording: Recording, rules: Sequence[ReplayRule]) -> PlannedBuild:
    """Plan a build's rehearsal: every rule is evaluated on the scratch server, at the times of its group."""
    header = recording.header
    start, end = header.start / 1000, header.end / 1000
    phases = {name: at / 1000 for name, at in header.groups.items()}
    own = plan_of_recording(rules, header.raw)
    return PlannedBuild(own, evaluations(own, rules, phases, start, end, header.recorded), ())


@contextmanager
def prometheus_with(recording: Recording, rules: Sequence[ReplayRule], data: Path) -> Iterator[PrometheusServer]:
    """Run a Prometheus on a folder, with the samples of a recording; what these rules recorded ends where it did."""
    header = recording.header
    with large_prometheus(data) as server:
        write_samples(server, with_ends(recording.samples(), rules, header.recorded, header.start))
        yield server


def rehearse_recording(
    arguments: argparse.Namespace,
    recording: Recording,
    notified: Notified,
    time: RehearsedTime,
    builds: Sequence[Sequence[ReplayRule]],
) -> tuple[Summary, ...]:
    """Rehearse builds, by their rules. Raises `BuildError` where the recording is damaged, or Prometheus is missing."""
    # No rule is evaluated on a server that is not the scratch one.
    nowhere = HistoryApi(JsonApi(SCRATCH, Access(""), 1))
    with reported_progress(arguments.command) as progress:
        return tuple(
            planned_on_recording(recording, rules).run(
                nowhere, notified, time, progress, {}, partial(prometheus_with, recording, rules)
            )
            for rules in builds
        )
