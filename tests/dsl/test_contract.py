"""The contract of a build: what is declared, by area, in the order of the areas."""

from __future__ import annotations

import pytest

from generator.dsl.built_in import BuiltIn
from generator.dsl.contract import Contract, declarations
from generator.dsl.labels import Label
from generator.dsl.metrics import CombinedCounter, Counter, Extension, Gauge, Member
from generator.dsl.units import READS_UNIT

REGION = Label("region", "Where the request was answered.")
READS = Counter(name="reads_total", unit=READS_UNIT, labels=(), help="Reads.", origin=Extension("a store"))
DEPTH = Gauge(name="depth", unit=READS_UNIT, labels=(), help="Depth.", origin=Extension("a queue"))
ALL_READS = CombinedCounter(name="reads", unit=READS_UNIT, help="Reads.", members=(Member(READS, {REGION: "eu"}),))
UP = BuiltIn(name="up", labels=(), help="Whether a target answers.")
CONTRACT = Contract({"queues": (DEPTH,), "stores": (READS, ALL_READS, UP)}, (REGION,), {"depth": "own.py"})


def test_declarations_are_listed_by_kind_in_the_order_of_their_areas() -> None:
    """A label is no declaration of its own, and neither is a name that a module imports for its own use."""
    assert declarations([REGION, READS, "text", UP]) == (READS, UP)
    assert CONTRACT.metrics == (DEPTH, READS)
    assert CONTRACT.declared == (DEPTH, READS, ALL_READS, UP)


def test_the_area_of_a_name_is_that_which_declares_it() -> None:
    """Metrics and combined counters have areas; an unknown name is a KeyError."""
    assert [CONTRACT.area_of(name) for name in ("depth", "reads_total", "reads")] == ["queues", "stores", "stores"]
    with pytest.raises(KeyError):
        CONTRACT.area_of("writes_total")


def test_a_place_is_the_file_of_the_area_unless_it_is_given() -> None:
    """Messages name the file that declares a metric."""
    assert CONTRACT.place_of(READS) == "contract/stores.py reads_total"
    assert CONTRACT.place_of(DEPTH) == "own.py depth"
