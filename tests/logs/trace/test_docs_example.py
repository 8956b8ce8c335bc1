"""The waterfall in docs/logs.md is the command's output for the lines in docs/."""

from __future__ import annotations

import re
from pathlib import Path

from generator.logs.trace.search import search
from generator.logs.trace.spans import build_trace
from generator.logs.trace.terminal import Screen
from generator.logs.trace.waterfall import waterfall
from generator.logs.validator import LineValidator
from tests.logs.sample_lines import SCHEMA

COMMAND = re.compile(r"```\n\$ workers-ai-observability trace (\S+) (\S+)\n(.*?)```\n", re.DOTALL)


def test_the_page_shows_the_output(root: Path) -> None:
    """The request and the file of the example have its waterfall on a hundred columns."""
    ((request_id, file, picture),) = COMMAND.findall((root / "docs/logs.md").read_text(encoding="utf-8"))
    result = search(request_id, [str(root / file)])
    assert waterfall(result, build_trace(result.lines), Screen(100)) == picture


def test_the_lines_in_docs_are_valid(root: Path) -> None:
    """The lines in docs/ have no violations."""
    validator = LineValidator(SCHEMA)
    lines = (root / "docs/trace.ndjson").read_bytes().splitlines()
    assert [violation for line in lines for violation in validator.violations(line)] == []
