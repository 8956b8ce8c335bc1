"""The compiler: a platform and definitions in, all texts of `out/` in memory out. Nothing is read or written here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from catalogue import METRICS
from generator.definitions import Definitions, attempt
from generator.emit import grafana, stories
from generator.emit.alertmanager import alertmanager
from generator.emit.annotation import Link
from generator.emit.contract import contract
from generator.emit.kubernetes import kubernetes
from generator.emit.platform_schema import platform_schema
from generator.emit.provisioning import provisioning
from generator.emit.rule_files import rule_files
from generator.emit.rule_text import RuleFile
from generator.emit.rule_yaml import rules
from generator.emit.runbooks import runbooks
from generator.emit.worker_contract import worker_contract
from generator.holding import holds
from generator.lang.alert import Alert, Severity
from generator.lang.faults import Fault, Faults
from generator.lang.metric import Gauge
from generator.lang.platform import Platform
from generator.lang.units import PERCENT
from generator.laws.every import broken_in_text, broken_in_trees
from generator.lower.alerts import LoweredAlert, lower_alert
from generator.lower.dashboards import Wall
from generator.lower.drawn import Drawn
from generator.lower.identity import PRODUCTION
from generator.lower.ledger import Ledger, Recorded
from generator.lower.links import Target, target
from generator.lower.reach import reach, reads
from generator.lower.reading import Reader


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
    faults: list[Fault] = []
    ledger = Ledger()
    reader = Reader(platform, ledger)
    for metric in METRICS:
        if isinstance(metric, Gauge) and metric.recorded is not None:
            reader.record(metric.name, metric.labels, metric.recorded, metric.unit == PERCENT)
    boards = definitions.dashboards
    wall = Wall(platform, boards, ledger)
    tried = [attempt(partial(lower_alert, reader, alert), faults, alert.where) for alert in definitions.alerts]
    alerts = tuple(one for one in tried if one is not None)
    leads = {
        one.alert.key: attempt(partial(target, platform, boards, one.alert, one.labels), faults, one.alert.where)
        for one in alerts
    }
    drawn = [attempt(partial(wall.draw, board), faults, board.name) for board in boards]
    _obey(faults)
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


def _obey(faults: list[Fault]) -> None:
    if faults:
        raise Faults(faults)
