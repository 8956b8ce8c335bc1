"""The Makefile, in a folder of empty files: what a target needs, what is run beside what, and out-of-date builds."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

STAMPS = {"worker": "worker/built/.stamp", "preview-app": "preview/node_modules/.stamp"}
SOURCES = {"worker": "worker/src/index.ts", "preview-app": "preview/src/main.tsx"}
WARNINGS = {
    "worker": "build: worker/built is older than its sources; run make worker",
    "preview-app": "build: preview/built is older than its sources; run make preview-app",
}
CONTRACT = "out/contract/contract.gen.ts"
SOURCES_WRITTEN, BUILT, CHANGED_LATER = 1_000_000_000, 1_000_000_100, 1_000_000_200
"""Seconds since 1970."""


@pytest.fixture(autouse=True)
def _not_a_part_of_another_make(monkeypatch: pytest.MonkeyPatch) -> None:
    """A make that runs these tests gives its own variables: they print folders, name a job server, and select tests."""
    for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "TESTS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(root: Path, tmp_path: Path) -> Path:
    """The Makefile, sources, and a .venv that is complete and whose Python does nothing."""
    shutil.copy(root / "Makefile", tmp_path)
    (tmp_path / "tools").mkdir()
    shutil.copy(root / "tools/require.sh", tmp_path / "tools")
    for path in ("requirements/build.lock", CONTRACT, *SOURCES.values()):
        write(tmp_path / path, SOURCES_WRITTEN)
    write(tmp_path / ".venv/bin/python", BUILT, "#!/bin/sh\n").chmod(0o755)
    write(tmp_path / ".venv/build.stamp", BUILT)
    return tmp_path


def write(path: Path, modified: int, text: str = "") -> Path:
    """Write a file with this modification time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (modified, modified))
    return path


def warnings(folder: Path) -> list[str]:
    """The lines of `make build` on standard error, without that on a missing Node.js."""
    result = subprocess.run(["make", "build"], cwd=folder, capture_output=True, text=True, check=True)
    return [line for line in result.stderr.splitlines() if not line.startswith("build: left out: ")]


@pytest.mark.parametrize("target", STAMPS)
def test_a_build_older_than_a_source_is_a_warning(target: str, folder: Path) -> None:
    """No warning while the build is newer; one line with the target to run once a source is newer."""
    write(folder / STAMPS[target], BUILT)
    assert warnings(folder) == []
    write(folder / SOURCES[target], CHANGED_LATER)
    assert warnings(folder) == [WARNINGS[target]]


def test_the_contract_is_a_source_of_the_workers_library(folder: Path) -> None:
    """A build that changes the contract warns that the library was built with the old one."""
    write(folder / STAMPS["worker"], BUILT)
    write(folder / CONTRACT, CHANGED_LATER)
    assert warnings(folder) == [WARNINGS["worker"]]


def test_what_was_never_built_is_no_warning(folder: Path) -> None:
    """Without an earlier build of the library or the preview there is no warning about them."""
    for source in SOURCES.values():
        write(folder / source, CHANGED_LATER)
    assert warnings(folder) == []


def programs(folder: Path, *names: str) -> Path:
    """A folder with links to these programs, for a PATH that has no others."""
    path = folder / "programs"
    path.mkdir()
    for name in ("make", "sh", "find", "test", *names):
        program = shutil.which(name)
        assert program is not None
        (path / name).symlink_to(program)
    return path


def run_make(folder: Path, path: Path, *targets: str, ci: str = "") -> subprocess.CompletedProcess[str]:
    """Run make with a PATH of one folder."""
    return subprocess.run(
        [path / "make", *targets],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": f"{path}", "CI": ci},
    )


def test_everything_that_is_missing_is_one_message(folder: Path) -> None:
    """Without .venv, Python, Go, Node.js and git, the tests of CI name all four before they install anything."""
    shutil.rmtree(folder / ".venv")
    result = run_make(folder, programs(folder), "test", ci="true")
    assert result.returncode == 2
    message, *missing = result.stderr.splitlines()[:-1]
    assert message == "make test: this is missing; install it:"
    assert [line.split()[0] for line in missing] == ["Python", "Go", "Node.js", "git"]
    assert not (folder / ".venv").exists()


def test_only_ci_needs_what_tests_can_do_without(folder: Path) -> None:
    """With a complete .venv, `make test` asks for nothing more; `make preview` asks for Node.js alone."""
    path = programs(folder, "touch", "pwd")
    write(folder / "requirements/dev.lock", SOURCES_WRITTEN)
    write(folder / ".venv/dev.stamp", BUILT)
    result = run_make(folder, path, "test")
    assert (result.returncode, result.stderr) == (0, "")
    missing = run_make(folder, path, "preview").stderr.splitlines()[:2]
    assert missing == ["make preview: this is missing; install it:", "  Node.js 20 or newer with npm"]


@pytest.mark.parametrize(
    ("target", "needs"),
    [
        ("diff", ["git"]),
        ("rehearse", ["git", "Prometheus"]),
        ("bench", []),
        ("backtest", ["Prometheus", "vmalert", "sloth"]),
        ("test-changes", ["git", "promtool", "amtool", "Alertmanager", "Prometheus", "vmalert"]),
        ("test-platforms", ["promtool"]),
        ("test-chance", ["promtool"]),
        (
            "backends",
            [
                *("Node.js", "promtool", "Prometheus", "Prometheus", "promtool", "VictoriaMetrics", "vmalert"),
                *("vmalert-tool", "Thanos", "Cortex"),
            ],
        ),
        ("tools", ["promtool", "amtool", "Alertmanager", "Prometheus", "vmalert"]),
    ],
)
def test_a_target_names_what_it_needs_before_it_installs(target: str, needs: list[str], folder: Path) -> None:
    """Without .venv, Python and the programs that it runs, a target names all of them in one message, and installs
    nothing."""
    shutil.rmtree(folder / ".venv")
    result = run_make(folder, programs(folder), target)
    assert result.returncode == 2
    message, *missing = result.stderr.splitlines()[:-1]
    assert message == f"make {target}: this is missing; install it:"
    assert [line.split()[0] for line in missing] == ["Python", *needs]
    assert not (folder / ".venv").exists()


@pytest.mark.parametrize("source", ["go", "variable", "built"])
def test_a_tool_that_can_be_built_or_is_there_is_not_missing(source: str, folder: Path) -> None:
    """With Go, a path in the environment, or a program of an earlier make, nothing is missing."""
    path = programs(folder)
    environment = {"PATH": f"{path}"}
    match source:
        case "go":
            write(path / "go", BUILT).chmod(0o755)
        case "variable":
            environment["SLOTH"] = "/opt/sloth"
        case "built":
            write(folder / ".tools/sloth", BUILT).chmod(0o755)
    command = [f"{path}/sh", "tools/require.sh", "backtest", "sloth"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("variables", "parts", "at_a_time"),
    [
        (("NPM=npm", "CI="), ["test-python", "test-worker", "test-preview"], "-j 2"),
        (("NPM=npm", "CI=true"), ["test-python", "test-worker", "test-preview"], "-j 1"),
        (("CI=", "TESTS=tests/rendering"), ["test-python"], ""),
        (("CI=", "NPM="), ["test-python"], ""),
    ],
    ids=["all", "all in CI", "some tests", "no Node.js"],
)
def test_the_parts_of_make_test(variables: tuple[str, ...], parts: list[str], at_a_time: str, folder: Path) -> None:
    """`make test` runs Python's tests beside those of the Workers and of the preview, and one after the other in CI;
    some tests, or tests without Node.js, are Python's alone."""
    write(folder / "requirements/dev.lock", SOURCES_WRITTEN)
    write(folder / ".venv/dev.stamp", BUILT)
    command = ["make", "--dry-run", "test", *variables]
    output = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout
    (line,) = (line for line in output.splitlines() if "--no-print-directory" in line and "test-python" in line)
    assert [word for word in line.split() if word.startswith("test-")] == parts
    assert at_a_time in line


@pytest.mark.parametrize(
    ("variables", "arguments"),
    [
        ((), "--out 'out' -- 'https://grafana.example.com/x'"),
        (
            ("GRAFANA_TOKEN_FILE=token", "GRAFANA_DATA_SOURCE=prom"),
            "--out 'out' --token-file 'token' --data-source 'prom' -- 'https://grafana.example.com/x'",
        ),
    ],
)
def test_the_arguments_of_conformance(variables: tuple[str, ...], arguments: str, folder: Path) -> None:
    """The URL, and the options that variables give; a token is never among them."""
    command = ["make", "--dry-run", "conformance", "GRAFANA_URL=https://grafana.example.com/x", *variables]
    output = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    assert f"generator conformance {arguments}" in " ".join(output.replace("\\\n", " ").split())


@pytest.mark.parametrize(
    ("variables", "arguments"),
    [
        ((), "--platform 'platform.yaml' --out 'out' -- 'https://prometheus.example.com'"),
        (
            (
                *("PROMETHEUS_TOKEN_FILE=a", "ALERTMANAGER_URL=https://a.example", "ALERTMANAGER_TOKEN_FILE=b"),
                *("GRAFANA_URL=https://grafana.example.com", "GRAFANA_TOKEN_FILE=c"),
            ),
            "--platform 'platform.yaml' --out 'out' --prometheus-token-file 'a' --alertmanager 'https://a.example' "
            "--alertmanager-token-file 'b' --grafana 'https://grafana.example.com' --grafana-token-file 'c' "
            "-- 'https://prometheus.example.com'",
        ),
    ],
)
def test_the_arguments_of_doctor(variables: tuple[str, ...], arguments: str, folder: Path) -> None:
    """The URL of Prometheus, and the options that variables give; a token is never among them."""
    command = ["make", "--dry-run", "doctor", "PROMETHEUS_URL=https://prometheus.example.com", *variables]
    output = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    assert f"generator doctor {arguments}" in " ".join(output.replace("\\\n", " ").split())


URL = "https://prometheus.example.com"
PAGE = "--html .cache/rehearse/index.html"


@pytest.mark.parametrize(
    ("variables", "arguments"),
    [
        ((f"PROMETHEUS_URL={URL}",), f"--base 'HEAD' {PAGE} -- '{URL}'"),
        (
            (
                *(f"PROMETHEUS_URL={URL}", "BASE=main", "SINCE=7d", "TOKEN_FILE=token"),
                "INCIDENTS=incidents.yaml",
            ),
            f"--base 'main' --since '7d' --token-file 'token' --incidents 'incidents.yaml' {PAGE} -- '{URL}'",
        ),
        (
            (f"PROMETHEUS_URL={URL}", "EXPORT=day.xz", "SINCE=1d"),
            f"--export 'day.xz' --since '1d' -- '{URL}'",
        ),
        (
            ("RECORDING=day.xz", "EXPECT=day.json"),
            f"--base 'HEAD' --recording 'day.xz' --expect 'day.json' {PAGE}",
        ),
    ],
    ids=["as it is", "with options", "export", "recording"],
)
def test_the_arguments_of_rehearse(variables: tuple[str, ...], arguments: str, folder: Path) -> None:
    """The URL or a recording, the revision, and the options that variables give; a token is never among them. An export
    takes neither a revision nor a page."""
    write(folder / "requirements/dev.lock", SOURCES_WRITTEN)
    write(folder / ".venv/dev.stamp", BUILT)
    command = ["make", "--dry-run", "rehearse", *variables]
    environment = {name: value for name, value in os.environ.items() if name != "PROMETHEUS_URL"}
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, env=environment)
    words = " ".join(result.stdout.replace("\\\n", " ").split())
    assert words.endswith(f"generator rehearse --platform 'platform.yaml' --out 'out' {arguments}")
