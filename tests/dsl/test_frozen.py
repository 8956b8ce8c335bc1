"""Words are inert: once spoken, none of them changes."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from typing import Any

import pytest

import generator.dsl
from generator.dsl.units import REQUESTS_UNIT, minutes, percent
from tests.dsl.nouns import GLASSES, GUEST, ORDERS, SPILT, WAIT

SPILLS = SPILT.ratio_to(ORDERS, minutes(5))


def words() -> list[type]:
    modules = [
        importlib.import_module(f"generator.dsl.{one.name}") for one in pkgutil.iter_modules(generator.dsl.__path__)
    ]
    return [
        word
        for module in modules
        for word in vars(module).values()
        if dataclasses.is_dataclass(word) and isinstance(word, type) and word.__module__ == module.__name__
    ]


def test_every_word_is_frozen() -> None:
    """There is no word whose fields may be set, now or when one is added."""
    found: list[Any] = words()
    assert len(found) > 50
    assert [word.__name__ for word in found if not word.__dataclass_params__.frozen] == []


@pytest.mark.parametrize("word", [minutes(5), percent(5), REQUESTS_UNIT, GUEST, ORDERS, WAIT, GLASSES, SPILLS])
def test_a_field_cannot_be_set(word: Any) -> None:
    """Whatever the field, the attempt fails."""
    for field in dataclasses.fields(word):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(word, field.name, None)


def test_speaking_on_leaves_what_was_said() -> None:
    """`by`, `where` and `picked_by` give a new measure each."""
    orders = ORDERS.increase(minutes(5))
    orders.by(GUEST).where(GUEST.is_("a")).filtered_by(GUEST)
    assert orders == ORDERS.increase(minutes(5))
