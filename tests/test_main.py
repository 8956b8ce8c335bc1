"""The process of the command ends without a traceback: after signals, and whatever its streams and its folder are."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from generator.standard_streams import READER_GONE
from tests.copied_project import Project, copied

COMMAND = (sys.executable, "-m", "generator")
LAST_IMPORT = "generator/view/preview/options.py"
"""A module that the command imports at its start."""
SIGNAL_AT_IMPORT = "import os, signal, time\nos.kill(os.getpid(), signal.{name})\ntime.sleep(60)\n"


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Project:
    """A copy of the sources, which a test may change."""
    return copied(root, tmp_path / "project")


def shell(root: Path, line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A line of the shell; `$command` is the command, and `$?` of the last program the status."""
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}"],
        cwd=root,
        env={**os.environ, "command": " ".join(COMMAND), **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGTERM", 143)])
@pytest.mark.parametrize("module", ["generator/project.py", LAST_IMPORT, "contract/labels.py"])
def test_a_signal_during_the_start_is_one_word(project: Project, name: str, status: int, module: str) -> None:
    """A module that is imported while a signal arrives: no traceback, and the status that shells expect."""
    (project.folder / module).write_text(SIGNAL_AT_IMPORT.format(name=name), encoding="utf-8")
    result = project.generator("build")
    assert (result.returncode, result.stdout, result.stderr) == (status, "", "stopped\n")


def test_a_signal_in_a_finalizer_ends_the_process(project: Project) -> None:
    """Python ignores what is raised in a finalizer: the signal ends the process nevertheless."""
    finalizer = "class X:\n    def __del__(self):\n        os.kill(os.getpid(), signal.SIGINT)\n"
    code = f"import os, signal, time\n{finalizer}X()\n"
    (project.folder / LAST_IMPORT).write_text(f"{code}time.sleep(60)\n", encoding="utf-8")
    result = project.generator("build")
    assert (result.returncode, result.stdout, result.stderr) == (130, "", "stopped\n")


@pytest.mark.parametrize("line", ["$command --help | true", "$command --help | head -n 1 >/dev/null"])
def test_a_reader_that_ends_is_no_error(root: Path, line: str) -> None:
    """Nothing is printed to standard error, and the status is that of SIGPIPE, or 0 where all was read."""
    result = shell(root, line)
    assert result.stderr == ""
    assert result.returncode in (0, READER_GONE)


def test_a_reader_that_has_ended_gives_the_status_of_sigpipe(root: Path) -> None:
    """The reader is gone before the first byte is written."""
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run([*COMMAND, "--help"], cwd=root, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (result.returncode, result.stderr) == (128 + signal.SIGPIPE, b"")


@pytest.mark.parametrize(
    ("redirection", "reason"), [(">/dev/full", "No space left on device"), (">&-", "Bad file descriptor")]
)
@pytest.mark.parametrize("arguments", ["--help", "--version", "trace --json"])
def test_an_output_that_cannot_be_written_is_a_problem(
    root: Path, redirection: str, reason: str, arguments: str
) -> None:
    """A full disk and a closed output end with one line and status 2, whatever is printed."""
    result = shell(root, f"$command {arguments} {redirection}")
    assert result.returncode == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"standard output: it cannot be written ({reason}); free some space, or redirect it")


@pytest.mark.parametrize("redirection", ["2>/dev/full", "2>&-"])
def test_errors_that_cannot_be_written_are_lost(root: Path, redirection: str) -> None:
    """The status is that of the problem, and it does not go to standard output instead."""
    result = shell(root, f"$command build --platform nowhere.yaml {redirection}")
    assert (result.returncode, result.stdout, result.stderr) == (2, "", "")


def test_a_closed_input_is_empty(root: Path) -> None:
    """Reading log lines from a closed standard input finds none."""
    result = shell(root, "$command trace 8d3f2b1a-4c5d-4e6f-8a9b-0c1d2e3f4a5b - <&-")
    assert result.returncode == 2
    assert "no line of 8d3f2b1a-4c5d-4e6f-8a9b-0c1d2e3f4a5b among 0 lines of 1 file; " in result.stderr


def test_what_the_encoding_does_not_have_is_escaped(root: Path) -> None:
    """A name with an umlaut, and one that is not UTF-8, on streams that have ASCII only."""
    line = r"$command build --platform $'\xc3\xbc\xff.yaml'"
    result = shell(root, line, PYTHONIOENCODING="ascii", PYTHONUTF8="1")
    assert result.returncode == 2
    assert result.stderr.startswith("\\xfc\\udcff.yaml: there is no such file; ")


def test_a_folder_that_is_gone_is_a_problem(root: Path, tmp_path: Path) -> None:
    """The current folder was deleted by another process."""
    folder = tmp_path / "gone"
    folder.mkdir()
    result = shell(root, f"cd {folder}; rmdir {folder}; $command build", PYTHONPATH=str(root), PYTHONSAFEPATH="1")
    assert result.returncode == 2
    assert result.stderr == "the current folder: it does not exist any more; change to a folder that exists.\n"


def test_what_a_definition_prints_is_not_in_the_document(project: Project) -> None:
    """With `--json`, standard output is the document alone, also where a definition prints."""
    project.change("alerts/errors.py", '"""', 'print("from a definition")\n"""')
    result = project.generator("build", "--json")
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("{\n")
    assert result.stderr.startswith("from a definition\n")
