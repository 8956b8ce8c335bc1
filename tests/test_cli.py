"""The commands: what they print, and their exit statuses."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from contract import CONTRACT
from generator import __version__
from generator.cli import COMMANDS, PROGRAM, Command, development_packages, main
from generator.definitions import load_definitions
from generator.dsl.renames import Renamed
from generator.errors import BuildError, Problem
from generator.external.promtool import Promtool
from generator.output import JOURNAL, MANIFEST
from generator.pipeline import TEST_PLATFORM
from generator.project import TEST_PLATFORM_NAME

RULES = "prometheus/rules/errors.yaml"
SHORT = "telemetry-every-1m.yaml"
"""The test file that takes the least time: promtool evaluates all rules of its files at every step of its tests."""


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of the tests' platform."""
    out = tmp_path_factory.mktemp("built") / "out"
    assert main(["build", "--platform", str(TEST_PLATFORM), "--out", str(out)]) == 0
    return out


@pytest.fixture
def out(built: Path, tmp_path: Path) -> Path:
    """A copy of the build, which a test may change."""
    for path in (path for path in built.rglob("*") if path.is_file()):
        target = tmp_path / "out" / path.relative_to(built)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    return tmp_path / "out"


def add_earlier_file(out: Path, path: str) -> None:
    """Add a file to a build and its manifest, as if the sources of an earlier one had made it."""
    (out / path).write_text("old", encoding="utf-8")
    with (out / MANIFEST).open("a", encoding="utf-8") as manifest:
        manifest.write(f"{sha256(b'old').hexdigest()}  {path}\n")


def run(command: str, out: Path, *more: str) -> int:
    """The exit status of a command on the tests' platform."""
    return main([command, "--platform", str(TEST_PLATFORM), "--out", str(out), *more])


def output_of(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What a command that only prints writes to standard output, in one line."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 0
    return " ".join(capsys.readouterr().out.split())


def test_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    """`--version` prints the program's name and the package's version."""
    assert output_of(["--version"], capsys) == f"workers-ai-observability {__version__}"


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Each command has its line, and `--debug` and `--version` are described."""
    text = output_of(["--help"], capsys)
    assert text.startswith(f"usage: {PROGRAM} [-h] [--json] [--all] [--debug] [--version] COMMAND")
    assert [command.name for command in COMMANDS if f" {command.name} {command.help}" not in text] == []
    assert "--debug show the traceback of an internal error" in text
    assert len(COMMANDS) > 10


@pytest.mark.parametrize("command", COMMANDS, ids=[command.name for command in COMMANDS])
def test_the_help_of_a_command_describes_it(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    """It has the command's line as a sentence, and the options of all commands with their defaults."""
    text = output_of([command.name, "--help"], capsys)
    assert text.startswith(f"usage: {PROGRAM} {command.name} [-h] [--json] [--all] [--debug] [--platform PLATFORM]")
    assert f"{command.help[0].upper()}{command.help[1:]}." in text
    platform = TEST_PLATFORM_NAME if command.name == "mutate" else "platform.yaml"
    assert f"--platform PLATFORM the platform file (default: {platform})" in text
    assert "--out OUT the output folder (default: out)" in text


@pytest.mark.parametrize(("arguments", "command"), [([], ""), (["logs"], " logs"), (["--json"], "")])
def test_no_command_prints_the_help(arguments: list[str], command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a command the help goes to standard output, as that of git and kubectl does, with status 0."""
    assert main(arguments) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith(f"usage: {PROGRAM}{command} [-h]")
    assert captured.err == ""


def test_a_second_build_changes_nothing(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A build over its own output reports no changes, and every file keeps its modification time."""
    times = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    assert run("build", out) == 0
    assert ", 0 of them changed, in " in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()} == times


def test_a_build_names_the_files_that_it_removes(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file of an earlier build that the sources do not generate any more is removed."""
    add_earlier_file(out, "runbooks/old.md")
    assert run("build", out) == 0
    assert f"removed {out}/runbooks/old.md\n" in capsys.readouterr().err
    assert not (out / "runbooks/old.md").exists()


def test_a_build_does_not_overwrite_an_edited_file(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An edited rule and dashboard are two problems with status 2, and nothing is written; --force overwrites both."""
    rules, dashboard, table = out / RULES, out / "grafana/dashboards/overview.json", out / "contract/metrics.md"
    originals = rules.read_bytes(), dashboard.read_bytes()
    rules.write_text("groups: []\n", encoding="utf-8")
    dashboard.write_text("{}\n", encoding="utf-8")
    table.unlink()
    assert run("build", out) == 2
    what = "the file was changed since a build wrote it"
    hint = "move the change to the sources, or overwrite it with --force (make build FORCE=yes)."
    assert capsys.readouterr().err.splitlines() == [
        f"{dashboard}: {what}; {hint}",
        f"{rules}: {what}; {hint}",
        "2 problems; nothing was written.",
    ]
    assert (rules.read_text(encoding="utf-8"), table.exists()) == ("groups: []\n", False)
    assert run("build", out, "--force") == 0
    assert (rules.read_bytes(), dashboard.read_bytes()) == originals
    assert table.exists()


def test_a_build_names_the_files_of_an_earlier_version(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An output without a manifest is adopted. What this build does not make there stays, and is named."""
    (out / MANIFEST).unlink()
    (out / RULES).write_text("groups: []\n", encoding="utf-8")
    (out / "runbooks/old.md").write_text("old", encoding="utf-8")
    assert run("build", out) == 0
    captured = capsys.readouterr()
    assert ", 1 of them changed, in " in captured.out
    what = "no build lists this file, so it stays; remove it if an earlier version wrote it"
    assert captured.err == f"{out}/runbooks/old.md: {what}\n"
    assert (out / "runbooks/old.md").exists()


def test_a_full_disk_is_not_called_unwritten(
    out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A build that fails after it wrote a file does not say that nothing was written."""

    def full(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device", str(target))

    (out / RULES).unlink()
    replace = os.replace
    monkeypatch.setattr(os, "replace", lambda a, b: (replace if Path(b).name == JOURNAL else full)(a, b))
    assert run("build", out) == 2
    hint = "check the disk and the permissions, and build again: the next build completes this one."
    assert capsys.readouterr().err.splitlines() == [
        f"{out}: the folder cannot be written (No space left on device: {out / RULES}); {hint}",
        "1 problem.",
    ]


def test_a_build_says_which_alert_tests_are_left_out(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A test that is not possible on the platform is named with the reason."""
    text = (root / TEST_PLATFORM_NAME).read_text(encoding="utf-8")
    file = tmp_path / "platform.yaml"
    file.write_text(text.replace("min_requests: 15", "min_requests: 1"), encoding="utf-8")
    assert main(["build", "--platform", str(file), "--out", str(tmp_path / "out")]) == 0
    lines = capsys.readouterr().err.splitlines()
    with_minimum = 11  # alerts on a ratio, a percentile or what is missing: each has a test of fewer than the minimum
    assert len(lines) == with_minimum
    assert (
        f"{tmp_path}/out/tests: left out: outages.outage_of_fourteen_requests, which is not possible on this platform: "
        "the minimum is one request, so that none is left below it"
    ) in lines


def test_a_build_says_which_counters_have_no_price(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A counter of calls to a store that no billed unit is counted by is named, unless the contract says why."""
    arguments = ["build", "--platform", str(root / TEST_PLATFORM_NAME), "--out", str(tmp_path / "out")]
    assert main(arguments) == 0
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("generator.pipeline.NOT_COUNTED", ())
    assert main(arguments) == 0
    assert capsys.readouterr().err == (
        "contract/storage.py vectorize_queries_total: what it counts has no price in contract/billing.py: no cost "
        "contains it\n"
    )


def test_problems_are_printed_to_standard_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing platform file is one line and a count, without colours in a file, with status 2, and writes nothing."""
    missing = tmp_path / "nowhere.yaml"
    assert main(["build", "--platform", str(missing), "--out", str(tmp_path / "out")]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    problem, count = captured.err.splitlines()
    assert problem.startswith(f"{missing}: ")
    assert count == "1 problem; nothing was written."
    assert "\033" not in captured.err
    assert not (tmp_path / "out").exists()


def test_check_accepts_an_up_to_date_output(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The output of a build is up to date, passes all checks, and promtool accepts it."""
    assert run("check", out) == 0, capsys.readouterr().err
    assert capsys.readouterr().out == f"{out} is up to date, passes all checks, and promtool accepts it\n"


def test_check_reports_every_file_that_differs(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A changed, a missing and a stale file are problems, and so is their manifest; a file of others is none, and check
    writes nothing."""
    (out / RULES).write_text("groups: []\n", encoding="utf-8")
    (out / "contract/metrics.md").unlink()
    add_earlier_file(out, "runbooks/old.md")
    (out / "runbooks/notes.md").write_text("ours", encoding="utf-8")
    assert run("check", out) == 2
    hint = "run make build, read the difference, and commit it."
    assert capsys.readouterr().err.splitlines() == [
        f"{out}/contract/metrics.md: the file is missing; {hint}",
        f"{out}/manifest.sha256: the file differs from what the sources generate; {hint}",
        f"{out}/{RULES}: the file differs from what the sources generate; {hint}",
        f"{out}/runbooks/old.md: the file is not generated by the sources; {hint}",
        "4 problems.",
    ]
    assert (out / RULES).read_text(encoding="utf-8") == "groups: []\n"


def test_check_reports_a_missing_alert_test(
    out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An alert without tests can be built, and check reports it."""
    missing = Problem("alerts/errors.py:1 x", "X has no test that it fires", "add one", "coverage/missing")
    monkeypatch.setattr("generator.pipeline.coverage_problems", lambda lowered: [missing])
    assert run("build", out) == 0
    assert run("check", out) == 2
    assert f"{missing}\n" in capsys.readouterr().err


def test_test_names_the_alert_tests_that_fail(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A changed rule fails a test, with status 1."""
    for path in (out / "tests").glob("*.yaml"):
        if path.name != SHORT:
            path.unlink()
    assert run("test", out) == 0
    assert capsys.readouterr().out.endswith(" passed, 0 failed\n")
    rules = out / "prometheus/rules/telemetry.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("> 180\n", "> -1\n"), encoding="utf-8")
    assert run("test", out) == 1
    assert f"FAILED {Path(SHORT).stem} " in capsys.readouterr().out


def test_a_missing_promtool_is_a_problem(
    out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is printed with its hint and without a traceback."""

    def raise_problem() -> Promtool:
        raise BuildError([Problem("promtool", "it is not installed", "install Go")])

    monkeypatch.setattr("generator.external.find_promtool", raise_problem)
    for command in ("check", "test"):
        assert run(command, out) == 2
        assert "promtool: it is not installed; install Go.\n" in capsys.readouterr().err


def test_an_output_without_alert_tests_is_a_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Running no test is not a success: status 2, with a platform that has tests."""
    assert run("test", tmp_path) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"{tmp_path}/tests: there are no alert tests; "
        "build alerts/tests/platform.yaml there, or a platform with the same rules.",
        "1 problem.",
    ]


def test_files_without_alert_tests_are_a_problem(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file whose tests were removed: running no test is not a success."""
    for path in (out / "tests").glob("*.yaml"):
        path.unlink()
    (out / "tests/empty.yaml").write_text(
        "rule_files: [../prometheus/rules/errors.yaml]\ntests: []\n", encoding="utf-8"
    )
    assert run("test", out) == 2
    problem, count = capsys.readouterr().err.splitlines()
    assert problem.startswith(f"{out}/tests: no file there has an alert test; build {out} again")
    assert count == "1 problem."


def test_a_missing_package_is_a_problem() -> None:
    """A command whose package is not installed says which one, and how to install it."""
    with pytest.raises(BuildError) as caught, development_packages():
        raise ModuleNotFoundError("No module named 'numpy'", name="numpy")
    (problem,) = caught.value.problems
    assert str(problem).startswith("numpy: the package is not installed; install it: ")


def test_a_missing_module_of_the_generator_is_no_problem_of_the_user() -> None:
    """An import within the generator that fails is its own bug, which stays an exception."""
    with pytest.raises(ModuleNotFoundError), development_packages():
        raise ModuleNotFoundError("No module named 'generator.gone'", name="generator.gone")


def test_test_names_alerts_that_reach_another_receiver(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A changed route is named with the receiver that gets the alert, with status 1."""
    for path in (out / "tests").glob("*.yaml"):
        if path.name != SHORT:
            path.unlink()
    configuration = out / "alertmanager/alertmanager.yaml"
    text = configuration.read_text(encoding="utf-8").replace('owner="finance"', 'owner="nobody"')
    configuration.write_text(text, encoding="utf-8")
    assert run("test", out) == 1
    labels = "{'alertname': 'HighAISpend', 'severity': 'ticket', 'owner': 'finance', 'platform': 'production'}"
    assert f"FAILED route of {labels}: ticket platform, not ticket finance\n" in capsys.readouterr().out


def test_without_amtool_routes_are_not_tested(
    out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An adopter's CI has promtool alone: a line says what is not tested, and why."""

    def raise_problem() -> Path:
        raise BuildError([Problem("amtool", "it is not installed", "install Go")])

    for path in (out / "tests").glob("*.yaml"):
        if path.name != SHORT:
            path.unlink()
    monkeypatch.delenv("AMTOOL", raising=False)
    monkeypatch.setattr("generator.external.find_amtool", raise_problem)
    assert run("test", out) == 0
    assert "routes are not tested: amtool: it is not installed; install Go.\n" in capsys.readouterr().out


@pytest.mark.parametrize(("until", "lines"), [(date(2026, 2, 1), 1), (date.max, 0)])
def test_a_build_says_which_renames_are_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, until: date, lines: int
) -> None:
    """A rename whose last day is in the past is named with its place, in JSON too; the build succeeds."""
    renamed = replace(CONTRACT.metrics[0], renamed_from=Renamed("calls_total", date(2026, 1, 1), until))
    areas = {**CONTRACT.areas, "api": (renamed, *CONTRACT.areas["api"][1:])}
    definitions = replace(load_definitions(), contract=replace(CONTRACT, areas=areas))
    monkeypatch.setattr("generator.pipeline.load_definitions", lambda: definitions)
    arguments = ["build", "--platform", str(TEST_PLATFORM), "--out", str(tmp_path / "out")]
    assert main(arguments) == 0
    place, what = "contract/api.py requests_total", "the earlier name calls_total was to be read until 2026-02-01"
    assert capsys.readouterr().err.splitlines() == [f"{place}: {what}; remove its renamed_from"] * lines
    assert main([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["renames_to_remove"] == ({place: what} if lines else {})
