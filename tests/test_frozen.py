"""`frozen` makes what `dataclass(frozen=True)` makes: the same instances, without compiling each of their methods."""

from __future__ import annotations

import copy
import math
import pickle
from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import pytest

from generator.frozen import frozen


class Measured:
    """What both classes inherit: a value that is computed once."""

    name: str

    @cached_property
    def length(self) -> int:
        return len(self.name)


@frozen
class Ours(Measured):
    """Made by `frozen`."""

    name: str
    notes: Mapping[str, int] = field(default_factory=dict)
    place: int | None = field(default=None, compare=False)
    hidden: int = field(default=0, repr=False)


@dataclass(frozen=True)
class Theirs(Measured):
    """Made by `dataclass`."""

    name: str
    notes: Mapping[str, int] = field(default_factory=dict)
    place: int | None = field(default=None, compare=False)
    hidden: int = field(default=0, repr=False)


@frozen
class Derived(Ours):
    """A class with a field more."""

    more: int = 1


@frozen(eq=False)
class Unequal:
    """A class without equality."""

    name: str


@frozen(kw_only=True)
class Named:
    """A class whose fields are given by name."""

    name: str


@frozen
class Single:
    """A class of one field."""

    value: float


both = pytest.mark.parametrize("kind", [Ours, Theirs])


@both
def test_instances_are_equal_by_the_fields_that_are_compared(kind: type[Any]) -> None:
    """`place` is not compared; another value or another class makes a difference."""
    assert kind("a", {}, place=1) == kind("a", {}, place=2)
    assert kind("a", {"x": 1}) != kind("a", {"x": 2})
    assert kind("a") != "a"
    assert Ours("a") != Derived("a")
    theirs: object = Theirs("a")
    assert Ours("a") != theirs


def test_equal_instances_have_equal_hashes() -> None:
    """An instance finds an equal one in a dictionary; a value that has no hash gives it none."""
    assert {Single(1.5): "found"}[Single(1.5)] == "found"
    assert hash(Single(1.5)) == hash((1.5,))
    with pytest.raises(TypeError, match="unhashable"):
        hash(Ours("a"))


def test_a_value_is_equal_to_itself() -> None:
    """As in a tuple, an object is compared by identity first: the same NaN is equal, another one is not."""
    assert Single(math.nan) == Single(math.nan)
    assert Single(math.nan) != Single(float("nan"))


def test_without_equality_each_instance_is_equal_to_itself_alone() -> None:
    """`eq=False` keeps the equality and the hash of objects."""
    first, second = Unequal("a"), Unequal("a")
    assert first == first
    assert first != second
    assert len({first, second}) == 2


@both
@pytest.mark.parametrize(
    "change",
    [
        lambda instance: setattr(instance, "name", "b"),
        lambda instance: setattr(instance, "name", "a"),
        lambda instance: setattr(instance, "other", 1),
        lambda instance: delattr(instance, "name"),
    ],
)
def test_an_instance_does_not_change(kind: type[Any], change: Callable[[Any], None]) -> None:
    """A field cannot be set again or deleted, and no attribute can be added."""
    instance = kind("a")
    with pytest.raises(FrozenInstanceError):
        change(instance)
    assert instance == kind("a")


@both
def test_a_description_names_the_class_and_the_fields_that_are_shown(kind: type[Any]) -> None:
    """As dataclasses write it: `hidden` is left out."""
    assert repr(kind("a", {"x": 1})) == f"{kind.__name__}(name='a', notes={{'x': 1}}, place=None)"


@both
def test_the_functions_of_dataclasses_copies_and_cached_properties_work(kind: type[Any]) -> None:
    """`replace`, `fields`, `copy`, `pickle` and `cached_property` do what they do with dataclasses."""
    instance = kind("abc", {"x": 1})
    assert replace(instance, name="b") == kind("b", {"x": 1})
    assert [each.name for each in fields(kind)] == ["name", "notes", "place", "hidden"]
    assert copy.deepcopy(instance) == pickle.loads(pickle.dumps(instance)) == instance
    assert (instance.length, instance.length) == (3, 3)


def test_a_derived_class_has_the_fields_of_both_and_keyword_only_fields_have_names() -> None:
    """Fields are inherited in order; `kw_only` refuses positions."""
    assert repr(Derived("a", more=2)) == "Derived(name='a', notes={}, place=None, more=2)"
    assert Named(name="a").name == "a"
    with pytest.raises(TypeError, match="positional"):
        Named("a")  # type: ignore[call-arg]


@frozen
class First:
    """A class with as many fields, defaults and values that are made as `Second`."""

    name: str
    notes: Mapping[str, int] = field(default_factory=dict)
    place: int = 1


@frozen
class Second:
    """A class of the same shape with other names and defaults."""

    title: str
    tags: list[str] = field(default_factory=lambda: ["new"])
    weight: int = 2


def test_classes_of_one_shape_keep_their_own_names_and_defaults() -> None:
    """They share the compiled code, not the names, the defaults or the values that are made."""
    assert repr(First("a")) == "First(name='a', notes={}, place=1)"
    assert repr(Second(title="b", weight=3)) == "Second(title='b', tags=['new'], weight=3)"
    assert Second("b").tags is not Second("b").tags
    with pytest.raises(TypeError, match=r"Second.__init__\(\) missing 1 required positional argument: 'title'"):
        Second()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"First.__init__\(\) got an unexpected keyword argument 'title'"):
        First(title="b")  # type: ignore[call-arg]


def test_keyword_only_fields_have_defaults() -> None:
    """A field that is given by name may have a default or a value that is made, in any order."""

    @frozen(kw_only=True)
    class Optional:
        notes: list[str] = field(default_factory=list)
        name: str
        place: int = 1

    assert repr(Optional(name="a")).endswith("Optional(notes=[], name='a', place=1)")
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'name'"):
        Optional()  # type: ignore[call-arg]


def test_a_field_without_a_default_after_one_with_a_default_is_refused() -> None:
    """As dataclasses refuse it: a call could not tell which field a position means."""
    with pytest.raises(TypeError, match="the field 'name' without a default follows one with a default"):

        @frozen
        class Wrong:
            place: int = 1
            name: str  # type: ignore[misc]
