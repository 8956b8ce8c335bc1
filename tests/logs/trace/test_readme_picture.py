"""The picture in README is what the command draws of the lines in docs/."""

from __future__ import annotations

import re
from pathlib import Path

from generator.logs.trace.search import searched
from generator.logs.trace.terminal import Screen
from generator.logs.trace.tree import flow
from generator.logs.trace.waterfall import waterfall
from generator.logs.validator import Judge
from tests.logs.lines import SCHEMA

COMMAND = re.compile(r"```\n\$ python -m generator trace (\S+) (\S+)\n(.*?)```\n", re.DOTALL)


def test_readme_shows_what_is_drawn(root: Path) -> None:
    """The request that README names, in the file that it names, makes its picture on a hundred columns."""
    (shown,) = COMMAND.findall((root / "README.md").read_text(encoding="utf-8"))
    request, file, picture = shown
    found = searched(request, [str(root / file)])
    assert waterfall(found, flow(found.lines), Screen(100)) == picture


def test_the_lines_in_docs_keep_the_contract(root: Path) -> None:
    """They are lines as the Workers write them, and leak nothing."""
    judge = Judge(SCHEMA)
    lines = (root / "docs/trace.ndjson").read_bytes().splitlines()
    assert [breach for line in lines for breach in judge.breaches(line)] == []
