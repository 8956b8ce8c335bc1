"""Checks of the counterparts that metrics and labels have in semantic conventions."""

from __future__ import annotations

from collections.abc import Iterator

from contract import ai
from contract.labels import ORDER
from generator.check import check
from generator.checks.stages import LOWERED
from generator.dsl.conventions import ConventionMetric
from generator.errors import Problem
from generator.ir.build import Lowered
from generator.lowering.conventions import INSTRUMENTS, factor, ucum

AREA = ai.__name__.rpartition(".")[2]
"""The area whose metrics OpenTelemetry has conventions for."""


def example(convention: str, unit: str = "MILLISECONDS") -> str:
    """The definition of a histogram of the area of models for the page of a check."""
    return f"""
# contract/ai.py
AI_QUEUE_TIME = Histogram(
    name="ai_queue_time_ms",
    unit={unit},
    labels=LABELS,
    buckets=LATENCY_BUCKETS,
    help="Time that a call to a model waits for capacity.",
    origin=Extension("the queue is the first to grow when capacity ends"),{convention}
)
"""


DURATION = "\n    convention=conventions.DURATION,"
NONE = '\n    convention=NoCounterpart("the conventions do not distinguish waiting from answering"),'


@check(
    "contract/metric-without-convention",
    stage=LOWERED,
    language="python",
    bad=example(""),
    good=example(NONE),
    message="it does not state its counterpart in OpenTelemetry's conventions; "
    "write convention=…, one of contract/conventions.py or NoCounterpart(reason)",
)
def metrics_of_models_state_their_convention(lowered: Lowered) -> Iterator[Problem]:
    """Every metric of the area of models states its counterpart in OpenTelemetry's conventions, or why it has none; so
    does every label of the contract of a metric that has one.

    Tools for models read the conventional names. Whoever adds a metric knows best which of them it is.
    """
    contract = lowered.definitions.contract
    hint = "write convention=…, one of contract/conventions.py or NoCounterpart(reason)"
    what = "does not state its counterpart in OpenTelemetry's conventions"
    metrics = [metric for metric in contract.metrics if contract.area_of(metric.name) == AREA]
    for metric in metrics:
        if metric.convention is None:
            yield Problem(contract.place_of(metric), f"it {what}", hint)
        elif isinstance(metric.convention, ConventionMetric):
            for label in metric.labels:
                if label in ORDER and label.convention is None:
                    yield Problem(contract.place_of(metric), f"its label {label.name} {what}", hint)


@check(
    "contract/convention-of-another-kind",
    stage=LOWERED,
    language="python",
    bad=example(DURATION, "TOKENS_UNIT"),
    good=example(DURATION),
    message="it is a histogram in {token}, and its counterpart gen_ai.client.inference.duration a histogram in s; "
    "name a counterpart of its kind, or NoCounterpart(reason)",
)
def conventions_are_of_the_same_kind(lowered: Lowered) -> Iterator[Problem]:
    """A metric and its counterpart are of the same instrument, and their units are the same or milliseconds and
    seconds.

    Rules record a metric under the conventional name by a factor that follows from the units. A histogram cannot be
    made of a counter.
    """
    contract = lowered.definitions.contract
    for metric in contract.metrics:
        convention = metric.convention
        if not isinstance(convention, ConventionMetric):
            continue
        instrument = INSTRUMENTS.get(type(metric), "gauge")
        if instrument != convention.instrument or factor(metric, convention) is None:
            name = next(iter(convention.names.values()))
            theirs = f"{convention.instrument} in {convention.unit}"
            what = f"it is a {instrument} in {ucum(metric.unit)}, and its counterpart {name} a {theirs}"
            hint = "name a counterpart of its kind, or NoCounterpart(reason)"
            yield Problem(contract.place_of(metric), what, hint)
