"""A platform's document before it is loaded, and the checks of it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from contract import CONTRACT
from generator.check import Check, Stage, check
from generator.config.yaml_tree import ConfigViolation, KeyPath, Node, located
from generator.dsl.contract import Contract
from generator.errors import Problem
from generator.frozen import frozen


@frozen
class PlatformDocument:
    """A platform before it is loaded: its tree, the values without locations, the paths of invalid values, and the
    contract that its numbers are compared with."""

    root: Node
    values: Any
    invalid: tuple[KeyPath, ...] = ()
    contract: Contract = CONTRACT

    def is_valid(self, path: KeyPath) -> bool:
        """Return whether no value at, above or below a path is invalid."""
        return not any(overlap(path, invalid) for invalid in self.invalid)


CONFIG: Stage[PlatformDocument] = Stage(
    "config",
    "by every command that reads a platform, on the file merged with those that it extends, "
    "unless a value that the check reads is invalid",
)
ConfigCheckFunction: TypeAlias = Callable[[Any], Iterator[ConfigViolation]]
ContractCheckFunction: TypeAlias = Callable[[Any, Contract], Iterator[ConfigViolation]]


def config_check(
    id: str, *, reads: tuple[KeyPath, ...], bad: str, good: str, message: str
) -> Callable[[ConfigCheckFunction], Check[PlatformDocument]]:
    """Make a check of a function that yields the violations in a document.

    It is skipped if a value under one of the paths that it `reads` is invalid.
    """

    def define(function: ConfigCheckFunction) -> Check[PlatformDocument]:
        @functools.wraps(function)
        def with_contract(document: Any, contract: Contract) -> Iterator[ConfigViolation]:
            return function(document)

        return contract_check(id, reads=reads, bad=bad, good=good, message=message)(with_contract)

    return define


def contract_check(
    id: str, *, reads: tuple[KeyPath, ...], bad: str, good: str, message: str
) -> Callable[[ContractCheckFunction], Check[PlatformDocument]]:
    """Make a check like `config_check`, of a function that compares a document with the contract."""

    def define(function: ContractCheckFunction) -> Check[PlatformDocument]:
        @functools.wraps(function)
        def problems(document: PlatformDocument) -> Iterator[Problem]:
            if all(map(document.is_valid, reads)):
                violations = function(document.values, document.contract)
                yield from (located(document.root, violation).problem for violation in violations)

        return check(id, stage=CONFIG, language="yaml", bad=bad, good=good, message=message)(problems)

    return define


def overlap(path: KeyPath, other: KeyPath) -> bool:
    """Return whether one path is equal to the other or leads to it."""
    return all(step == other_step for step, other_step in zip(path, other, strict=False))
