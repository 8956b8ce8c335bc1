"""The rehearsal of a build: its plan on a server, what it will cost, and what it gives."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.dsl.platform import Platform
from generator.dsl.routing import Routing
from generator.output import OVERRIDES_FOLDER, RULES_FOLDER
from generator.verify.drift.rule_groups import RuleGroup
from generator.verify.rehearse.estimate import QueryCost, query_cost
from generator.verify.rehearse.evaluations import Evaluation, Evaluations, evaluations, group_phases
from generator.verify.rehearse.firing import Firing
from generator.verify.rehearse.history_api import HistoryApi
from generator.verify.rehearse.plan import RehearsalPlan, plan
from generator.verify.rehearse.rehearsal import Rehearsal, StartedScratch
from generator.verify.rehearse.rehearsed_time import RehearsedTime
from generator.verify.rehearse.summary import Summary, summarize
from generator.verify.replay.server import large_prometheus
from generator.verify.replay.stages import ReplayRule, load_rules
from generator.verify.revision import committed_files
from generator.verify.simulation.progress import Progress


@dataclass(frozen=True)
class Notified:
    """Who is notified: the platform, whose severities may have other names, and its routing."""

    platform: Platform
    routing: Routing


@dataclass(frozen=True, eq=False)
class PlannedBuild:
    """Where and when each rule of a build is evaluated, and what that costs the server."""

    plan: RehearsalPlan
    evaluations: Evaluations
    costs: Sequence[tuple[Evaluation, QueryCost]]

    @property
    def keys(self) -> set[str]:
        """The keys of the alerts that the server evaluates."""
        return {each.key for each in self.evaluations.alerts if each.on_server}

    def run(
        self,
        history: HistoryApi,
        notified: Notified,
        time: RehearsedTime,
        progress: Progress,
        known: dict[str, tuple[Firing, ...]],
        scratch: StartedScratch = large_prometheus,
    ) -> Summary:
        """Evaluate everything but alerts whose firings are `known`, and return what it means for people."""
        by_id = {id(evaluation): cost for evaluation, cost in self.costs}
        firings = Rehearsal(history, by_id, progress, known, scratch).run(self.evaluations)
        return summarize(firings, self.plan, notified.platform, notified.routing, time.start, time.zone)


def planned_builds(
    history: HistoryApi,
    builds: Sequence[Sequence[ReplayRule]],
    loaded: Sequence[RuleGroup],
    time: RehearsedTime,
    progress: Progress,
) -> list[PlannedBuild]:
    """Plan the rehearsals of builds, by their rules, on a server that has loaded these groups, and measure what each
    evaluation costs: that of an alert which a build before has, too, costs nothing."""
    planned: list[PlannedBuild] = []
    for rules in builds:
        own, start, end = plan(rules, loaded), time.start, time.end
        phases = group_phases(history, rules, loaded, start, end)
        known = {key for build in planned for key in build.keys}
        evaluated = evaluations(own, rules, phases, start, end)
        planned.append(PlannedBuild(own, evaluated, _costs(history, evaluated, progress, known)))
    return planned


def _costs(
    history: HistoryApi, evaluated: Evaluations, progress: Progress, known: Collection[str]
) -> list[tuple[Evaluation, QueryCost]]:
    alerts = {id(each) for each in evaluated.alerts if each.key in known}
    pending = [each for each in evaluated.of_server if each.times.count and id(each) not in alerts]
    costs = []
    for number, evaluation in enumerate(pending, start=1):
        costs.append((evaluation, query_cost(history, evaluation)))
        progress("estimating", number, len(pending))
    return costs


def committed_rules(revision: str, out: Path) -> tuple[ReplayRule, ...]:
    """The rules of an output as a revision committed it. Raises `BuildError` where there are none."""
    folders = (RULES_FOLDER, OVERRIDES_FOLDER)
    files = {path: text for path, text in committed_files(revision, out).items() if path.startswith(folders)}
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            (Path(folder) / Path(path).name).write_text(text, encoding="utf-8")
        return load_rules(Path(folder))
