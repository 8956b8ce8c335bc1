"""The order of labels in recorded series, and the areas of recording rules."""

from __future__ import annotations

import pytest

from contract.ai import AI_TOKENS_INPUT, TOKENS
from contract.labels import ROUTE, SERVICE, TENANT
from generator.dsl.contract import Contract
from generator.dsl.labels import BUCKET_BOUND, Label
from generator.dsl.metrics import Counter, Extension
from generator.dsl.units import CALLS_UNIT
from generator.lowering.recording_rules import RecordingRules, in_contract_order, level

SERVICE_CALLS = Counter(
    name="service_calls_total", unit=CALLS_UNIT, labels=(SERVICE,), help="Calls.", origin=Extension("calls")
)
REGION, COLO = Label("region", "A region."), Label("colo", "A data centre.")


def test_labels_come_in_the_contracts_order_and_those_of_an_adopter_follow_by_name() -> None:
    """A label that the shipped contract does not have is not dropped; a bucket's bound stays last."""
    labels = (BUCKET_BOUND, REGION, SERVICE, COLO, TENANT, SERVICE)
    assert in_contract_order(labels) == (TENANT, SERVICE, COLO, REGION, BUCKET_BOUND)
    assert level((REGION, ROUTE)) == "route_region"
    assert level(()) == "all"


def test_the_area_of_a_combined_counter_is_that_of_its_first_member() -> None:
    """The rules know the areas of the contract that they are made for, and of no other."""
    rules = RecordingRules(Contract({"own": (AI_TOKENS_INPUT,)}, ()))
    assert (rules.area_of(AI_TOKENS_INPUT), rules.area_of(TOKENS)) == ("own", "own")
    assert RecordingRules().area_of(TOKENS) == "ai"
    with pytest.raises(KeyError):
        rules.area_of(SERVICE_CALLS)
