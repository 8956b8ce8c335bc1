"""Replay rules over stored samples with vmalert, stage by stage, with a Prometheus as data source and target."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from generator.errors import BuildError, Problem
from generator.external import find_vmalert
from generator.external.process import run
from generator.verify.replay.remote_write import Samples, write_samples
from generator.verify.replay.server import PrometheusServer
from generator.verify.replay.stages import ReplayRule, render_stage
from generator.verify.simulation.progress import Progress
from generator.verify.simulation.resolution import EvaluatedSpan

STAGE_TIMEOUT = 7_200.0
"""Seconds that a stage may take."""
MAX_REQUEST, SAMPLE_BYTES = 16_000_000, 18
"""Prometheus refuses a request of more than 32 MB, and vmalert puts all series that wait into one. A sample has up to
18 bytes; labels come on top."""


def replay(
    server: PrometheusServer,
    stages: Sequence[Sequence[ReplayRule]],
    spans: Sequence[EvaluatedSpan],
    progress: Progress,
) -> None:
    """Evaluate every rule at each of its intervals in spans of time that follow each other, and store the results.

    Raises `BuildError` if vmalert is missing or fails.
    """
    vmalert = find_vmalert()
    work = [(stage, span) for stage in stages for span in spans]
    progress("replaying rules", 0, len(work))
    for number, (stage, span) in enumerate(work, start=1):
        rules = [replace(rule, interval=max(rule.interval, span.interval)) for rule in stage]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rules.yaml"
            path.write_text(render_stage(rules), encoding="utf-8")
            _run(_command(vmalert, path, server, span))
        _write_staleness_markers(server, rules, span)
        progress("replaying rules", number, len(work))


def _command(vmalert: Path, rules: Path, server: PrometheusServer, span: EvaluatedSpan) -> list[str]:
    return [
        str(vmalert),
        f"-rule={rules}",
        f"-datasource.url={server.url}",
        f"-remoteWrite.url={server.url}",
        f"-replay.timeFrom={_rfc3339(span.start)}",
        f"-replay.timeTo={_rfc3339(span.end)}",
        f"-replay.maxDatapointsPerQuery={span.points_per_query}",
        # No rule of a stage reads another, so none has to wait; vmalert flushes all results before it exits.
        "-replay.rulesDelay=0s",
        "-replay.ruleEvaluationConcurrency=2",
        "-replay.disableProgressBar",
        f"-remoteWrite.maxBatchSize={max(MAX_REQUEST // (SAMPLE_BYTES * span.points_per_query), 1)}",
        "-remoteWrite.flushInterval=100ms",
        # On a busy machine a write may take longer than the default of 30 s, after which vmalert drops samples.
        "-remoteWrite.sendTimeout=5m",
        "-remoteWrite.retryMaxTime=10m",
        "-disableAlertgroupLabel",
        "-httpListenAddr=127.0.0.1:0",
        "-loggerLevel=WARN",
    ]


def _run(command: list[str]) -> None:
    try:
        answer = run(command, seconds=STAGE_TIMEOUT)
    except subprocess.TimeoutExpired:
        what = f"a stage took longer than {STAGE_TIMEOUT:g} s"
        raise BuildError([Problem("vmalert", what, "replay a shorter time or fewer rules")]) from None
    # If Prometheus rejects a write, vmalert drops the samples, logs an error and exits with status 0.
    if answer.status or "\terror\t" in answer.errors:
        output = replace(answer, output="" if answer.errors else answer.output).excerpt(lines=3)
        hint = "check that promtool accepts the rules, and that Prometheus is running"
        raise BuildError([Problem("vmalert", f"the rules cannot be replayed: {output}", hint)])


def _rfc3339(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _write_staleness_markers(server: PrometheusServer, stage: Iterable[ReplayRule], span: EvaluatedSpan) -> None:
    """Write a staleness marker where a series ends, as Prometheus does.

    Without it the series would continue for five minutes, and an alert would be pending and firing at the same time.
    """
    for selector, interval in sorted({(_selector(rule), rule.interval) for rule in stage}):
        write_samples(server, _series_ends(server, selector, interval, span))


def _selector(rule: ReplayRule) -> str:
    if "alert" not in rule.body:
        return rule.series
    return f'{{__name__=~"ALERTS|ALERTS_FOR_STATE",alertname="{rule.body["alert"]}"}}'


def _series_ends(
    server: PrometheusServer, selector: str, interval: float, span: EvaluatedSpan
) -> Iterator[tuple[Mapping[str, str], Samples]]:
    """Yield the labels of each selected series, with a staleness marker at each time of a first missing sample."""
    current = f"last_over_time({selector}[{interval:g}s])"
    previous = f"last_over_time({selector}[{interval:g}s] offset {interval:g}s)"
    ignoring = "" if "alertname" in selector else " ignoring(__name__)"
    start, length = span.start + interval, interval * span.points_per_query
    while start <= span.end:
        end = min(start + length, span.end)
        for series in server.query_range(f"{previous} unless{ignoring} {current}", start, end, interval):
            yield series["metric"], [(round(float(time) * 1000), None) for time, _ in series["values"]]
        start += length + interval
