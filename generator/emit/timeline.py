"""A story as a timeline that a person reads: what happens, and what is heard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from generator.emit import annotation
from generator.emit.annotation import Moment
from generator.lang.alert import Severity
from generator.lang.platform import Platform
from generator.lang.story import Expected, Flow, Plot, Restart, Silence, Story, Stretch, Ticking
from generator.lang.units import plain
from generator.lower.alerts import LoweredAlert


@dataclass(frozen=True)
class Timeline:
    """A story's claim, and its lines in the order of time."""

    claim: str
    timeline: tuple[str, ...]


def timeline(story: Story, platform: Platform, rules: Mapping[Severity, LoweredAlert]) -> Timeline:
    """The story told for a platform. `rules` are the rules of its alert's name, by severity."""
    told = story.tells(platform)
    happens = [(time, 0, text) for flow in told.flows for time, text in acts(flow, told)]
    hears = [(one.after.seconds, 1, heard(one, rules)) for one in told.expected]
    lines = sorted([*happens, *hears], key=lambda line: line[:2])
    return Timeline(
        story.claim,
        tuple(
            f"**{clock(time)}** {'; '.join(text for *_, text in each)}" for time, each in groupby(lines, lambda x: x[0])
        ),
    )


def clock(seconds: int) -> str:
    """A moment of a story: 0 min, 34 min, 25 h, 3 d 6 h."""
    if seconds % 60:
        return f"{seconds} s"
    if seconds < 2 * 3600:
        return f"{seconds // 60} min"
    days, rest = divmod(seconds, 86400)
    hours, minutes = rest // 3600, rest % 3600 // 60
    parts = ((days, "d"), (hours, "h"), (minutes, "min"))
    return " ".join(f"{count} {name}" for count, name in parts if count)


def acts(flow: Flow, told: Plot) -> Iterator[tuple[int, str]]:
    """What a series does, each with the second in which it begins; a counter that stands still says nothing."""
    now, before = 0, Fraction(0)
    who = ", ".join(value for label, value in flow.labels.items() if _differs(label, told))
    of = f" of {who}" if who else ""
    for act in flow.acts:
        match act:
            case Restart():
                yield now, f"`{flow.metric.name}`{of} starts anew at 0"
            case Silence(lasting=lasting):
                yield now, f"`{flow.metric.name}`{of} is not reported"
                now += lasting.seconds
            case Ticking(lasting=lasting):
                yield now, f"`{flow.metric.name}`{of} goes with the clock"
                now += lasting.seconds
            case Stretch():
                if act.per_minute != before:
                    yield now, f"`{flow.metric.name}`{of}: {_pace(act)}"
                before = act.per_minute
                now += act.lasting.seconds


def _pace(act: Stretch) -> str:
    if not act.per_minute:
        return "none any more"
    size = f", each {plain(act.value)}" if act.value is not None else ""
    return f"{plain(act.per_minute)} a minute{size}"


def _differs(label: str, told: Plot) -> bool:
    return len({flow.labels.get(label) for flow in told.flows}) > 1


def heard(expected: Expected, rules: Mapping[Severity, LoweredAlert]) -> str:
    """What is heard at a moment: nothing, or the summaries of what fires."""
    if not expected.told:
        return "quiet"
    said = []
    for one in expected.told:
        rule = rules[one.severity]
        moment = Moment(one.labels, one.value, expected.after.seconds)
        said.append(f"{one.severity.value}: “{annotation.rendered(rule, rule.alert.prose.summary, moment)}”")
    return "; ".join(said)
