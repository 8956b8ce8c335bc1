"""The compiler: a platform and definitions in, all texts of `out/` in memory out. Nothing is read or written here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from contract import METRICS
from generator.checks.registry import broken_in_text, broken_in_trees
from generator.definitions import Definitions, attempt
from generator.dsl.alert import Alert, Severity
from generator.dsl.metric import Gauge
from generator.dsl.platform import Platform
from generator.dsl.units import PERCENT
from generator.errors import BuildError, Problem
from generator.ir.dashboard import Drawn
from generator.ir.rule_text import RuleFile
from generator.lowering.alerts import LoweredAlert, lower_alert
from generator.lowering.applicable_tests import holds
from generator.lowering.dashboards import Wall
from generator.lowering.ids import PRODUCTION
from generator.lowering.links import Target, target
from generator.lowering.queries import Reader
from generator.lowering.recording_rules import Ledger, Recorded
from generator.promql.dependencies import reach, reads
from generator.rendering import alert_tests as stories
from generator.rendering import grafana
from generator.rendering.alertmanager import alertmanager
from generator.rendering.annotations import Link
from generator.rendering.contract_json import contract
from generator.rendering.kubernetes import kubernetes
from generator.rendering.platform_schema import platform_schema
from generator.rendering.provisioning import provisioning
from generator.rendering.rule_files import rule_files
from generator.rendering.rule_yaml import rules
from generator.rendering.runbooks import runbooks
from generator.rendering.worker_contract import worker_contract


@dataclass(frozen=True)
class Lowered:
    """All trees of a build. `leads` says where each alert leads, by its key."""

    platform: Platform
    definitions: Definitions
    recorded: tuple[Recorded, ...]
    alerts: tuple[LoweredAlert, ...]
    drawn: tuple[Drawn, ...]
    leads: Mapping[str, Target | None]

    def link(self, alert: Alert) -> Link | None:
        """Where an alert leads, as a URL."""
        found = self.leads[alert.key]
        if found is None:
            return None
        return Link(f"{self.platform.links.grafana}/d/{found.uid}", dict(found.variables), found.panel)


@dataclass(frozen=True)
class Compiled:
    """A build in memory: its trees, its rules as text, and every file of `out/` by its path."""

    lowered: Lowered
    files: tuple[RuleFile, ...]
    texts: Mapping[str, str]


def compile_all(platform: Platform, definitions: Definitions, plan: Platform | None = None) -> Compiled:
    """Lower, obey the laws, emit, obey the laws. Stories are told in the numbers of `plan`, or of the platform itself.
    Faults: everything that is wrong, up to the first step that fails."""
    lowered = lower(platform, told_of(platform, definitions, plan))
    _obey(broken_in_trees(lowered))
    files = rule_files(platform, lowered.recorded, lowered.alerts, lowered.link)
    compiled = Compiled(lowered, files, emit(lowered, files))
    _obey(broken_in_text(compiled))
    return compiled


def told_of(platform: Platform, definitions: Definitions, plan: Platform | None = None) -> Definitions:
    """The definitions that hold for a platform: stories are told of production alone, and in the numbers of `plan`."""
    if platform.name != PRODUCTION:
        return replace(definitions, stories=(), senseless=())
    if plan in (None, platform):
        return definitions
    held = (one for one in definitions.stories if holds(one, definitions.alerts, platform, plan))
    return replace(definitions, stories=tuple(held))


def lower(platform: Platform, definitions: Definitions) -> Lowered:
    """All trees of a build. Faults: every alert, link and panel that makes no sense, each with its place."""
    problems: list[Problem] = []
    ledger = Ledger()
    reader = Reader(platform, ledger)
    for metric in METRICS:
        if isinstance(metric, Gauge) and metric.recorded is not None:
            reader.record(metric.name, metric.labels, metric.recorded, metric.unit == PERCENT)
    boards = definitions.dashboards
    wall = Wall(platform, boards, ledger)
    tried = [attempt(partial(lower_alert, reader, alert), problems, alert.where) for alert in definitions.alerts]
    alerts = tuple(one for one in tried if one is not None)
    leads = {
        one.alert.key: attempt(partial(target, platform, boards, one.alert, one.labels), problems, one.alert.where)
        for one in alerts
    }
    drawn = [attempt(partial(wall.draw, board), problems, board.name) for board in boards]
    _obey(problems)
    return Lowered(platform, definitions, ledger.rules(), alerts, tuple(board for board in drawn if board), leads)


def emit(lowered: Lowered, files: tuple[RuleFile, ...]) -> dict[str, str]:
    """Every file of `out/`, by its path."""
    platform = lowered.platform
    boards = grafana.dashboards(lowered.drawn)
    by_name = {board.name: boards[f"grafana/dashboards/{board.name}.json"] for board in lowered.drawn}
    return {
        **contract(platform),
        **worker_contract(platform),
        **platform_schema(),
        **rules(files),
        **boards,
        **alertmanager(platform),
        **provisioning(),
        **kubernetes(by_name, files),
        **stories.stories(platform, lowered.definitions.stories, judges(lowered, files), files),
        **runbooks(lowered),
    }


def judges(lowered: Lowered, files: tuple[RuleFile, ...]) -> dict[tuple[str, Severity], stories.Judged]:
    """Each rule by its name and severity, with the rule files it is evaluated with."""
    made = {rule.name: f"recorded-{rule.file}" for rule in lowered.recorded}
    made_from = reads(lowered.recorded)
    result: dict[tuple[str, Severity], stories.Judged] = {}
    for one in lowered.alerts:
        alert = one.alert
        wanted = {made[name] for name in reach(one.expression, made_from)}
        ordered = tuple(file.name for file in files if file.name in {*wanted, alert.family})
        url = f"{lowered.platform.links.runbooks}/{alert.runbook}.md"
        result[alert.name, alert.severity] = stories.Judged(one, lowered.link(alert), url, ordered)
    return result


def _obey(problems: list[Problem]) -> None:
    if problems:
        raise BuildError(problems)
