"""The output folder is never the sources, a folder of them, or a folder that contains them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator.errors import BuildError
from generator.output.location import SOURCE_FOLDERS, require_output_folder
from generator.project import ROOT, TEST_PLATFORM_NAME

HINT = "give a folder of its own, as --out out."


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a project, which is the current folder."""
    for name in ("contract", "dashboards/old", "alerts"):
        (tmp_path / "work/project" / name).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "work/project")
    return tmp_path / "work/project"


def problem_of(out: str | Path, project: Path) -> str:
    """The problem of an output folder."""
    with pytest.raises(BuildError) as error:
        require_output_folder(Path(out), project)
    (problem,) = error.value.problems
    return str(problem)


@pytest.mark.parametrize("out", ["out", "dist/out", "../out", "../../elsewhere", "contracts", "docs.out"])
def test_a_folder_of_its_own_is_accepted(project: Path, out: str) -> None:
    """A folder in the project or beside it may exist or not."""
    require_output_folder(Path(out), project)
    Path(out).mkdir(parents=True)
    require_output_folder(Path(out), project)


@pytest.mark.parametrize("out", [".", "", "../project", "dashboards/.."])
def test_the_project_itself_is_refused(project: Path, out: str) -> None:
    """However its path is written."""
    assert problem_of(out, project) == f"{Path(out)}: the output folder is the project's folder {project}; {HINT}"


@pytest.mark.parametrize("out", ["..", "../..", "/", "dashboards/../.."])
def test_a_folder_around_the_project_is_refused(project: Path, out: str) -> None:
    """A build would write beside the project's folder, among files that are not its own."""
    assert problem_of(out, project) == f"{Path(out)}: the output folder contains the project's folder {project}; {HINT}"


@pytest.mark.parametrize("out", ["dashboards", "dashboards/old", "dashboards/new/folder", "out/../contract"])
def test_a_folder_of_the_sources_is_refused(project: Path, out: str) -> None:
    """A build does not write into contract/, dashboards/ or alerts/, nor into a folder that is not there yet."""
    name = Path(out).resolve().relative_to(project).parts[0]
    expected = f"{Path(out)}: the output folder lies in {project / name}, a source folder; {HINT}"
    assert problem_of(out, project) == expected


def test_a_link_to_the_sources_is_refused(project: Path) -> None:
    """Folders are compared by what they are, so that a link or another spelling changes nothing."""
    (project / "out").symlink_to(project / "dashboards")
    assert "the output folder lies in" in problem_of("out", project)
    (project.parent / "link").symlink_to(project)
    assert "the output folder is the project's folder" in problem_of(project.parent / "link", project)


def test_the_project_of_a_command_is_guarded(project: Path) -> None:
    """A command in an adopter's repository, which has a platform file and perhaps no definitions of its own, writes
    neither into the repository's folder nor over its definitions."""
    command = [sys.executable, "-m", "generator", "build", "--platform", str(ROOT / TEST_PLATFORM_NAME), "--out"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    (project / "platform.yaml").write_text("extends: x\n", encoding="utf-8")
    for out in (".", "..", "alerts"):
        result = subprocess.run(
            [*command, out], cwd=project, env=environment, capture_output=True, text=True, check=False
        )
        assert result.returncode == 2, result.stderr
        assert f"{out}: the output folder " in result.stderr
    assert sorted(path.name for path in project.iterdir()) == ["alerts", "contract", "dashboards", "platform.yaml"]


def test_a_folder_without_sources_may_be_the_output(tmp_path: Path) -> None:
    """A command that is run in the folder of a deployment may write there."""
    require_output_folder(tmp_path, tmp_path)
    (tmp_path / "platform.yaml").touch()
    assert "the output folder is the project's folder" in problem_of(tmp_path, tmp_path)


def test_this_project_is_guarded() -> None:
    """The folders of this project's sources are listed, and the generator's own folder is refused from anywhere."""
    tracked = {name for name in os.listdir(ROOT) if (ROOT / name).is_dir() and (ROOT / name / "__init__.py").exists()}
    assert tracked <= set(SOURCE_FOLDERS)
    assert problem_of(ROOT / "generator", Path("/nowhere")) == (
        f"{ROOT}/generator: the output folder is the generator; {HINT}"
    )
