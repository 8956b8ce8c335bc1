"""Skip tests whose tools are missing, with a summary; with CI set they fail instead."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NoReturn

import pytest

from generator.errors import BuildError
from generator.external.tool import Tool
from generator.project import ROOT

PREFIX = "missing tool: "
ToolBuilder = Callable[[Tool, Path], Path]


def skip_or_fail(reason: str) -> NoReturn:
    """End a test, or all tests of a fixture: skipped, or failed if CI is set."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason}, and CI={os.environ['CI']} allows no skipped tests", pytrace=False)
    pytest.skip(PREFIX + reason)


def skip_without_go(build: ToolBuilder) -> ToolBuilder:
    """Wrap a builder of tools: if a tool of the project cannot be built because Go is missing, skip the test."""
    has_go = shutil.which("go") is not None

    def build_or_skip(tool: Tool, root: Path) -> Path:
        try:
            return build(tool, root)
        except BuildError:
            if has_go or root != ROOT:
                raise
        skip_or_fail(f"there is no Go to build {tool.name}")

    return build_or_skip


def summarize_skipped(reasons: Iterable[str]) -> str:
    """Summarize in one line, from the reasons of skipped tests, which tools are missing; empty if none is."""
    counts = Counter(reason.partition(PREFIX)[2] for reason in reasons if PREFIX in reason)
    parts = [f"{count} {'test' if count == 1 else 'tests'} ({reason})" for reason, count in sorted(counts.items())]
    return f"Skipped: {', '.join(parts)}." if parts else ""
