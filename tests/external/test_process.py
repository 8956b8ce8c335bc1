"""Other programs, run to their end or to the end of our patience."""

from __future__ import annotations

import os
import select
import subprocess
from pathlib import Path

import pytest

from generator.external.process import Answer, run
from tests.external.programs import program


def test_both_outputs_and_the_status_are_kept(tmp_path: Path) -> None:
    """What is said on either output comes back apart, with the exit status."""
    script = program(tmp_path / "talker", "echo told; echo warned >&2; exit 3")
    assert run([str(script)], seconds=10) == Answer(3, "told\n", "warned\n")


def test_bytes_that_are_no_text_do_not_hurt(tmp_path: Path) -> None:
    """A byte that is not UTF-8 becomes the replacement character."""
    script = program(tmp_path / "noise", r"printf 'a\377b'")
    assert run([str(script)], seconds=10).output == "a\ufffdb"


def test_a_child_of_a_hanging_program_dies_with_it(tmp_path: Path) -> None:
    """The whole group is killed: the child that held a pipe open holds it no more."""
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


def test_a_gist_is_the_last_lines_that_say_something() -> None:
    """Empty lines and noise go, the last lines stay, and a program that said nothing is told by its status."""
    answer = Answer(1, "Checking x\n\nfirst\n", "second\n  third  \n")
    assert answer.gist(("Checking",), lines=2) == "third / first"
    assert Answer(7, "", "\n").gist() == "it said nothing and left with status 7"
