"""A story as a timeline that a person reads: what happens, and what is heard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from generator.dsl.alert import Severity
from generator.dsl.alert_test import Expected, Flow, Plot, Restart, Silence, Story, Stretch, Ticking
from generator.dsl.platform import Platform
from generator.dsl.units import Quantity, Unit, plain
from generator.lowering.alerts import LoweredAlert
from generator.rendering import annotations as annotation
from generator.rendering.annotations import Moment
from generator.rendering.templates import code

STILL, UNHEARD = "none", ""
FIRES = {Severity.PAGE: "page", Severity.TICKET: "ticket", Severity.NONE: "fires"}


@dataclass(frozen=True)
class Timeline:
    """A story's claim, and what happens at each moment, in the order of time."""

    claim: str
    moments: tuple[tuple[str, tuple[str, ...]], ...]


def timeline(story: Story, platform: Platform, rules: Mapping[Severity, LoweredAlert]) -> Timeline:
    """The story told for a platform. `rules` are the rules of its alert's name, by severity."""
    told = story.tells(platform)
    happens = [(time, text) for flow in told.flows for time, text in acts(flow, told)]
    hears = [(one.after.seconds, text) for one in told.expected for text in heard(one, rules)]
    lines = sorted([*happens, *hears], key=lambda line: line[0])
    at = groupby(lines, key=lambda line: line[0])
    return Timeline(story.claim, tuple((clock(time), tuple(text for _, text in each)) for time, each in at))


def clock(seconds: int) -> str:
    """A moment of a story: 0 min, 33 min 30 s, 119 min, 3 d 6 h."""
    sizes = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")) if seconds >= 2 * 3600 else ((60, "min"), (1, "s"))
    parts: list[str] = []
    for size, name in sizes:
        count, seconds = divmod(seconds, size)
        parts += [f"{count} {name}"] * (count > 0)
    return " ".join(parts) or "0 min"


def acts(flow: Flow, told: Plot) -> Iterator[tuple[int, str]]:
    """What a series does, each with the second in which it begins; a counter that stands still says nothing."""
    now, before = 0, STILL
    who = ", ".join(code(value) for label, value in flow.labels.items() if _differs(label, told))
    of = f" of {who}" if who else ""
    for act in flow.acts:
        match act:
            case Restart():
                yield now, f"`{flow.metric.name}`{of} starts anew at 0"
            case Silence(lasting=lasting):
                yield now, f"`{flow.metric.name}`{of} is not reported"
                now, before = now + lasting.seconds, UNHEARD
            case Ticking(lasting=lasting):
                yield now, f"`{flow.metric.name}`{of} goes with the clock"
                now += lasting.seconds
            case Stretch():
                pace = _pace(act, flow.metric.unit)
                if pace != before:
                    yield now, f"`{flow.metric.name}`{of}: {pace}"
                now, before = now + act.lasting.seconds, pace


def _pace(act: Stretch, unit: Unit) -> str:
    if not act.per_minute:
        return STILL
    size = "" if act.value is None else f", each {Quantity(act.value, unit).spoken()}"
    return f"{plain(act.per_minute)} a minute{size}"


def _differs(label: str, told: Plot) -> bool:
    return len({flow.labels.get(label) for flow in told.flows}) > 1


def heard(expected: Expected, rules: Mapping[Severity, LoweredAlert]) -> tuple[str, ...]:
    """What is heard at a moment: nothing, or the summaries of what fires."""
    said = []
    for one in expected.told:
        rule = rules[one.severity]
        moment = Moment(one.labels, one.value, expected.after.seconds)
        said.append(f"{FIRES[one.severity]} {code(annotation.rendered(rule, rule.alert.prose.summary, moment))}")
    return tuple(said) or ("quiet",)
