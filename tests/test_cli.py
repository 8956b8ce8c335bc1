"""The command: what it says, and with which status it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cli import main
from generator.errors import BuildError, Problem
from generator.external.promtool import Promtool
from generator.pipeline import TEST_PLATFORM

RULES = "prometheus/rules/errors.yaml"


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh build of production."""
    out = tmp_path_factory.mktemp("shipped") / "out"
    assert main(["build", "--platform", str(TEST_PLATFORM), "--out", str(out)]) == 0
    return out


@pytest.fixture
def out(shipped: Path, tmp_path: Path) -> Path:
    """A copy of the build, to be spoilt."""
    for path in (path for path in shipped.rglob("*") if path.is_file()):
        target = tmp_path / "out" / path.relative_to(shipped)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    return tmp_path / "out"


def run(command: str, out: Path, *more: str) -> int:
    """The status with which a command ends, on production."""
    return main([command, "--platform", str(TEST_PLATFORM), "--out", str(out), *more])


def test_help_says_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    """Each command has its line, and the tool says what it is for."""
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith("usage: python -m generator [-h] COMMAND")
    for line in (
        "build compile a platform: ",
        "check see that the output is fresh",
        "test let promtool judge the stories",
        "bench measure a build",
    ):
        assert line in said


@pytest.mark.parametrize("command", ["build", "check", "test", "bench"])
def test_the_help_of_a_command_is_a_sentence(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A command says what it does, and names its two options with their defaults."""
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    said = " ".join(capsys.readouterr().out.split())
    assert f"usage: python -m generator {command} [-h]" in said
    assert "the platform's file (platform.yaml)" in said
    assert "the folder of the output (out)" in said


@pytest.mark.parametrize("arguments", [[], ["biuld"], ["build", "--plattform", "x"]])
def test_a_command_that_there_is_not_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Status 2, with the usage."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert "usage: python -m generator" in capsys.readouterr().err


def test_a_second_build_changes_nothing(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A build on its own output says so, and keeps every file as it lies there."""
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    assert run("build", out) == 0
    assert ", 0 of them changed, in " in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()} == before


def test_a_build_says_what_it_removed(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that no source makes any more is removed, and named."""
    (out / "runbooks/old.md").write_text("old", encoding="utf-8")
    assert run("build", out) == 0
    assert f"removed {out}/runbooks/old.md\n" in capsys.readouterr().err
    assert not (out / "runbooks/old.md").exists()


def test_faults_are_told_on_standard_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No platform file is one clear line and a count, without colours where nobody looks, and status 2."""
    missing = tmp_path / "nowhere.yaml"
    assert main(["build", "--platform", str(missing), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    problem, count = said.err.splitlines()
    assert problem.startswith(str(missing))
    assert count == "1 fault; nothing was written."
    assert "\033" not in said.err
    assert not (tmp_path / "out").exists()


def test_an_interruption_is_no_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Who presses Ctrl-C gets a word, and the status that shells know for it."""

    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("generator.cli.load_contract", interrupted)
    assert main(["build"]) == 130
    assert capsys.readouterr().err == "stopped\n"


def test_check_is_content_with_a_fresh_build(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was just built is fresh, lawful, and understood by promtool."""
    assert run("check", out) == 0, capsys.readouterr().err
    assert capsys.readouterr().out == f"{out} is fresh, lawful, and understood by promtool\n"


def test_check_finds_what_is_stale_both_ways(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that was edited, one that is missing and one too many are told at once; nothing is mended."""
    (out / RULES).write_text("groups: []\n", encoding="utf-8")
    (out / "contract/metrics.md").unlink()
    (out / "runbooks/old.md").write_text("old", encoding="utf-8")
    assert run("check", out) == 2
    hint = "run make build, look at the difference, and commit it."
    assert capsys.readouterr().err.splitlines() == [
        f"{out}/contract/metrics.md: the file is missing; {hint}",
        f"{out}/{RULES}: the file differs from what the sources generate; {hint}",
        f"{out}/runbooks/old.md: the file is not generated by the sources; {hint}",
        "3 faults.",
    ]
    assert (out / RULES).read_text(encoding="utf-8") == "groups: []\n"


def test_check_finds_a_missing_story(
    out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An alert that lacks a story may be built, and is told by check."""
    lacking = Problem("alerts/errors.py:1 x", "no story of X", "tell one")
    monkeypatch.setattr("generator.build.broken_in_stories", lambda lowered: [lacking])
    assert run("check", out) == 2
    assert f"{lacking}\n" in capsys.readouterr().err


def test_test_says_which_story_failed(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A rule that was changed behind the stories' back fails one, and the status is 1; faults would be 2."""
    for path in (out / "tests").glob("*.yaml"):
        if path.name != "storage-every-1m.yaml":
            path.unlink()
    assert run("test", out) == 0
    assert capsys.readouterr().out.endswith(" passed, 0 failed\n")
    rules = out / "prometheus/rules/storage.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("> 0.01", "> 0.99"), encoding="utf-8")
    assert run("test", out) == 1
    assert "FAILED storage-every-1m " in capsys.readouterr().out


def test_a_promtool_that_is_missing_is_told(
    out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No promtool is a fault with its cure, not a traceback."""

    def missing() -> Promtool:
        raise BuildError([Problem("promtool", "it is not there", "install Go")])

    monkeypatch.setattr("generator.external.find_promtool", missing)
    for command in ("check", "test"):
        assert run(command, out) == 2
        assert "promtool: it is not there; install Go.\n" in capsys.readouterr().err


def test_a_folder_without_stories_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """To judge no story is not to pass: status 2, and where stories come from."""
    assert run("test", tmp_path) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"{tmp_path}/tests: it holds no stories; build production there: stories are told in its numbers, and of no "
        "other platform.",
        "1 fault.",
    ]
