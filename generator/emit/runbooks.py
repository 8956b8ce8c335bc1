"""Runbooks: a page for each alert, for the person who was woken."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.compile import Lowered


def runbooks(lowered: Lowered) -> dict[str, str]:
    """A page for each runbook that alerts name, by its path in `out/`."""
    return {}
