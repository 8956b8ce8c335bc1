"""Checks of conventions, each with one metric that violates them."""

from __future__ import annotations

from dataclasses import replace

from contract import CONTRACT
from contract.ai import AI_LATENCY, AI_TOKENS_INPUT
from contract.conventions import DURATION, INPUT_TOKENS
from contract.labels import MODEL
from generator.dsl.contract import Contract
from generator.dsl.conventions import NoCounterpart
from generator.dsl.labels import Label, LabelValues
from generator.dsl.metrics import Metric
from generator.dsl.units import RATIO
from generator.ir.build import Compiled, Lowered
from tests.checks.builds import violations

CHECKS = ("contract/metric-without-convention", "contract/convention-of-another-kind")


def with_metric(built: Compiled, metric: Metric, area: str = "ai") -> Lowered:
    """The lowered build whose contract has this metric alone."""
    contract = Contract({area: (metric,)}, CONTRACT.labels)
    return replace(built.lowered, definitions=replace(built.lowered.definitions, contract=contract))


def test_every_metric_of_models_states_its_convention(built: Compiled) -> None:
    """The contract has no violations."""
    assert violations(built.lowered, *CHECKS) == []


def test_a_metric_of_models_without_a_statement_is_reported(built: Compiled) -> None:
    """A metric of the area of models that states neither a counterpart nor a reason is a violation; one of another
    area is not."""
    silent = replace(AI_LATENCY, convention=None)
    (problem,) = violations(with_metric(built, silent), *CHECKS)
    assert problem.startswith("contract/ai.py ai_latency_ms: it does not state its counterpart")
    assert violations(with_metric(built, silent, "storage"), *CHECKS) == []


def test_a_label_without_a_statement_is_reported(built: Compiled) -> None:
    """A label of the contract without a counterpart or a reason is reported at each metric with a counterpart that has
    it; a label of the platform is not."""
    direction = next(label for label in CONTRACT.labels if label.name == "direction")
    assert direction.convention is None
    metric = replace(AI_LATENCY, labels=(MODEL, direction))
    (problem,) = violations(with_metric(built, metric), *CHECKS)
    assert "its label direction does not state its counterpart" in problem
    own = Label("region", "A region.", LabelValues.CONTRACT, ("eu", "us"), "us")
    assert violations(with_metric(built, replace(AI_LATENCY, labels=(MODEL, own))), *CHECKS) == []
    without = replace(metric, convention=NoCounterpart("nobody counts it"))
    assert violations(with_metric(built, without), *CHECKS) == []


def test_a_counterpart_of_another_instrument_or_unit_is_reported(built: Compiled) -> None:
    """A counter is no histogram, and a ratio cannot be converted into seconds."""
    (problem,) = violations(with_metric(built, replace(AI_TOKENS_INPUT, convention=DURATION)), *CHECKS)
    assert (
        "it is a counter in {token}, and its counterpart gen_ai.client.inference.duration a histogram in s" in problem
    )
    (problem,) = violations(with_metric(built, replace(AI_LATENCY, unit=RATIO)), *CHECKS)
    assert "it is a histogram in 1" in problem
    assert violations(with_metric(built, replace(AI_TOKENS_INPUT, convention=INPUT_TOKENS)), *CHECKS) == []
