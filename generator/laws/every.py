"""All laws, in the order in which they are obeyed: those on trees before anything is written, those on texts after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.lang.faults import Fault
from generator.laws.contract import contract_faults

if TYPE_CHECKING:
    from generator.compile import Compiled, Lowered


def broken_in_trees(lowered: Lowered) -> list[Fault]:
    """What is wrong with the trees of a build."""
    return contract_faults()


def broken_in_text(compiled: Compiled) -> list[Fault]:
    """What is wrong with the texts of a build."""
    return []
