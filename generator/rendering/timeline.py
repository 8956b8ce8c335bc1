"""An alert test as a timeline for people: what the input series do, and which alerts fire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from generator.dsl.alert import Severity
from generator.dsl.alert_test import (
    AlertSamples,
    AlertTest,
    ClockValues,
    ConstantRate,
    Expectation,
    InputSeries,
    NoSamples,
    RandomCounts,
    Restart,
    Scenario,
    Tickets,
    time_text,
)
from generator.dsl.metrics import Metric
from generator.dsl.server_counters import ServerCounter
from generator.dsl.units import Quantity, Unit, format_number
from generator.frozen import frozen
from generator.ir.rules import AlertRule
from generator.rendering import annotation_text
from generator.rendering.annotation_text import FiringMoment
from generator.rendering.templates import code

NO_INCREASE, NO_SAMPLES = "0 per minute", ""
FIRES = {Severity.PAGE: "page fires", Severity.TICKET: "ticket fires", Severity.NONE: "alert fires"}


@frozen
class ScenarioTimeline:
    """A test's claim, and the events at each time, in order."""

    claim: str
    events: tuple[tuple[str, tuple[str, ...]], ...]


def timeline(
    test: AlertTest, scenario: Scenario, rules: Mapping[Severity, AlertRule], prefix: str = ""
) -> ScenarioTimeline:
    """The timeline of a test's scenario. `rules` are the rules of its alert's name, by severity; `prefix` is that of
    the platform's metrics."""
    inputs = [event for series in scenario.series for event in input_events(series, scenario, prefix)]
    outcomes = [
        (expectation.at.seconds, text)
        for expectation in scenario.expectations
        for text in expected_texts(expectation, rules)
    ]
    outcomes += [(each.until.seconds, _tickets_text(each)) for each in scenario.tickets]
    events = sorted([*inputs, *outcomes], key=lambda event: event[0])
    by_time = groupby(events, key=lambda event: event[0])
    return ScenarioTimeline(
        test.claim_of(scenario), tuple((time_text(time), tuple(text for _, text in group)) for time, group in by_time)
    )


def input_events(series: InputSeries, scenario: Scenario, prefix: str = "") -> Iterator[tuple[int, str]]:
    """The changes of a series, each with its second; a counter that does not increase is not mentioned at the start."""
    time, before = 0, NO_INCREASE
    values = ", ".join(code(value) for label, value in series.labels.items() if _differs(label, scenario))
    name = f"`{prefix}{series.metric.name}`" + (f" of {values}" if values else "")
    for segment in series.segments:
        match segment:
            case Restart():
                yield time, f"{name} restarts at 0"
            case NoSamples(duration=duration):
                yield time, f"{name} has no samples"
                time, before = time + duration.seconds, NO_SAMPLES
            case AlertSamples(duration=duration):
                yield time, f"{name} exists"
                time += duration.seconds
            case ClockValues(duration=duration):
                yield time, f"{name} is the current time"
                time += duration.seconds
            case RandomCounts():
                yield time, f"{name}: {_random_rate(segment)}"
                time, before = time + segment.duration.seconds, ""
            case ConstantRate():
                assert isinstance(series.metric, Metric | ServerCounter)
                rate = _rate(segment, series.metric.unit)
                if rate != before:
                    yield time, f"{name}: {rate}"
                time, before = time + segment.duration.seconds, rate


def _rate(segment: ConstantRate, unit: Unit) -> str:
    if not segment.per_minute:
        return NO_INCREASE
    size = "" if segment.value is None else f", each {Quantity(segment.value, unit).text()}"
    return f"{format_number(segment.per_minute)} per minute{size}"


def _random_rate(segment: RandomCounts) -> str:
    return f"independent events, {format_number(segment.per_minute)} per minute on average"


def _differs(label: str, scenario: Scenario) -> bool:
    return len({series.labels.get(label) for series in scenario.series}) > 1


def _tickets_text(tickets: Tickets) -> str:
    times = "once" if tickets.count == 1 else f"{tickets.count} times"
    return f"the {tickets.severity.value} has fired {times} since the start" if tickets.count else "it never fired"


def expected_texts(expectation: Expectation, rules: Mapping[Severity, AlertRule]) -> tuple[str, ...]:
    """What fires at a time: the summaries of the alerts, or that none does."""
    texts = []
    for firing in expectation.firing:
        rule = rules[firing.severity]
        moment = FiringMoment(firing.labels, firing.value, expectation.at.seconds, firing.values)
        summary = annotation_text.rendered(rule, rule.alert.alert_text.summary, moment)
        texts.append(f"{FIRES[firing.severity]}: {code(summary)}")
    return tuple(texts) or ("no alert fires",)
