"""Each backend on the 24 hours before now, with its ruler live while an incident is pushed; all at once."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.pipeline import build
from tests.alerts.other_platforms import platform_file
from tests.backends.day_before import STEP, Timetable, day_before
from tests.backends.deployed import Deployed, TriedBackend
from tests.backends.pushes import otlp

PREPARATION = 60
"""Seconds that each backend has to start."""
INCIDENT, TOKENS_END, LIVE = 60, 420, 900
"""Seconds after that: the incident begins, the last token is counted, and the run ends."""
EVALUATION = 30
"""Seconds from one evaluation to the next one."""
SETTLING = 90
"""Seconds until the last evaluation before the end is stored: a delay of 30, an evaluation, and writing."""
Labels = frozenset[tuple[str, str]]
NOT_OF_RULES = ("thanos_tenant", "receive_replica", "rule_replica", "replica", "alertstate")


@dataclass(frozen=True)
class LiveRun:
    """What a backend has at the end: when each alert fired first, in seconds after the incident began; each recorded
    series; and the rules with their errors. `tokens` is what was counted of each tenant."""

    firing: Mapping[Labels, float]
    recorded: Mapping[Labels, float]
    rules: Sequence[Any]
    tokens: int


@dataclass
class Feed:
    """Pushes what was counted to each backend from the second on in which it is there, so that its ruler never reads
    what comes late; `until` is the last time of each. It runs until its end, in a thread."""

    table: Timetable
    end: int
    before: int
    deployed: dict[str, Deployed] = field(default_factory=dict)
    until: dict[str, int] = field(default_factory=dict)

    def stop(self) -> None:
        """Push no more."""
        self.end = 0

    def run(self) -> None:
        """Push, each second, what is due."""
        while True:
            now, end = min(int(time.time()), self.end), self.end
            for name in list(self.deployed):
                self._push(name, now)
            if now == end:
                return
            time.sleep(1)

    def _push(self, name: str, now: int) -> None:
        for at in range(self.until.get(name, self.before) + STEP, now + 1, STEP):
            status = self.deployed[name].push(otlp(self.table.counted(at), self.table.start, at))
            assert status == 200, f"{name}: {status}"
            self.until[name] = at


def run_day(backends: Sequence[TriedBackend], folder: Path) -> dict[str, LiveRun]:
    """Start all of them on the same day, push the same to each for a quarter of an hour, and read what their rulers
    did."""
    outs = dict(_builds({"prometheus", *(each.backend for each in backends)}, folder))
    before = day_before(_step(time.time()), outs["prometheus"] / "prometheus" / "rules", folder / "replay")
    live = _step(time.time()) + PREPARATION * len(backends)
    table = Timetable(before.start, live + INCIDENT, live + TOKENS_END)
    feed = Feed(table, live + LIVE, before.end)
    with ExitStack() as programs:
        pushed = programs.enter_context(ThreadPoolExecutor(1)).submit(feed.run)
        programs.callback(feed.stop)
        for tried in backends:
            own = folder / tried.name
            own.mkdir()
            feed.deployed[tried.name] = programs.enter_context(tried.start(own, outs[tried.backend], before))
        assert time.time() < live, "the backends take longer to start than is planned"
        pushed.result()
        time.sleep(SETTLING)
        return {name: _read(each, table, live + LIVE) for name, each in feed.deployed.items()}


def _step(at: float) -> int:
    return int(at) // STEP * STEP


def _builds(names: set[str], folder: Path) -> Iterator[tuple[str, Path]]:
    for name in sorted(names):
        own = folder / f"build-{name}"
        own.mkdir()
        build(platform_file(own, "production", {"backend": name}), own / "out")
        yield name, own / "out"


def _read(deployed: Deployed, table: Timetable, end: int) -> LiveRun:
    firing: dict[Labels, float] = {}
    alerts = f'ALERTS{{alertstate="firing",alertname!="Watchdog"}}[{end - table.incident + INCIDENT}s]'
    for series in deployed.query(alerts, end):
        labels = _labels(series["metric"])
        first = float(series["values"][0][0]) - table.incident
        firing[labels] = min(first, firing.get(labels, first))
    recorded = {
        _labels(series["metric"]): float(series["value"][1]) for series in deployed.query('{__name__=~".+:.+"}', end)
    }
    return LiveRun(firing, recorded, deployed.rules(), table.tokens(end))


def _labels(metric: Mapping[str, str]) -> Labels:
    return frozenset((name, value) for name, value in metric.items() if name not in NOT_OF_RULES)
