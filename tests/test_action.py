"""The GitHub Action and the pre-commit hook that other repositories use."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.cli import COMMANDS, PROGRAM


@pytest.fixture
def action(root: Path) -> dict[str, Any]:
    """The Action."""
    document: dict[str, Any] = yaml.safe_load((root / "action.yml").read_text(encoding="utf-8"))
    return document


def scripts(action: dict[str, Any]) -> list[str]:
    """The shell scripts of its steps."""
    return [step["run"] for step in action["runs"]["steps"] if "run" in step]


def test_inputs_reach_a_script_through_its_environment_alone(action: dict[str, Any]) -> None:
    """GitHub replaces an expression before the shell reads the script: a name with a semicolon would be a command."""
    assert all("${{" not in script for script in scripts(action))
    environment = action["runs"]["steps"][-1]["env"]
    assert set(environment.values()) == {f"${{{{ inputs.{name} }}}}" for name in ("command", "platform", "out")}


def test_every_input_is_used_and_has_a_default(action: dict[str, Any]) -> None:
    """A repository that has a platform.yaml needs none of them."""
    used = set(re.findall(r"inputs\.([a-z-]+)", yaml.safe_dump(action["runs"])))
    assert used == set(action["inputs"])
    assert all(each["default"] for each in action["inputs"].values())


def test_the_files_that_the_action_reads_exist(action: dict[str, Any], root: Path) -> None:
    """Also the command that it runs by default."""
    text = yaml.safe_dump(action["runs"], width=1000)
    paths = set(re.findall(r"action_path \}\}/([\w./-]+)", text)) | set(re.findall(r"ACTION_PATH/([\w./-]+)", text))
    assert paths == {"tools/go.mod", "tools/go.sum", "requirements/build.lock"}
    assert all((root / path).is_file() for path in paths)
    assert action["inputs"]["command"]["default"] in {command.name for command in COMMANDS}
    assert f"bin/{PROGRAM}" in scripts(action)[-1]


def test_every_script_names_its_shell(action: dict[str, Any]) -> None:
    """A step of a composite action must."""
    assert [step.get("shell") for step in action["runs"]["steps"] if "run" in step] == ["bash"] * 3


def test_the_hook_runs_for_what_a_build_reads(root: Path) -> None:
    """Definitions, platform files and out/; not for other files."""
    (hook,) = yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert hook["entry"] == f"{PROGRAM} check"
    assert hook["pass_filenames"] is False
    files = ("alerts/tests/a.py", "contract/b.py", "out/contract/metrics.json", "staging.yaml", "platform.yaml")
    assert all(re.search(hook["files"], path) for path in files)
    assert not any(re.search(hook["files"], path) for path in ("README.md", "src/alerts/a.py"))
