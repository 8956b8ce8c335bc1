"""What is evaluated, and when: each rule at its group's own times, from as early as those that read it need."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from generator.frozen import frozen
from generator.promql.parser import equalities, name_of, parsed, selectors
from generator.promql.windows import LOOK_BACK, look_backs
from generator.verify.drift.durations import seconds_of
from generator.verify.drift.rule_groups import RuleGroup
from generator.verify.rehearse.history_api import HistoryApi, Times, times_between
from generator.verify.rehearse.plan import Place, PlannedRule, RehearsalPlan
from generator.verify.replay.stages import ALERTS, ReplayRule


@frozen
class Evaluation:
    """An expression and the times at which it is evaluated. What it results in is an alert, or a series of this name
    with these labels."""

    planned: PlannedRule
    expression: str
    times: Times

    @property
    def on_server(self) -> bool:
        """Whether the server that is rehearsed evaluates it."""
        return self.planned.place is Place.SERVER

    @property
    def key(self) -> str:
        """What determines its result on the server."""
        return repr((sorted(self.planned.rule.body.items()), self.times))


@frozen
class Evaluations:
    """All evaluations: series that the server has and that are copied, recording rules in their order, and alerts."""

    copies: tuple[Evaluation, ...]
    recorded: tuple[Evaluation, ...]
    alerts: tuple[Evaluation, ...]

    @property
    def of_server(self) -> list[Evaluation]:
        """Those that the server evaluates."""
        return [each for each in (*self.copies, *self.recorded, *self.alerts) if each.on_server]


def needed_since(plan: RehearsalPlan, start: float, seeded: Collection[str] = ()) -> dict[str, float]:
    """Return from when on rules on the scratch server read each series, in seconds since 1970. Those of the names
    `seeded` are evaluated from the start on: the scratch server has their samples from before."""
    needed: dict[str, float] = {}
    for each in (*_evaluated(plan), *reversed(plan.recorded)):
        if each.place is not Place.SCRATCH:
            continue
        is_alert, name = "alert" in each.rule.body, each.rule.series
        own = start - _warm_up(each.rule) if is_alert else start if name in seeded else needed.get(name, start)
        for read, seconds in look_backs(parsed(str(each.rule.body["expr"]))).items():
            needed[read] = min(needed.get(read, start), own - seconds)
    return needed


def evaluations(
    plan: RehearsalPlan,
    rules: Sequence[ReplayRule],
    phases: Mapping[str, float],
    start: float,
    end: float,
    seeded: Collection[str] = (),
) -> Evaluations:
    """Return what a plan evaluates for the time from `start` to `end`, in seconds since 1970; `phases` has a time of an
    evaluation of each group. Series of the names `seeded` are evaluated from the start on."""
    needed = needed_since(plan, start, seeded)
    own = {name: start if name in seeded else since for name, since in needed.items()}

    def evaluation(planned: PlannedRule, first: float, expression: str = "") -> Evaluation:
        rule = planned.rule
        times = times_between(first, end, rule.interval, phases.get(rule.group, 0))
        return Evaluation(planned, expression or str(rule.body["expr"]), times)

    readers = [each.rule for each in (*plan.alerts, *plan.recorded) if each.place is Place.SCRATCH]
    copied = {rule.series: rule for rule in rules if rule.series in plan.copied and rule.series != ALERTS}
    return Evaluations(
        tuple(
            evaluation(PlannedRule(_copy(rule), Place.SERVER), needed.get(name, start), selector_of(name, readers))
            for name, rule in sorted(copied.items())
        ),
        tuple(evaluation(each, own.get(each.rule.series, start)) for each in plan.recorded),
        tuple(evaluation(each, start - _warm_up(each.rule)) for each in _evaluated(plan)),
    )


def _evaluated(plan: RehearsalPlan) -> list[PlannedRule]:
    return [each for each in plan.alerts if each.place in (Place.SERVER, Place.SCRATCH)]


def _warm_up(rule: ReplayRule) -> float:
    """The seconds before the start in which an alert may have begun that fires or is pending at the start."""
    return sum(seconds_of(rule.body.get(name, "0s")) for name in ("for", "keep_firing_for")) + rule.interval


def _copy(rule: ReplayRule) -> ReplayRule:
    return ReplayRule({"record": rule.series}, rule.interval, rule.group)


def selector_of(name: str, readers: Iterable[ReplayRule]) -> str:
    """Select what any of these rules may read of a name: by the labels for which all require the same value."""
    read = [equalities(each) for rule in readers for each in selectors(parsed(str(rule.body["expr"])))
            if name_of(each) == name]  # fmt: skip
    shared = set.intersection(*(set(each.items()) for each in read))
    matchers = ",".join(f'{label}="{_escaped(value)}"' for label, value in sorted(shared) if label != "__name__")
    return f"{name}{{{matchers}}}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def group_phases(
    history: HistoryApi, rules: Sequence[ReplayRule], loaded: Sequence[RuleGroup], start: float, end: float
) -> dict[str, float]:
    """Return a time in seconds since 1970 at which each group was evaluated: that of a sample that it wrote, or what
    the server says, which is some milliseconds late. A group that the server has not loaded has none."""
    intervals = {rule.group: rule.interval for rule in rules}
    phases: dict[str, float] = {}
    for group in loaded:
        if group.interval != intervals.get(group.name):
            continue
        last, interval = group.last_evaluation, group.interval
        # Another platform's group has its own times, and its samples may have the same names.
        written = min(_last_samples(history, group, start, end), key=lambda at: (last - at) % interval, default=0.0)
        if written or last:
            phases[group.name] = written or last
    return phases


def _last_samples(history: HistoryApi, group: RuleGroup, start: float, end: float) -> list[float]:
    """The times of the last samples that a group wrote, of each platform."""
    for name in sorted({rule.name for rule in group.rules if rule.kind == "record"}):
        if times := history.values(f"max by (platform) (timestamp({name}))", end):
            return times
    names = "|".join(sorted({rule.name for rule in group.rules if rule.kind == "alert"}))
    if not names:
        return []
    window = max(round(end - start), 1)
    step = min(LOOK_BACK, max(round(group.interval), window // 8_000, 1))
    last = f'max_over_time(timestamp({ALERTS}{{alertname=~"{names}"}})[{window}s:{step:.0f}s])'
    return history.values(f"max by (platform) ({last})", end)
