"""The repository that `init` writes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from generator import __version__
from generator.adopt.init import PATHS, repository_files
from generator.cli import main
from generator.external.promtool import Promtool
from tests.copied_project import Project


def test_it_builds_and_passes_all_checks_as_it_is(root: Path, tmp_path: Path, promtool: Promtool) -> None:
    """With the three commands that its own README names, in a folder that did not exist."""
    folder = tmp_path / "platforms/observability"
    assert main(["init", str(folder)]) == 0
    project = Project(folder)
    environment = {"PYTHONPATH": str(root), "PROMTOOL": str(promtool.path)}
    for command in ("build", "check"):
        result = project.run(folder, environment, "-m", "generator", command)
        assert result.returncode == 0, result.stdout + result.stderr


def test_it_ends_with_the_next_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """After the names of all files."""
    assert main(["init", str(tmp_path / "new")]) == 0
    *written, following = capsys.readouterr().out.splitlines()
    assert written == [f"wrote {tmp_path / 'new' / path}" for path in PATHS.values()]
    assert following.endswith(f"cd {tmp_path / 'new'} && workers-ai-observability build")


def test_nothing_is_written_where_a_file_exists(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All files that exist are listed, broken links too, with exit status 2; other files do not matter."""
    (tmp_path / "platform.yaml").write_text("mine", encoding="utf-8")
    (tmp_path / ".gitignore").symlink_to("nowhere")
    (tmp_path / "setup.py").touch()
    assert main(["init", str(tmp_path)]) == 2
    problems = capsys.readouterr().err.splitlines()[:-1]
    assert [problem.split(":")[0] for problem in problems] == [
        str(tmp_path / ".gitignore"),
        str(tmp_path / "platform.yaml"),
    ]
    assert {path.name for path in tmp_path.iterdir()} == {"platform.yaml", ".gitignore", "setup.py"}
    assert (tmp_path / "platform.yaml").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_cannot_be_made_is_a_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "file").touch()
    assert main(["init", str(tmp_path / "file/new")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_git_takes_the_output_as_generated_and_keeps_its_line_ends(tmp_path: Path) -> None:
    """The attributes are those that git itself reads from the file."""
    (tmp_path / ".gitattributes").write_text(repository_files()[".gitattributes"], encoding="utf-8")
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    names = ("linguist-generated", "eol", "merge")
    command = ["git", "check-attr", *names, "--", "out/tests/a.yaml", "out/manifest.sha256", "platform.yaml"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    values = [line.rpartition(": ")[2] for line in result.stdout.splitlines()]
    assert values == ["set", "lf", "unspecified", "set", "lf", "union", "unspecified", "unspecified", "unspecified"]


def test_the_installed_version_is_required() -> None:
    """Another version would have other defaults, and `check` would report every file."""
    assert f"workers-ai-observability == {__version__}\n" in repository_files()["requirements.txt"]
    assert not any("@VERSION@" in text for text in repository_files().values())


def test_ci_and_the_hook_run_the_commands(root: Path) -> None:
    """They are YAML, and name commands that exist."""
    workflow = yaml.safe_load(repository_files()[".github/workflows/observability.yaml"])
    steps = [step.get("run", "") for step in workflow["jobs"]["check"]["steps"]]
    assert [step for step in steps if step.startswith("workers-ai-observability")] == [
        "workers-ai-observability check",
        "workers-ai-observability test",
    ]
    (repository,) = yaml.safe_load(repository_files()[".pre-commit-config.yaml"])["repos"]
    assert [hook["entry"] for hook in repository["hooks"]] == ["workers-ai-observability check"]
