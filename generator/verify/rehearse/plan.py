"""Where each rule is evaluated: on the server, which has what it reads, or on a scratch server, beside what changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from enum import Enum, auto

from generator.frozen import frozen
from generator.promql.equality import same_expression
from generator.promql.parser import parsed, selected_values, selectors
from generator.promql.substitution import with_constants
from generator.verify.drift.durations import seconds_of
from generator.verify.drift.rule_groups import LoadedRule, RuleGroup
from generator.verify.replay.stages import ALERTS, ReplayRule


class Place(Enum):
    """Where a rule is evaluated. One that `FOLLOWS` reads the state of alerts that changed, and fires with them."""

    SERVER = auto()
    SCRATCH = auto()
    FOLLOWS = auto()
    NOWHERE = auto()


@frozen
class PlannedRule:
    """A rule, with constants in the place of recorded ones that changed; `reason` is why it is evaluated nowhere."""

    rule: ReplayRule
    place: Place
    reason: str = ""

    @property
    def title(self) -> str:
        """An alert's name and severity, or the name of what is recorded."""
        severity = self.rule.body.get("labels", {}).get("severity", "")
        return f"{self.rule.body['alert']} ({severity})" if "alert" in self.rule.body else self.rule.series


@frozen
class RehearsalPlan:
    """All alerts, and the recording rules whose results the server does not have; `copied` are the names of those that
    it has, and that rules on the scratch server read."""

    alerts: tuple[PlannedRule, ...]
    recorded: tuple[PlannedRule, ...]
    copied: frozenset[str]
    unchanged: frozenset[str]

    @property
    def not_rehearsed(self) -> dict[str, str]:
        """The alerts that are evaluated nowhere, and why."""
        return {each.title: each.reason for each in self.alerts if each.place is Place.NOWHERE}


def plan(rules: Sequence[ReplayRule], loaded: Sequence[RuleGroup]) -> RehearsalPlan:
    """Decide for every rule where it is evaluated, by the rules that a server has loaded."""
    return _Planner(rules, loaded).plan()


def plan_of_recording(rules: Sequence[ReplayRule], names: Collection[str]) -> RehearsalPlan:
    """Decide for every rule whether it can be evaluated on a scratch server that has the raw series of these names."""
    return _Planner(rules, (), frozenset(names)).plan()


def raw_names(rules: Sequence[ReplayRule]) -> frozenset[str]:
    """The names of the series that rules read and that none records."""
    recorded = {rule.series for rule in rules if "record" in rule.body} | {ALERTS}
    return frozenset().union(*(rule.reads() for rule in rules)) - recorded


class _Planner:
    """`raw` are the names of the raw series that the scratch server has; None: it has none, and the server has all."""

    def __init__(
        self, rules: Sequence[ReplayRule], loaded: Sequence[RuleGroup], raw: frozenset[str] | None = None
    ) -> None:
        self.rules = rules
        self.raw = raw
        self.recording: dict[str, list[ReplayRule]] = defaultdict(list)
        for rule in rules:
            if "record" in rule.body:
                self.recording[rule.series].append(rule)
        prefixes = tuple({rule.group.partition(":")[0] + ":" for rule in rules if ":" in rule.group})
        names = {rule.group for rule in rules}
        groups = [group for group in loaded if group.name in names or group.name.startswith(prefixes)]
        self.loaded = [(each, group.interval) for group in groups for each in group.rules]
        edited = {name for name, own in self.recording.items() if not self._is_loaded(name, own)}
        self.constants = {name for name in edited if not any(rule.reads() for rule in self.recording[name])}
        self.changed = self._closure(edited)
        self.blocked: dict[str, str] = {}
        self.recorded: dict[str, list[PlannedRule]] = {}

    def plan(self) -> RehearsalPlan:
        for name in self._in_order():
            self.recorded[name] = [self._planned(rule) for rule in self.recording[name]]
            reasons = [each.reason for each in self.recorded[name] if each.place is Place.NOWHERE]
            if reasons:
                self.blocked[name] = reasons[0]
        alerts = tuple(self._planned(rule) for rule in self.rules if "alert" in rule.body)
        recorded = self._needed(alerts)
        on_scratch = [each.rule for each in (*alerts, *recorded) if each.place is Place.SCRATCH]
        read = frozenset().union(*(rule.reads() for rule in on_scratch))
        return RehearsalPlan(alerts, recorded, read - self.changed, frozenset(self.recording.keys() - self.changed))

    def _is_loaded(self, name: str, own: Sequence[ReplayRule]) -> bool:
        """Whether the server has loaded these rules of a name and no other of the platform."""
        left = [(each, interval) for each, interval in self.loaded if (each.kind, each.name) == ("record", name)]
        return len(left) == len(own) and all(_take(rule, left) for rule in own)

    def _closure(self, edited: Collection[str]) -> set[str]:
        changed = set(edited)
        while more := {
            name for name, own in self.recording.items()
            if name not in changed and any(rule.reads() & changed for rule in own)
        }:  # fmt: skip
            changed |= more
        return changed

    def _in_order(self) -> Iterable[str]:
        """The names of changed series, each after those that it reads."""
        done: set[str] = set()
        waiting = set(self.changed)
        while waiting:
            ready = {
                name for name in waiting
                if not any((rule.reads() & self.changed) - done - {name} for rule in self.recording[name])
            } or waiting  # fmt: skip
            yield from sorted(ready)
            done |= ready
            waiting -= ready

    def _planned(self, rule: ReplayRule) -> PlannedRule:
        if any("{{" in str(value) for value in rule.body.get("labels", {}).values()):
            return PlannedRule(rule, Place.NOWHERE, "its labels are templates")
        if ALERTS in rule.reads():
            return self._following(rule)
        rule = self._with_constants(rule)
        reads = rule.reads()
        blocked = sorted(reads & self.blocked.keys())
        if blocked:
            return PlannedRule(rule, Place.NOWHERE, self.blocked[blocked[0]])
        if self.raw is not None:
            missing = sorted(reads - self.recording.keys() - self.raw)
            what = f"it reads {missing[0]}, which the recording does not have" if missing else ""
            return PlannedRule(rule, Place.NOWHERE if missing else Place.SCRATCH, what)
        changed = sorted(reads & self.changed)
        if not changed:
            return PlannedRule(rule, Place.SERVER)
        if raw := sorted(reads - self.recording.keys()):
            what = f"it reads {changed[0]}, whose rule changed, beside {raw[0]}, which no rule records"
            return PlannedRule(rule, Place.NOWHERE, what)
        return PlannedRule(rule, Place.SCRATCH)

    def _following(self, rule: ReplayRule) -> PlannedRule:
        followed = self._followed(rule)
        changed = [each for each in followed if not self._is_unchanged_alert(each)]
        if not changed:
            return PlannedRule(rule, Place.SERVER)
        if rule.reads() == {ALERTS}:
            return PlannedRule(rule, Place.FOLLOWS)
        what = f"it reads the state of {changed[0].body['alert']}, whose rule changed, beside other series"
        return PlannedRule(rule, Place.NOWHERE, what)

    def _followed(self, rule: ReplayRule) -> list[ReplayRule]:
        alerts = [each for each in self.rules if "alert" in each.body]
        names = {str(each.body["alert"]) for each in alerts}
        tree = parsed(str(rule.body["expr"]))
        selected = {
            name for each in selectors(tree) if each.name == ALERTS
            for name in selected_values(each, "alertname", names)
        }  # fmt: skip
        return [each for each in alerts if each.body["alert"] in selected]

    def _is_unchanged_alert(self, rule: ReplayRule) -> bool:
        left = [(each, interval) for each, interval in self.loaded if each.kind == "alert"]
        return not rule.reads() & self.changed and _take(rule, left)

    def _with_constants(self, rule: ReplayRule) -> ReplayRule:
        """The rule with the expressions of constants that changed, where they can stand for what is recorded."""
        expression = str(rule.body["expr"])
        for name in sorted(rule.reads() & self.constants):
            constants = [(_labels(each), str(each.body["expr"])) for each in self.recording[name]]
            expression = with_constants(expression, name, constants) or expression
        return replace(rule, body={**rule.body, "expr": expression})

    def _needed(self, alerts: Iterable[PlannedRule]) -> tuple[PlannedRule, ...]:
        """The changed recording rules that alerts on the scratch server read, in the order of their evaluation."""
        needed: set[str] = set()
        pending = [each for each in alerts if each.place is Place.SCRATCH]
        while pending:
            names = (pending.pop().rule.reads() & self.changed) - needed
            needed |= names
            pending += [each for name in names for each in self.recorded[name]]
        return tuple(each for name in self.recorded if name in needed for each in self.recorded[name])


def _labels(rule: ReplayRule) -> Mapping[str, str]:
    labels: Mapping[str, str] = rule.body.get("labels", {})
    return labels


def _take(rule: ReplayRule, left: list[tuple[LoadedRule, float]]) -> bool:
    """Take the loaded rule that is this one out of a list, if it is there."""
    for each in left:
        if _is_same(rule, *each):
            left.remove(each)
            return True
    return False


def _is_same(rule: ReplayRule, loaded: LoadedRule, interval: float) -> bool:
    body = rule.body
    return (
        (body.get("alert") or body["record"]) == loaded.name
        and dict(_labels(rule)) == dict(loaded.labels)
        and rule.interval == interval
        and seconds_of(body.get("for", "0s")) == loaded.hold
        and seconds_of(body.get("keep_firing_for", "0s")) == loaded.keep_firing
        and same_expression(str(body["expr"]), loaded.expr)
    )
