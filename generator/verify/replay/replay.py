"""Rules replayed over the past by vmalert, in stages, with a Prometheus as source and target."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from generator.errors import BuildError, Problem
from generator.external import find_vmalert
from generator.external.process import run
from generator.verify.replay.server import Series, Server
from generator.verify.replay.stages import Rule, stage_file
from generator.verify.simulation.clock import Clock
from generator.verify.simulation.progress import Progress

PATIENCE = 3_600.0
"""Seconds that a stage may take."""
POINTS = 10_000
"""Evaluations for each question; Prometheus answers no more than 11,000 points at once."""


def replay(server: Server, stages: Sequence[Sequence[Rule]], clock: Clock, progress: Progress) -> None:
    """Evaluate every rule at each of its intervals from the clock's start to its end, and keep what it gives.

    Raises `Faults`: no vmalert, or one that fails.
    """
    program = find_vmalert()
    for number, stage in enumerate(stages, start=1):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "rules.yaml"
            file.write_text(stage_file(stage), encoding="utf-8")
            _run(_command(program, file, server, clock))
        _mark_ends(server, stage, clock)
        progress("replaying rules", number, len(stages))


def _command(program: Path, rules: Path, server: Server, clock: Clock) -> list[str]:
    """No delay between rules, for none of a stage reads another; what is left is written when vmalert ends."""
    return [
        str(program),
        f"-rule={rules}",
        f"-datasource.url={server.url}",
        f"-remoteWrite.url={server.url}",
        f"-replay.timeFrom={_rfc3339(clock.start)}",
        f"-replay.timeTo={_rfc3339(clock.end)}",
        f"-replay.maxDatapointsPerQuery={POINTS}",
        "-replay.rulesDelay=0s",
        "-replay.ruleEvaluationConcurrency=2",
        "-replay.disableProgressBar",
        "-remoteWrite.flushInterval=100ms",
        # On a machine with more to do, a write may take longer than the 30 s after which samples would be dropped.
        "-remoteWrite.sendTimeout=5m",
        "-remoteWrite.retryMaxTime=10m",
        "-disableAlertgroupLabel",
        "-httpListenAddr=127.0.0.1:0",
        "-loggerLevel=WARN",
    ]


def _run(command: list[str]) -> None:
    hint = "see that promtool takes the rules, and that Prometheus lives"
    try:
        answer = run(command, seconds=PATIENCE)
    except subprocess.TimeoutExpired:
        raise BuildError([Problem("vmalert", f"a stage took more than {PATIENCE:g} s", "replay less")]) from None
    # When a write is refused it drops the samples, says so in its log, and leaves with 0.
    if answer.status or "\terror\t" in answer.errors:
        said = replace(answer, output="" if answer.errors else answer.output).excerpt(lines=3)
        raise BuildError([Problem("vmalert", f"the rules cannot be replayed: {said}", hint)])


def _rfc3339(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _mark_ends(server: Server, stage: Iterable[Rule], clock: Clock) -> None:
    """Write a marker of staleness where a series ends, as Prometheus does: without, it would seem to last for five
    minutes more, and an alert to be pending and firing at once."""
    ends: list[tuple[Series, float]] = []
    for selector, interval in sorted({(_selector(rule), rule.interval) for rule in stage}):
        ends += _ends(server, selector, interval, clock)
    if ends:
        body = json.dumps({"resourceMetrics": [{"scopeMetrics": [{"metrics": [*_markers(ends)]}]}]})
        server.post("/api/v1/otlp/v1/metrics", body.encode(), "application/json")


def _selector(rule: Rule) -> str:
    if "alert" not in rule.body:
        return rule.series
    return f'{{__name__=~"ALERTS|ALERTS_FOR_STATE",alertname="{rule.body["alert"]}"}}'


def _ends(server: Server, selector: str, interval: float, clock: Clock) -> Iterator[tuple[Series, float]]:
    """The series of a selector, and each time (seconds since 1970) at which one was missing for the first time."""
    here = f"last_over_time({selector}[{interval:g}s])"
    before = f"last_over_time({selector}[{interval:g}s] offset {interval:g}s)"
    start, span = clock.start + interval, interval * POINTS
    while start <= clock.end:
        ended = (
            f"{before} unless ignoring(__name__) {here}" if "alertname" not in selector else f"{before} unless {here}"
        )
        for series in server.query_range(ended, start, min(start + span, clock.end), interval):
            yield from ((series["metric"], float(time)) for time, _ in series["values"])
        start += span + interval


def _markers(ends: Iterable[tuple[Series, float]]) -> Iterator[dict[str, Any]]:
    for series, time in ends:
        labels = {label: value for label, value in series.items() if label != "__name__"}
        attributes = [{"key": label, "value": {"stringValue": value}} for label, value in labels.items()]
        # In OTLP, flag 1 says that there is no value.
        point = {"attributes": attributes, "timeUnixNano": str(round(time * 1e9)), "flags": 1, "asDouble": 0}
        yield {"name": series["__name__"], "gauge": {"dataPoints": [point]}}
