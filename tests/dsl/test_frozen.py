"""The classes of the DSL are frozen: no method changes the object that it is called on."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from typing import Any

import pytest

import generator.dsl
from generator.dsl.units import REQUESTS_UNIT, minutes, percent
from tests.dsl.sample_contract import GLASSES, GUEST, ORDERS, SPILT, WAIT
from tests.dsl.trees import tree

SPILT_RATIO = SPILT.ratio_to(ORDERS, minutes(5))


def dsl_dataclasses() -> list[type]:
    """The dataclasses that the modules of the DSL define."""
    modules = [
        importlib.import_module(f"generator.dsl.{module.name}")
        for module in pkgutil.iter_modules(generator.dsl.__path__)
    ]
    return [
        value
        for module in modules
        for value in vars(module).values()
        if dataclasses.is_dataclass(value) and isinstance(value, type) and value.__module__ == module.__name__
    ]


def test_every_dataclass_of_the_dsl_is_frozen() -> None:
    """No dataclass of the DSL has fields that can be set, nor has one that is added later."""
    classes: list[Any] = dsl_dataclasses()
    assert len(classes) > 50
    for each in classes:
        abstract = getattr(each, "__abstractmethods__", ())
        concrete = type(each.__name__, (each,), dict.fromkeys(abstract)) if abstract else each
        instance: object = object.__new__(concrete)
        for name in (*(field.name for field in dataclasses.fields(each)), "other"):
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(instance, name, None)


@pytest.mark.parametrize("value", [minutes(5), percent(5), REQUESTS_UNIT, GUEST, ORDERS, WAIT, GLASSES, SPILT_RATIO])
def test_no_field_can_be_set(value: Any) -> None:
    """Setting any field of a unit, label, metric or query raises FrozenInstanceError."""
    for field in dataclasses.fields(value):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, field.name, None)


def test_methods_of_a_query_return_new_queries() -> None:
    """`by`, `where` and `filtered_by` leave the query as it was."""
    orders = ORDERS.increase(minutes(5))
    orders.by(GUEST).where(GUEST.is_("a")).filtered_by(GUEST)
    assert tree(orders) == tree(ORDERS.increase(minutes(5)))
