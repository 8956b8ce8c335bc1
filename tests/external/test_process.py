"""Other programs run with a timeout."""

from __future__ import annotations

import os
import select
import subprocess
from pathlib import Path

import pytest

from generator.external.process import CommandResult, run
from tests.external.programs import program


def test_both_outputs_and_the_status_are_returned(tmp_path: Path) -> None:
    """stdout and stderr are returned separately, with the exit status."""
    script = program(tmp_path / "printer", "echo printed; echo warned >&2; exit 3")
    assert run([str(script)], seconds=10) == CommandResult(3, "printed\n", "warned\n")


def test_invalid_utf_8_is_replaced(tmp_path: Path) -> None:
    """A byte that is not UTF-8 becomes the replacement character."""
    script = program(tmp_path / "noise", r"printf 'a\377b'")
    assert run([str(script)], seconds=10).output == "a\ufffdb"


def test_a_timeout_kills_the_children_too(tmp_path: Path) -> None:
    """The whole process group is killed: the child that held a pipe open has closed it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    script = program(tmp_path / "parent", f"sleep 60 > {pipe} &\nwait")
    with pytest.raises(subprocess.TimeoutExpired):
        run([str(script)], seconds=0.5)
    ready, _, _ = select.select([reader], [], [], 5)
    assert ready == [reader]
    assert os.read(reader, 1) == b""
    os.close(reader)


def test_an_excerpt_is_the_last_relevant_lines() -> None:
    """An excerpt drops blank lines and ignored prefixes; without any line left it reports the exit status."""
    result = CommandResult(1, "Checking x\n\nfirst\n", "second\n  third  \n")
    assert result.excerpt(("Checking",), lines=2) == "third / first"
    assert CommandResult(7, "", "\n").excerpt() == "no output, exit status 7"
