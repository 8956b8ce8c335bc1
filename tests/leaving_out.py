"""What is left out where a program is missing, and how that is said; CI=true forbids it."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NoReturn

import pytest

from generator.errors import BuildError
from generator.external.tool import ROOT, Tool

MARK = "left out: "
Built = Callable[[Tool, Path], Path]


def leave_out(why: str) -> NoReturn:
    """End a test, or all that rest on a fixture: as skipped, or as failed where nothing may be left out."""
    if os.environ.get("CI"):
        pytest.fail(f"{why}, and with CI={os.environ['CI']} nothing may be left out", pytrace=False)
    pytest.skip(MARK + why)


def without_go(built: Built) -> Built:
    """A builder of tools that leaves out the test which asks for a tool of the project's, where there is no Go."""
    has_go = shutil.which("go") is not None

    def found(tool: Tool, root: Path) -> Path:
        try:
            return built(tool, root)
        except BuildError:
            if has_go or root != ROOT:
                raise
        leave_out(f"there is no Go to build {tool.name}")

    return found


def summary(reasons: Iterable[str]) -> str:
    """One line of what was left out, from the reasons that tests were skipped for; empty where nothing was."""
    counts = Counter(reason.partition(MARK)[2] for reason in reasons if MARK in reason)
    told = [f"{count} {'test' if count == 1 else 'tests'} ({why})" for why, count in sorted(counts.items())]
    return f"Left out: {', '.join(told)}." if told else ""
