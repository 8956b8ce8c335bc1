"""Stories: traffic told in Python, and what must be heard of it, minute by minute. The docstring is the claim."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import TypeAlias

from generator.dsl.alert import Severity
from generator.dsl.labels import Label
from generator.dsl.metric import Counter, Gauge, Histogram, Metric
from generator.dsl.platform import Platform
from generator.dsl.text import one_line
from generator.dsl.units import Duration, Number, minutes
from generator.errors import DefinitionError, did_you_mean, place_of

A_MINUTE = minutes(1)


class Shows(Enum):
    """What a story shows of an alert; every alert needs a story for each, or a reason why there is none."""

    FIRES = "fires in time"
    BELOW = "quiet just below"
    BEFORE = "quiet before its time"
    RECOVERS = "recovers"
    LOW_TRAFFIC = "quiet at low traffic"
    RESET = "quiet through a counter reset"
    OTHERS = "does not touch another"


@dataclass(frozen=True)
class Stretch:
    """So much a minute for so long; observations of a histogram come with their value."""

    per_minute: Fraction
    lasting: Duration
    value: Fraction | None = None


@dataclass(frozen=True)
class Restart:
    """The reporter starts anew: its counters begin again at zero."""


@dataclass(frozen=True)
class Silence:
    """Nothing is reported for so long."""

    lasting: Duration


@dataclass(frozen=True)
class Ticking:
    """A gauge holds the time of the clock for so long, whatever it held before."""

    lasting: Duration


Act: TypeAlias = Stretch | Restart | Silence | Ticking


@dataclass(frozen=True)
class Flow:
    """What one series does, from minute 0 on, act by act. Several flows of one histogram's series add up."""

    metric: Metric
    labels: Mapping[str, str]
    acts: tuple[Act, ...]


@dataclass(frozen=True)
class Told:
    """An alert that fires: its severity, its labels (without severity and owner), and its value, worked out by hand.

    `last` is when its condition was so for the last time, where it only lingers: its texts are from then.
    """

    severity: Severity
    value: float
    labels: Mapping[str, str]
    last: Duration | None = None


@dataclass(frozen=True)
class Expected:
    """All that must fire under the alert's name after so long; nothing else does."""

    after: Duration
    told: tuple[Told, ...]


@dataclass(frozen=True)
class Plot:
    """What happens and what is heard of it. `every` is how often rules are evaluated."""

    flows: tuple[Flow, ...]
    expected: tuple[Expected, ...]
    every: Duration

    @property
    def sampled(self) -> Duration:
        """How often series are sampled: each minute at least, since an increase over 5 minutes needs two samples."""
        return min(self.every, A_MINUTE)


@dataclass(frozen=True)
class Story:
    """A story of one alerting rule (or several of one name): its claim, and what it shows of which severities."""

    name: str
    module: str
    claim: str
    alert: str
    severities: tuple[Severity, ...]
    shows: tuple[Shows, ...]
    tells: Callable[[Platform], Plot]
    where: str


@dataclass(frozen=True)
class Senseless:
    """Kinds of story that make no sense for an alert's rules of these severities, and why."""

    alert: str
    severities: tuple[Severity, ...]
    shows: tuple[Shows, ...]
    reason: str


def senseless(alert: str, *severities: Severity, shows: tuple[Shows, ...], reason: str) -> Senseless:
    """Declare that there is no such story, because of `reason`."""
    return Senseless(alert, severities, shows, reason)


def story(alert: str, *severities: Severity, shows: tuple[Shows, ...]) -> Callable[[Callable[[Platform], Plot]], Story]:
    """Make a story of a function of the platform. Refuses one without a docstring: it is the claim."""

    def define(tells: Callable[[Platform], Plot]) -> Story:
        claim = one_line(inspect.getdoc(tells) or "")
        if not claim:
            raise DefinitionError(f"the story {tells.__name__} has no docstring", "claim in a sentence what it shows")
        return Story(tells.__name__, tells.__module__, claim, alert, severities, shows, tells, place_of(tells))

    return define


def plot(*parts: Flow | Expected, every: Duration = A_MINUTE) -> Plot:
    """Flows and expectations, in any order. Refuses what falls between two samples, or two evaluations."""
    flows = tuple(part for part in parts if isinstance(part, Flow))
    expected = tuple(sorted((part for part in parts if isinstance(part, Expected)), key=lambda one: one.after))
    told = Plot(flows, expected, every)
    lasting = {act.lasting for flow in flows for act in flow.acts if not isinstance(act, Restart)}
    for between, step in (*((x, told.sampled) for x in sorted(lasting)), *((x.after, every) for x in expected)):
        if between.seconds % step.seconds:
            raise DefinitionError(f"{between} falls between two steps of {step}", f"tell it in multiples of {step}")
    return told


def flow(metric: Metric, labels: Mapping[Label, str], *acts: Act) -> Flow:
    """What one series does. Refuses labels that the metric does not have, or lacks, and acts that it cannot do."""
    given, wanted = {label.name for label in labels}, {label.name for label in metric.labels}
    for name in sorted(given - wanted):
        raise DefinitionError(f"{metric.name} has no label {name}", did_you_mean(name, wanted))
    for name in sorted(wanted - given):
        raise DefinitionError(f"a series of {metric.name} without {name}", f"give it a {name}")
    if not acts:
        raise DefinitionError(f"nothing happens to {metric.name}", "say what it does, as count(0, hours(1))")
    if not all(isinstance(metric, _does(act)) for act in acts):
        hint = "count() a counter, observe() a histogram, let a gauge be ticking()"
        raise DefinitionError(f"{metric.name} is a {type(metric).__name__.lower()}", hint)
    return Flow(metric, {label.name: value for label, value in labels.items()}, acts)


def _does(act: Act) -> type[Metric]:
    match act:
        case Stretch(value=None):
            return Counter
        case Stretch():
            return Histogram
        case Ticking():
            return Gauge
    return Metric


def count(per_minute: Number, lasting: Duration) -> Stretch:
    """A counter grows by so much a minute, for so long."""
    return Stretch(_growth(per_minute), lasting)


def observe(per_minute: Number, value: Number, lasting: Duration) -> Stretch:
    """A histogram sees so many values a minute, all of this size, for so long."""
    return Stretch(_growth(per_minute), lasting, Fraction(str(value)))


def _growth(per_minute: Number) -> Fraction:
    grown = Fraction(str(per_minute))
    if grown < 0:
        raise DefinitionError(
            f"a counter grows by {per_minute} a minute", "give 0 or more; only a Restart() takes it back"
        )
    return grown


def ticking(lasting: Duration) -> Ticking:
    """A gauge that holds the time goes with the clock, for so long."""
    return Ticking(lasting)


def silence(lasting: Duration) -> Silence:
    """Nothing is reported for so long."""
    return Silence(lasting)


def quiet(after: Duration) -> Expected:
    """Nothing fires under the alert's name after so long."""
    return Expected(after, ())


def heard(after: Duration, *told: Told) -> Expected:
    """Just these fire under the alert's name after so long."""
    return Expected(after, told)


def told(
    severity: Severity, value: float, labels: Mapping[Label, str] | None = None, last: Duration | None = None
) -> Told:
    """An alert that fires, with its value in its unit (a share between 0 and 1), or lingers since `last`."""
    return Told(severity, value, {label.name: text for label, text in (labels or {}).items()}, last)
