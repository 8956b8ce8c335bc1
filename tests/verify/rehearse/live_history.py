"""A real Prometheus in a time lapse, whose running rules record `ALERTS` while tenants fail: an independent truth for
what a rehearsal of the same rules over the same time must give."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC
from functools import partial
from pathlib import Path

from generator.config.load import load
from generator.output import PROMETHEUS_CONFIG, RULES_FOLDER
from generator.pipeline import build
from generator.verify.access import Access
from generator.verify.drift.rule_groups import RuleGroup, loaded_groups
from generator.verify.json_api import JsonApi
from generator.verify.rehearse.build import planned_builds
from generator.verify.rehearse.history_api import HistoryApi
from generator.verify.rehearse.recorded_run import planned_on_recording, prometheus_with
from generator.verify.rehearse.recording_file import read_recording
from generator.verify.rehearse.rehearsal import AlertFirings, Rehearsal
from generator.verify.rehearse.rehearsed_time import RehearsedTime
from generator.verify.rehearse.run import NAMES
from generator.verify.replay.stages import ReplayRule, load_rules
from generator.verify.simulation.progress import no_progress
from tests.alerts.other_platforms import platform_file
from tests.e2e.prometheus import TIMEOUT, DeployedPrometheus, deployed_prometheus
from tests.outage.run import write_history
from tests.outage.workers import REQUESTS_PER_PUSH, Workers, pushing

FACTOR = 30
MINUTE = 60 / FACTOR
"""A minute of the time lapse, in seconds."""
FIRST_EVALUATIONS = 3
"""Minutes, in which the groups of the fastest interval are evaluated for the first time."""
LABELS = ("__name__", "alertstate")
Firings = dict[tuple[tuple[str, str], ...], set[int]]
"""The times, in ms since 1970, of the evaluations at which the alert of these labels fires."""


@dataclass(frozen=True)
class LiveHistory:
    """A Prometheus that still runs, its output, its platform file, and the time that passed, in seconds since 1970."""

    server: DeployedPrometheus
    platform: Path
    out: Path
    start: float
    end: float

    def recorded_firings(self) -> Firings:
        """What the running rules recorded: each sample of `ALERTS` of a firing alert."""
        window = round(self.end - self.start) + 60
        query = f'ALERTS{{alertstate="firing"}}[{window}s]'
        firings: Firings = {}
        for series in self.server.get("query", query=query, time=self.end)["result"]:
            labels = tuple(sorted((name, text) for name, text in series["metric"].items() if name not in LABELS))
            firings[labels] = {round(at * 1000) for at, _ in series["values"] if self.start <= at <= self.end}
        return {labels: times for labels, times in firings.items() if times}


def changes() -> Mapping[str, object]:
    """What a time lapse changes of the tests' platform."""
    return {
        "prometheus": {"push_interval_seconds": FACTOR, "scrape_interval_seconds": FACTOR},
        "notifications": {"page": {"group_wait": f"{FACTOR}s"}},
    }


@contextmanager
def live_history(
    folder: Path, tenants: int, minutes: float, failing: Callable[[float, str, str], int]
) -> Iterator[LiveHistory]:
    """Run the shipped rules for some minutes of the time lapse. `failing` is the percentage of the requests of a push
    that fail, by the minute, the tenant and the route."""
    file, out = platform_file(folder, "production", changes()), folder / "out"
    build(file, out, time_lapse=FACTOR)
    platform = load(file)
    write_history(platform, folder / "data")
    os.environ.setdefault("PROMETHEUS_REPLICA", "a")
    with deployed_prometheus((out / PROMETHEUS_CONFIG).parent, folder / "data") as prometheus:
        started = time.time()
        workers = Workers(platform, [f"tenant-{number}" for number in range(tenants)])
        workers.failing = lambda tenant, route: (
            REQUESTS_PER_PUSH * failing((time.time() - started) / MINUTE, tenant, route) // 100
        )
        with pushing(workers, prometheus.url):
            # Every group has been evaluated once then.
            time.sleep(MINUTE * FIRST_EVALUATIONS)
            start = time.time()
            time.sleep(minutes * MINUTE - (start - started))
            end = time.time()
            # What is evaluated at the end has been recorded then.
            time.sleep(2)
            yield LiveHistory(prometheus, file, out, start, end)


def rehearsed_firings(live: LiveHistory, out: Path, other: Callable[[str], bool] = lambda group: False) -> Firings:
    """What a rehearsal of an output's rules gives; rules of some groups are taken for others than those loaded."""
    api = JsonApi(NAMES, Access(live.server.url), TIMEOUT)
    history, rules = HistoryApi(api), load_rules(out / RULES_FOLDER)
    loaded = [_with_other_rules(group) if other(group.name) else group for group in loaded_groups(api)]
    time_of_all = RehearsedTime(live.start, live.end, UTC)
    (build,) = planned_builds(history, [rules], loaded, time_of_all, no_progress)
    assert not build.plan.not_rehearsed
    costs = {id(evaluation): cost for evaluation, cost in build.costs}
    return _within(live, rules, Rehearsal(history, costs, no_progress).run(build.evaluations))


def firings_of_recording(path: Path, live: LiveHistory) -> Firings:
    """What a rehearsal of the output's rules on a recording gives."""
    recording, rules = read_recording(path), load_rules(live.out / RULES_FOLDER)
    build = planned_on_recording(recording, rules)
    assert not build.plan.not_rehearsed
    history = HistoryApi(JsonApi(NAMES, Access("http://127.0.0.1:9"), TIMEOUT))
    rehearsal = Rehearsal(history, {}, no_progress, scratch=partial(prometheus_with, recording, rules))
    return _within(live, rules, rehearsal.run(build.evaluations))


def _within(live: LiveHistory, rules: Sequence[ReplayRule], alerts: Iterable[AlertFirings]) -> Firings:
    intervals = {str(rule.body.get("alert")): round(rule.interval * 1000) for rule in rules}
    firings: Firings = {}
    for alert in alerts:
        for each in alert.firings:
            times = range(each.first, each.last + 1, intervals[str(alert.body["alert"])])
            within = {at for at in times if live.start <= at / 1000 <= live.end}
            if within:
                firings.setdefault(each.labels, set()).update(within)
    return firings


def _with_other_rules(group: RuleGroup) -> RuleGroup:
    return replace(group, rules=[replace(rule, expr="vector(42)") for rule in group.rules])
