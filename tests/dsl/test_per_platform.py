"""A definition's result on one platform: computed once, and never that of another platform."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.dsl.per_platform import once_per_platform
from generator.dsl.platform import Platform


def test_a_definition_is_called_once_per_platform(platform: Platform) -> None:
    """The same platform twice is one call; another platform is another call, also after it."""
    calls: list[str] = []

    @once_per_platform
    def name(platform: Platform) -> str:
        calls.append(platform.name)
        return platform.name

    other = replace(platform, name="other")
    assert [name(platform), name(platform), name(other), name(platform)] == [platform.name] * 2 + [
        "other",
        platform.name,
    ]
    assert calls == [platform.name, "other", platform.name]


def test_an_exception_is_raised_each_time(platform: Platform) -> None:
    """Every check that asks for a result that cannot be built gets the same exception."""

    @once_per_platform
    def fail(platform: Platform) -> str:
        raise ValueError(platform.name)

    for _ in range(2):
        with pytest.raises(ValueError, match=platform.name):
            fail(platform)
