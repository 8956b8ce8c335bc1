"""`--json` of every command: standard output is one JSON document, whose keys docs/cli.md lists."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from generator.cli import COMMANDS, main
from generator.external.promtool import Promtool
from generator.pipeline import TEST_PLATFORM
from generator.verify.mutation.command import MutationReport
from tests.logs.trace.sample_request import BINDING_AND_QUEUE, REQUEST_ID, ndjson

Captured = pytest.CaptureFixture[str]
Prepare = Callable[[pytest.MonkeyPatch], None]
COMMON_KEYS = ["version", "command", "exit_status", "problems", "internal_error"]
PROBLEM_KEYS = {"where", "file", "line", "column", "what", "hint", "check"}
SHORT = "telemetry-every-1m.yaml"
"""The test file that takes the least time."""
NAMES = [command.name for command in COMMANDS]
ARGUMENTS = {
    "trace": [REQUEST_ID, "nowhere.ndjson"],
    "logs": ["check", "nowhere.ndjson"],
    "simulate": ["--to", "x"],
    "upgrade": ["0.0.0"],
    "conformance": ["http://127.0.0.1:9"],
    "drift": ["--prometheus", "http://127.0.0.1:9"],
    "doctor": ["http://127.0.0.1:9"],
    "rehearse": ["http://127.0.0.1:9"],
    "calibrate": ["http://127.0.0.1:9", "tenant_default.error_percent"],
}
"""What a command needs besides the options of all commands."""
NO_RULES: dict[str, Callable[..., object]] = {
    "generator.verify.rehearse.command.load_rules": lambda _: (),
    "generator.verify.rehearse.run.loaded_groups": lambda _: [],
    "generator.verify.calibrate.command.rules_with": lambda *_: (),
}


@pytest.fixture(scope="module")
def documented(root: Path) -> dict[str, list[str]]:
    """The keys of each command's result, in the table of docs/cli.md; names in parentheses are keys of its items."""
    text = (root / "docs/cli.md").read_text(encoding="utf-8")
    _, _, table = text.partition("| command | keys of the result |\n|---|---|\n")
    rows = [line.strip("| ").split(" | ") for line in table.partition("\n\n")[0].splitlines()]
    return {name.strip("`"): re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", keys)) for name, keys in rows}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A file with the lines of one request."""
    file = tmp_path / "log.ndjson"
    file.write_bytes(ndjson(BINDING_AND_QUEUE))
    return file


@pytest.fixture
def prepared(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replaces what takes minutes, a browser or a server by a result."""

    @contextmanager
    def prometheus(arguments: object) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(url="http://127.0.0.1:1", span=("1", "2"))

    case, result = _back_test()
    replaced = {
        "generator.view.preview.command.preview_prometheus": prometheus,
        "generator.view.preview.command.take_pictures": lambda *_: "a.png\nb.png\n",
        "generator.verify.mutation.command.mutate": lambda *_: MutationReport(2, 2, (), ()),
        "generator.verify.backtest.command.load_rules": lambda _: (),
        "generator.verify.backtest.command.sloth_rules": lambda _: (),
        "generator.verify.backtest.command._selected_cases": lambda *_: (case,),
        "generator.verify.backtest.command._run_case": lambda *_: result,
        "generator.verify.backtest.command.report": lambda _: {},
        "generator.verify.backtest.command.write": lambda *_: None,
        "generator.verify.conformance.command.read_output": lambda _: None,
        "generator.verify.conformance.command.check": lambda *_: [],
        "generator.verify.drift.command.built_groups": lambda _: (),
        "generator.verify.drift.command.compare_rules": lambda *_, **__: ("3.16.0", []),
        "generator.verify.doctor.command.subject_of": lambda *_: None,
        "generator.verify.doctor.command.instant_queries": lambda _: [],
        "generator.verify.doctor.command.diagnose": lambda *_: _diagnosis(),
        "generator.bench.bench": lambda _: {"build, all of out/": 0.5},
    }
    for name, replacement in (replaced | NO_RULES).items():
        monkeypatch.setattr(name, replacement)
    monkeypatch.chdir(root)


def _back_test() -> tuple[SimpleNamespace, SimpleNamespace]:
    """A case of the back-tests, and its result."""
    case = SimpleNamespace(name="outage", clusters=())
    case.with_alerts = lambda _: case
    pages = SimpleNamespace(pages=1)
    detection = SimpleNamespace(expected=SimpleNamespace(alert="RouteDown (page)", deadline=180), detected=120.0)
    result = SimpleNamespace(
        run=SimpleNamespace(case=case),
        passed=True,
        failures=(),
        detections=(detection,),
        shipped=pages,
        baseline=pages,
        sloth=pages,
    )
    return case, result


def _diagnosis() -> SimpleNamespace:
    """That of a healthy system."""
    server = SimpleNamespace(version="3.16.0", vector=lambda _: ())
    system = SimpleNamespace(prometheus=server, alertmanager=None, grafana=None)
    return SimpleNamespace(system=system, findings=[], problems=[], not_checked=[], status=0)


def document_of(arguments: list[str], capsys: Captured) -> tuple[int, dict[str, Any]]:
    """The exit status of a command, and the document that is all of its standard output."""
    capsys.readouterr()
    status = main(arguments)
    return status, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("name", NAMES)
def test_a_failure_is_a_document(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    """In a folder with an empty platform file, every command fails with problems in their parts."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "platform.yaml").write_text("", encoding="utf-8")  # init overwrites nothing
    monkeypatch.setattr("generator.external.find_promtool", lambda: Path("promtool"))
    options = ["--platform", "nowhere.yaml", "--out", "nowhere"]
    status, document = document_of([name, *ARGUMENTS.get(name, []), *options, "--json"], capsys)
    assert status == 2
    assert list(document)[: len(COMMON_KEYS)] == COMMON_KEYS
    assert [document[key] for key in ("version", "command", "exit_status", "internal_error")] == [1, name, 2, None]
    assert document["problems"]
    assert all(problem.keys() == PROBLEM_KEYS for problem in document["problems"])
    assert all(problem[key] for problem in document["problems"] for key in ("where", "what", "hint"))


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("preview", "test", "check", "diff")])
@pytest.mark.usefixtures("prepared")
def test_a_result_is_a_document(
    name: str, log: Path, tmp_path: Path, documented: dict[str, list[str]], capsys: Captured
) -> None:
    """The keys of the result are those of the table, in its order; the text for people is not in standard output."""
    arguments = {
        "trace": [REQUEST_ID, str(log)],
        "logs": ["check", str(log)],
        "simulate": ["--to", str(tmp_path / "simulated"), "--days", "0.01", "--tenants", "2"],
        "init": [str(tmp_path / "new")],
        "upgrade": ["0.1.0"],
        "conformance": ["http://127.0.0.1:9"],
        "drift": ["--prometheus", "http://127.0.0.1:9"],
        "doctor": ["http://127.0.0.1:9"],
        "rehearse": ["http://127.0.0.1:9"],
        "calibrate": ["http://127.0.0.1:9", "tenant_default.error_percent", "--values", "5"],
    }
    options = ["--platform", str(TEST_PLATFORM), "--out", str(tmp_path / "out")]
    status, document = document_of(["--json", name, *options, *arguments.get(name, [])], capsys)
    assert status == 0, document
    assert list(document) == [*COMMON_KEYS, *documented[name]]
    assert (document["exit_status"], document["problems"]) == (0, [])


def test_the_results_of_a_build_are_documents(
    root: Path,
    tmp_path: Path,
    documented: dict[str, list[str]],
    monkeypatch: pytest.MonkeyPatch,
    promtool: Promtool,
    capsys: Captured,
) -> None:
    """A build, its check, the tests of one file, and no difference from itself."""
    monkeypatch.setattr("generator.external.find_promtool", lambda: promtool.path)
    out = tmp_path / "out"
    options = ["--platform", str(TEST_PLATFORM), "--out", str(out), "--json"]
    _, built = document_of(["build", *options], capsys)
    files = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    assert sorted(built["written"]) == [path for path in files if path in built["written"]]
    assert len(built["written"]) == built["files"]
    _, again = document_of(["build", *options], capsys)
    assert (again["written"], again["removed"], again["files"]) == ([], [], built["files"])
    status, checked = document_of(["check", *options], capsys)
    assert (status, checked["problems"], checked["out"]) == (0, [], str(out))
    committed = {path: (out / path).read_text(encoding="utf-8") for path in files}
    monkeypatch.setattr("generator.view.diff.command.committed_files", lambda base, folder: committed)
    monkeypatch.setattr("generator.view.diff.command.describe_revision", lambda base: base)
    monkeypatch.chdir(root)
    status, difference = document_of(["diff", "--text", *options], capsys)
    assert (status, difference["changes"], difference["page"]) == (0, [], None)
    assert list(difference) == [*COMMON_KEYS, *documented["diff"]]
    for path in (out / "tests").glob("*.yaml"):
        if path.name != SHORT:
            path.unlink()
    status, tested = document_of(["test", *options], capsys)
    assert (status, tested["failed"]) == (0, 0)
    assert tested["passed"] == len(tested["alert_tests"]) > 0
    assert list(tested) == [*COMMON_KEYS, *documented["test"]]


def test_every_command_is_documented(documented: dict[str, list[str]]) -> None:
    """The table of results has a row for each command."""
    assert sorted(documented) == sorted(NAMES)


def test_an_internal_error_is_a_document(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Captured) -> None:
    """A bug is in the document and on standard error, and no problem of the user."""
    monkeypatch.setattr("generator.pipeline.rule_files", None)
    options = ["--platform", str(TEST_PLATFORM), "--out", str(tmp_path / "out")]
    assert main(["build", "--json", *options]) == 2
    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert document["problems"] == []
    assert document["internal_error"].startswith("internal error in pipeline.py:")
    assert captured.err.startswith(document["internal_error"])
