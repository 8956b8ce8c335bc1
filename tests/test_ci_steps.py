"""The shell steps of the Action and of the workflow that `init` writes, run as a runner runs them, and offline."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.adopt.init import repository_files
from generator.cli import main
from generator.definitions import load_definitions
from generator.external.promtool import Promtool
from tests.packaging import built_wheel, copied_sources, share_dependencies

ALERTS = ("TelemetryMissing", "Watchdog")
"""The alerts whose tests run; without Watchdog, nothing builds."""
RUNNER = ("bash", "--noprofile", "--norc", "-eo", "pipefail")
"""How GitHub's runners start a script of `shell: bash`."""
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


@pytest.fixture(scope="module")
def sources(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources, as a runner checks them out; the tests' environment has the locked packages."""
    folder = copied_sources(root, tmp_path_factory.mktemp("action") / "checkout")
    (folder / "requirements/build.lock").write_text("", encoding="utf-8")
    return folder


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The repository that `init` writes, with few alerts, built: its steps are tested, and the alerts elsewhere."""
    folder = tmp_path / "repository"
    assert main(["init", str(folder)]) == 0
    with (folder / "platform.yaml").open("a", encoding="utf-8") as platform:
        platform.write(f"alerts: {json.dumps(without_others())}\n")
    assert main(["build", "--platform", str(folder / "platform.yaml"), "--out", str(folder / "out")]) == 0
    return folder


def without_others() -> dict[str, Any]:
    """The settings that disable all other alerts, for each severity where an alert has several."""
    rules: dict[str, list[str]] = {}
    for alert in load_definitions().alerts:
        rules.setdefault(alert.name, []).append(alert.severity.value)
    disabled = {"enabled": False}
    return {
        name: dict.fromkeys(severities, disabled) if len(severities) > 1 else disabled
        for name, severities in rules.items()
        if name not in ALERTS
    }


class Runner:
    """Runs the steps of a job, each in a shell of its own; `$GITHUB_ENV` reaches those that follow."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.temporary = folder / "runner"
        self.temporary.mkdir()
        (self.temporary / "env").touch()
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            **OFFLINE,
            "RUNNER_TEMP": str(self.temporary),
            "GITHUB_ENV": str(self.temporary / "env"),
            **environment,
        }

    def run(self, script: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a step in a folder."""
        lines = (self.temporary / "env").read_text(encoding="utf-8").splitlines()
        exported = dict(line.split("=", 1) for line in lines)
        return subprocess.run(
            [*RUNNER, "-c", script],
            cwd=cwd,
            env={**self.environment, **exported, **environment},
            capture_output=True,
            text=True,
            check=False,
        )


def succeed(result: subprocess.CompletedProcess[str]) -> str:
    """The output of a step that must succeed."""
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout + result.stderr


def run_action(
    root: Path, runner: Runner, sources: Path, repository: Path, command: str, installed: bool = False
) -> list[Any]:
    """The results of the Action's steps, with its default inputs but the command; of its last step alone where an
    earlier run has installed it."""
    action = yaml.safe_load((root / "action.yml").read_text(encoding="utf-8"))
    inputs = {name: each["default"] for name, each in action["inputs"].items()} | {"command": command}
    values = {**{f"inputs.{name}": value for name, value in inputs.items()}, "github.action_path": str(sources)}

    def filled(text: str) -> str:
        return re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda match: values[match[1]], text)

    results = []
    steps = [step for step in action["runs"]["steps"] if "run" in step]
    for step in steps[-1:] if installed else steps:
        environment = {name: filled(text) for name, text in step.get("env", {}).items()}
        folder = repository / filled(step.get("working-directory", "."))
        results.append(runner.run(step["run"], folder, **environment))
    return results


@pytest.mark.long
def test_the_action_installs_itself_and_checks_builds_and_tests(
    root: Path, tmp_path: Path, sources: Path, repository: Path, promtool: Promtool
) -> None:
    """In a repository that is up to date; after an edit of platform.yaml the check fails, and a build repairs it."""
    dependencies = os.pathsep.join(path for path in sys.path if path.endswith("site-packages"))
    environment = {"GITHUB_ACTION_PATH": str(sources), "PYTHONPATH": dependencies, "PROMTOOL": str(promtool.path)}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    runner = Runner(tmp_path, environment)
    for result in run_action(root, runner, sources, repository, "check"):
        succeed(result)
    assert f"PROMTOOL={promtool.path}" in (runner.temporary / "env").read_text(encoding="utf-8")
    platform = repository / "platform.yaml"
    text = platform.read_text(encoding="utf-8")
    assert "telemetry_stale_after_seconds: " in text
    platform.write_text(re.sub("stale_after_seconds: [0-9]+", "stale_after_seconds: 240", text), encoding="utf-8")
    (stale,) = run_action(root, runner, sources, repository, "check", installed=True)
    assert stale.returncode == 2
    assert "run workers-ai-observability build, read the difference" in stale.stderr
    (built,) = run_action(root, runner, sources, repository, "build", installed=True)
    succeed(built)
    (tested,) = run_action(root, runner, sources, repository, "test", installed=True)
    assert re.search(r"[1-9]\d* passed, 0 failed", succeed(tested))


def fake_curl(folder: Path, promtool: Path) -> None:
    """A `curl` that gives the archive of a release, with a promtool that starts the real one."""
    archive = folder / "release.tar.gz"
    name = "prometheus-3.6.0.linux-amd64"
    (folder / "promtool").write_text(f'#!/bin/sh\nexec {promtool} "$@"\n', encoding="utf-8")
    (folder / "promtool").chmod(0o755)
    with tarfile.open(archive, "w:gz") as release:
        release.add(folder / "promtool", f"{name}/promtool")
    curl = folder / "bin/curl"
    curl.parent.mkdir()
    url = f"https://github.com/prometheus/prometheus/releases/download/v3.6.0/{name}.tar.gz"
    curl.write_text(f'#!/bin/sh\nfor last; do :; done\n[ "$last" = {url} ] && exec cat {archive}\nexit 22\n')
    curl.chmod(0o755)


def test_the_workflow_of_a_new_repository_passes(
    tmp_path: Path, sources: Path, repository: Path, promtool: Promtool
) -> None:
    """It downloads promtool, installs the wheel from requirements.txt, checks, and runs the alert tests."""
    workflow = yaml.safe_load(repository_files()[".github/workflows/observability.yaml"])
    (tmp_path / "dist").mkdir()
    built_wheel(sources, tmp_path / "dist")
    fake_curl(tmp_path, promtool.path)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "python"], check=True)
    pip = f'#!/bin/sh\nexec {sys.executable} -m pip --python {tmp_path}/python/bin/python "$@"\n'
    (tmp_path / "bin/pip").write_text(pip, encoding="utf-8")
    (tmp_path / "bin/pip").chmod(0o755)
    (site,) = (tmp_path / "python").glob("lib/python*/site-packages")
    share_dependencies(site)
    paths = (tmp_path / "bin", tmp_path / "python/bin", "/usr/bin", "/bin")
    environment = {"PATH": os.pathsep.join(map(str, paths)), "PIP_FIND_LINKS": str(tmp_path / "dist")}
    runner = Runner(tmp_path, {**environment, **workflow["env"]})
    outputs = [
        succeed(runner.run(step["run"], repository)) for step in workflow["jobs"]["check"]["steps"] if "run" in step
    ]
    assert len(outputs) == 4
    assert re.search(r"[1-9]\d* passed, 0 failed", outputs[-1])
