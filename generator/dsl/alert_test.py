"""Alert tests: input series, and which alerts must fire at which time. The docstring is the test's claim; its
placeholders are filled with the numbers of the scenario, which follow from the platform."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from enum import Enum
from fractions import Fraction
from string import Formatter
from typing import TypeAlias

from generator.dsl.alert import Severity
from generator.dsl.arguments import require, require_duration, require_function, require_text, require_tuple, shown
from generator.dsl.built_in import BuiltIn
from generator.dsl.labels import Label, require_labels
from generator.dsl.metrics import Counter, Gauge, Histogram, Metric
from generator.dsl.names import require_id, require_module_name
from generator.dsl.per_platform import once_per_platform
from generator.dsl.platform import Platform
from generator.dsl.server_counters import ServerCounter
from generator.dsl.text import one_line, require_no_templates, template_parts
from generator.dsl.units import Duration, ExactNumber, Quantity, exact, format_number, minutes
from generator.errors import DefinitionError, did_you_mean, place_of
from generator.frozen import frozen

ONE_MINUTE = minutes(1)


class Coverage(Enum):
    """What an alert test proves. Every alert needs a test of each kind, or a reason why the kind is not applicable."""

    FIRES = "fires in time"
    BELOW_THRESHOLD = "does not fire just below the threshold"
    BEFORE_FOR = "does not fire before its time"
    RECOVERS = "resolves"
    LOW_TRAFFIC = "does not fire at low traffic"
    COUNTER_RESET = "does not fire at a counter reset"
    OTHERS_UNAFFECTED = "does not fire for others"


FIRES = Coverage.FIRES
BELOW_THRESHOLD = Coverage.BELOW_THRESHOLD
BEFORE_FOR = Coverage.BEFORE_FOR
RECOVERS = Coverage.RECOVERS
LOW_TRAFFIC = Coverage.LOW_TRAFFIC
COUNTER_RESET = Coverage.COUNTER_RESET
OTHERS_UNAFFECTED = Coverage.OTHERS_UNAFFECTED


@frozen
class ConstantRate:
    """A constant increase per minute; the observations of a histogram all have the same `value`."""

    per_minute: Fraction
    duration: Duration
    value: Fraction | None = None


@frozen
class RandomCounts:
    """What a counter counts in each minute: independent events, `per_minute` on average."""

    per_minute: Fraction
    counted: tuple[int, ...]

    @property
    def duration(self) -> Duration:
        """A minute for each number."""
        return ONE_MINUTE * len(self.counted)


@frozen
class Restart:
    """The process that reports the series restarts: counters start again at zero."""


@frozen
class NoSamples:
    """The series has no samples."""

    duration: Duration


@frozen
class ClockValues:
    """A gauge holds the current time, or one that is `ahead` of it."""

    duration: Duration
    ahead: Duration | None = None


@frozen
class AlertSamples:
    """Prometheus' own series of an alert has samples, which are 1."""

    duration: Duration


Segment: TypeAlias = ConstantRate | RandomCounts | Restart | NoSamples | ClockValues | AlertSamples


@frozen
class InputSeries:
    """The samples of one series from minute 0 on, in segments. Input series of the same histogram series add up."""

    metric: Metric | BuiltIn
    labels: Mapping[str, str]
    segments: tuple[Segment, ...]


@frozen
class FiringAlert:
    """An alert that is expected to fire: its labels are without severity and owner, its value is worked out by hand.

    `condition_ended` is when the condition was last true, where only `keep_firing_for` makes the alert fire still: its
    annotations are from then. `values` are the results of the queries in its annotations, by their placeholder. `since`
    is when the condition became true, where a query in the link says so.
    """

    severity: Severity
    value: float
    labels: Mapping[str, str]
    condition_ended: Duration | None = None
    values: Mapping[str, float] = field(default_factory=dict)
    since: Duration | None = None


@frozen
class Expectation:
    """All alerts of the tested name that fire at a time; no other may fire."""

    at: Duration
    firing: tuple[FiringAlert, ...]


@frozen
class Tickets:
    """How often an alert of these labels begins to fire from the start of a test until a time."""

    count: int
    until: Duration
    severity: Severity
    labels: Mapping[str, str]


ClaimValue: TypeAlias = Quantity | Duration | Fraction | int | str
"""What fills a placeholder of a claim: a duration is a time since the start of the test."""


@frozen
class Scenario:
    """Input series, and the expectations about them. `claim` fills the placeholders of the test's claim;
    `samples_every` is the interval between samples, where it is not the usual one."""

    series: tuple[InputSeries, ...]
    expectations: tuple[Expectation, ...]
    evaluation_interval: Duration
    claim: Mapping[str, ClaimValue] = field(default_factory=dict)
    samples_every: Duration | None = None
    tickets: tuple[Tickets, ...] = ()

    @property
    def last_evaluation(self) -> Duration:
        """The last evaluation about which something is expected."""
        return max((*(each.at for each in self.expectations), *(each.until for each in self.tickets)))

    @property
    def evaluations(self) -> int:
        """How often the rules are evaluated until then."""
        return self.last_evaluation.seconds // self.evaluation_interval.seconds

    @property
    def sample_interval(self) -> Duration:
        """The interval between samples, usually at most a minute: an increase over 5 minutes needs at least two
        samples."""
        return min(self.evaluation_interval, ONE_MINUTE) if self.samples_every is None else self.samples_every


@frozen
class NotPossible:
    """Why the scenario of an alert test cannot exist on a platform, such as one with a minimum of one request."""

    reason: str


@frozen
class AlertTest:
    """A test of the alerting rules of one name. `id` names it in `out/tests`; `covers` says what it proves."""

    id: str
    module: str
    claim: str
    alert: str
    severities: tuple[Severity, ...]
    covers: tuple[Coverage, ...]
    build: Callable[[Platform], Scenario | NotPossible]
    where: str

    def scenario(self, platform: Platform) -> Scenario | None:
        """The scenario on a platform, or None where it is not possible."""
        built = self.build(platform)
        return None if isinstance(built, NotPossible) else built

    def claim_of(self, scenario: Scenario) -> str:
        """The claim with the numbers of a scenario. Raises DefinitionError for a placeholder without a value."""
        try:
            return self.claim.format_map({name: claim_text(value) for name, value in scenario.claim.items()})
        except (KeyError, ValueError, IndexError):
            names = (name for _, name, _, _ in Formatter().parse(self.claim) if name is not None)
            missing = [name for name in names if name not in scenario.claim]
            what = f"the claim names {{{', '.join(missing)}}}, which its scenario does not give"
            raise DefinitionError(what, "give it in scenario(…, claim={…}), or remove it from the docstring") from None


@frozen
class NotApplicable:
    """Kinds of tests that cannot exist for an alert's rules of these severities, and why."""

    alert: str
    severities: tuple[Severity, ...]
    covers: tuple[Coverage, ...]
    reason: str


def claim_text(value: ClaimValue) -> str:
    """A value in a claim: 5.75%, 33 min 30 s, 1,000, /chat."""
    match value:
        case Quantity():
            return value.text()
        case Duration():
            return time_text(value.seconds)
        case str():
            return value
    return format_number(Fraction(value))


def time_text(seconds: int) -> str:
    """A time since the start of a test: 0 min, 33 min 30 s, 119 min, 3 d 6 h."""
    sizes = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")) if seconds >= 2 * 3600 else ((60, "min"), (1, "s"))
    parts: list[str] = []
    for size, name in sizes:
        count, seconds = divmod(seconds, size)
        parts += [f"{count} {name}"] * (count > 0)
    return " ".join(parts) or "0 min"


def not_possible(reason: str) -> NotPossible:
    """The scenario of a test cannot exist on this platform, because of `reason`; the test is left out there."""
    require((reason,), str, "not_possible(…)", "a text", "say which number or name rules the test out")
    if not reason.strip():
        raise DefinitionError("the reason is empty", "say which number or name of the platform rules the test out")
    require_no_templates("not_possible", reason=reason)
    return NotPossible(reason)


def not_applicable(alert: str, *severities: Severity, covers: tuple[Coverage, ...], reason: str) -> NotApplicable:
    """Declare that kinds of tests cannot exist for an alert, because of `reason`."""
    _check_alert(alert, severities, "not_applicable(…)")
    require((reason,), str, "not_applicable(reason=…)", "a text", "say why such a test cannot exist")
    require_no_templates("not_applicable", reason=reason)
    require_tuple(covers, Coverage, "not_applicable(…)", "kinds of coverage", "write covers=(LOW_TRAFFIC,)")
    return NotApplicable(alert, severities, covers, reason)


def alert_test(
    alert: str, *severities: Severity, covers: tuple[Coverage, ...], id: str
) -> Callable[[Callable[[Platform], Scenario | NotPossible]], AlertTest]:
    """Make an alert test of a function that takes the platform, and whose docstring is the claim: its placeholders are
    filled with the `claim` of the scenario. Raises DefinitionError where the claim is missing or cannot be parsed."""

    _check_alert(alert, severities, "@alert_test(…)")
    require_tuple(covers, Coverage, "@alert_test(…)", "kinds of coverage", "write covers=(FIRES,)")
    require_id(id, "@alert_test(…)")

    def define(build: Callable[[Platform], Scenario | NotPossible]) -> AlertTest:
        require_function(build, "@alert_test(…)")
        require_module_name(build.__module__.rpartition(".")[2], "@alert_test(…)")
        claim = one_line(inspect.getdoc(build) or "")
        if not claim:
            raise DefinitionError(
                f"the alert test {build.__name__} has no docstring", "say in a sentence what happens and what fires"
            )
        template_parts(claim)
        return AlertTest(
            id, build.__module__, claim, alert, severities, covers, once_per_platform(build), place_of(build)
        )

    return define


def _check_alert(alert: object, severities: tuple[object, ...], call: str) -> None:
    """Raise DefinitionError unless the arguments of a call name an alert by its name and severities."""
    require_text(alert, call)
    require(severities, Severity, call, "severities", "write PAGE, TICKET or NONE")
    require_tuple(severities, Severity, call, "severities", "write PAGE, TICKET or NONE after the alert's name")


def scenario(
    *parts: InputSeries | Expectation | Tickets,
    evaluation_interval: Duration = ONE_MINUTE,
    samples_every: Duration | None = None,
    claim: Mapping[str, ClaimValue] | None = None,
) -> Scenario:
    """A scenario from input series and expectations, in any order; `claim` fills the placeholders of the docstring.
    With `samples_every`, a scenario of days that reads no short window has fewer samples than one a minute.

    Raises DefinitionError for a segment that does not end at a sample, and for an expectation that is not at an
    evaluation.
    """
    kinds = (InputSeries, Expectation, Tickets)
    require(parts, kinds, "scenario(…)", "input series and expectations", "write input_series(…) or expect_firing(…)")
    require_duration(evaluation_interval, "scenario(…)")
    series = tuple(part for part in parts if isinstance(part, InputSeries))
    expectations = sorted((part for part in parts if isinstance(part, Expectation)), key=lambda part: part.at)
    tickets = tuple(part for part in parts if isinstance(part, Tickets))
    if samples_every is not None:
        require_duration(samples_every, "scenario(samples_every=…)")
    result = Scenario(series, tuple(expectations), evaluation_interval, claim or {}, samples_every, tickets)
    durations = {segment.duration for each in series for segment in each.segments if not isinstance(segment, Restart)}
    _check_multiples(sorted(durations), result.sample_interval, "a segment of {} does not end at a sample")
    times = [*(each.at for each in expectations), *(each.until for each in tickets)]
    _check_multiples(times, evaluation_interval, "the expectation at {} is between two evaluations")
    return result


def _check_multiples(durations: list[Duration], step: Duration, what: str) -> None:
    for duration in durations:
        if duration.seconds % step.seconds:
            raise DefinitionError(what.format(duration), f"use a multiple of {step}")


def input_series(metric: Metric | BuiltIn, labels: Mapping[Label, str], *segments: Segment) -> InputSeries:
    """One series of a metric. Raises DefinitionError for unknown or missing labels, and for segments of another type of
    metric."""
    kinds_of_metric = (Metric, BuiltIn)
    require((metric,), kinds_of_metric, "input_series(…)", "a metric of the contract", "import it from contract")
    require((labels,), Mapping, "input_series(…)", "a mapping of labels", 'write {LABEL: "value"}')
    # The series of an alert has the labels of that alert.
    known = metric.labels if isinstance(metric, Metric | ServerCounter) else tuple(labels)
    require_labels(labels, known, "input_series(…)")
    for label, value in labels.items():
        label.possible(value)
    names, expected = {label.name for label in labels}, {label.name for label in known}
    for name in sorted(names - expected):
        raise DefinitionError(f"{metric.name} has no label {name}", did_you_mean(name, expected))
    for name in sorted(expected - names):
        raise DefinitionError(f"a series of {metric.name} lacks the label {name}", f"give it a {name}")
    if not segments:
        raise DefinitionError(f"the series of {metric.name} has no segments", "add one, as no_samples(hours(1))")
    kinds = (ConstantRate, RandomCounts, Restart, NoSamples, ClockValues, AlertSamples)
    require(segments, kinds, "input_series(…)", "segments", "write count(…), observe(…), clock(…) or no_samples(…)")
    if not all(isinstance(metric, _metric_types(segment)) for segment in segments):
        hint = "use count() for a counter, observe() for a histogram, clock() for a gauge, exists() for alerts"
        raise DefinitionError(f"{metric.name} is a {type(metric).__name__.lower()}", hint)
    return InputSeries(metric, {label.name: value for label, value in labels.items()}, segments)


def _metric_types(segment: Segment) -> tuple[type[Metric | BuiltIn], ...]:
    match segment:
        case AlertSamples():
            return (BuiltIn,)
        case NoSamples():
            return Metric, BuiltIn
        case ConstantRate(value=None) | RandomCounts():
            return Counter, ServerCounter
        case ConstantRate():
            return (Histogram,)
        case ClockValues():
            return (Gauge,)
    return Metric, ServerCounter


def count(per_minute: ExactNumber, duration: Duration) -> ConstantRate:
    """A counter increases by this much a minute."""
    return ConstantRate(_increase(per_minute), _checked(duration, "count(…)"))


def observe(per_minute: ExactNumber, value: ExactNumber, duration: Duration) -> ConstantRate:
    """A histogram observes this many values a minute, all equal to `value`."""
    return ConstantRate(_increase(per_minute), _checked(duration, "observe(…)"), exact(value))


def _increase(per_minute: ExactNumber) -> Fraction:
    increase = exact(per_minute)
    if increase < 0:
        raise DefinitionError(
            f"a counter increases by {per_minute} a minute", "give 0 or more; Restart() resets a counter"
        )
    return increase


def _checked(duration: Duration, call: str) -> Duration:
    require_duration(duration, call)
    return duration


def clock(duration: Duration, ahead: Duration | None = None) -> ClockValues:
    """A gauge holds the current time, or that of a clock that is ahead by a duration."""
    return ClockValues(_checked(duration, "clock(…)"), None if ahead is None else _checked(ahead, "clock(ahead=…)"))


def exists(duration: Duration) -> AlertSamples:
    """Prometheus' own series of an alert has samples."""
    return AlertSamples(_checked(duration, "exists(…)"))


def no_samples(duration: Duration) -> NoSamples:
    """The series has no samples."""
    return NoSamples(_checked(duration, "no_samples(…)"))


def expect_none(at: Duration) -> Expectation:
    """No alert of the tested name fires at this time."""
    return Expectation(_checked(at, "expect_none(…)"), ())


def expect_firing(at: Duration, *firing: FiringAlert) -> Expectation:
    """Exactly these alerts of the tested name fire at this time."""
    require(firing, FiringAlert, "expect_firing(…)", "firing alerts", "write firing(PAGE, 1)")
    return Expectation(_checked(at, "expect_firing(…)"), firing)


def expect_tickets(
    number: int, until: Duration, severity: Severity, labels: Mapping[Label, str] | None = None
) -> Tickets:
    """The alert of these labels begins to fire so often from the start of the test until this time: an incident that is
    one ticket is 1, however long it lasts."""
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise DefinitionError(f"expect_tickets(…) takes a number of tickets, not {shown(number)}", "write 0, 1 or more")
    require((severity,), Severity, "expect_tickets(…)", "a severity", "write PAGE, TICKET or NONE")
    require_labels(labels or {}, (), "expect_tickets(…)")
    names = {label.name: text for label, text in (labels or {}).items()}
    return Tickets(number, _checked(until, "expect_tickets(…)"), severity, names)


def expect(at: Duration, firing: Iterable[FiringAlert]) -> Expectation:
    """Exactly these alerts of the tested name fire at this time, or none of them."""
    alerts = tuple(firing)
    return expect_firing(at, *alerts) if alerts else expect_none(at)


def firing(
    severity: Severity,
    value: float,
    labels: Mapping[Label, str] | None = None,
    condition_ended: Duration | None = None,
    values: Mapping[str, float] | None = None,
    since: Duration | None = None,
) -> FiringAlert:
    """A firing alert with its value in the rule's unit (a ratio between 0 and 1). `condition_ended` is when the
    condition was last true, where `keep_firing_for` alone makes it fire. `values` are the results of the queries
    that fill the alert's own placeholders. `since` is when the condition became true; the link of an alert that is not
    of a tenant begins before that, if it is longer ago than the link usually shows.
    """
    require((severity,), Severity, "firing(…)", "a severity", "write PAGE, TICKET or NONE")
    hint = 'write {LABEL: "value"}'
    require(({} if labels is None else labels,), Mapping, "firing(…)", "a mapping of labels", hint)
    require_labels(labels or {}, (), "firing(…)")
    require((labels or {}).values(), str, "firing(…)", "labels with texts", hint)
    require(({} if values is None else values,), Mapping, "firing(…)", "a mapping of values", 'write {"name": 0.5}')
    for number in (value, *(values or {}).values()):
        if not isinstance(number, int | float | Fraction) or isinstance(number, bool) or not math.isfinite(number):
            raise DefinitionError(
                f"firing(…) takes a number, not {shown(number)}", "write it in digits, as 0.05 for 5 %"
            )
    for time in (condition_ended, since):
        if time is not None:
            require_duration(time, "firing(…)")
    names = {label.name: text for label, text in (labels or {}).items()}
    return FiringAlert(severity, value, names, condition_ended, values or {}, since)
