"""The package, installed into an empty virtual environment: as a wheel and editable, it builds an adopter's project."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from generator.cli import main
from generator.pipeline import TEST_PLATFORM
from tests.copied_project import Project, adopter
from tests.packaging import built_wheel, copied_sources, pip, share_dependencies

INSTALLATIONS = ("wheel", "editable")


@dataclass(frozen=True)
class Environment:
    """A virtual environment with nothing but the package, and the packages that it depends on."""

    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin/python"

    def run(self, project: Project, *command: str | Path) -> str:
        """Run a command in a project's folder, and return its output."""
        result = subprocess.run(
            list(map(str, command)), cwd=project.folder, env={"PATH": ""}, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout


@pytest.fixture(scope="module")
def sources(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources, because a build writes into their folder."""
    return copied_sources(root, tmp_path_factory.mktemp("sources") / "project")


@pytest.fixture(scope="module")
def wheel(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel."""
    return built_wheel(sources, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module", params=INSTALLATIONS)
def environment(request: pytest.FixtureRequest, sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with the package. The packages that it depends on are those of the tests' own environment."""
    folder = tmp_path_factory.mktemp(request.param) / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    share_dependencies(site)
    installed = ("--editable", sources) if request.param == "editable" else (request.getfixturevalue("wheel"),)
    python = folder / "bin/python"
    pip("--python", python, "install", "--no-deps", "--no-index", "--no-build-isolation", *installed)
    return Environment(folder)


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Project:
    """An adopter's project: a platform file, and a contract, dashboards and alerts of its own."""
    return adopter(root, tmp_path / "project")


def test_the_wheel_has_everything_that_a_build_reads(root: Path, wheel: Path) -> None:
    """The default packages and the generator, with templates, schemas and the platform of the alert tests."""
    names = zipfile.ZipFile(wheel).namelist()
    folders = ("alerts", "backtests", "contract", "dashboards", "generator")
    needed = {
        path.relative_to(root).as_posix()
        for folder in folders
        for path in (root / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert needed - set(names) == set()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == set(folders)


def test_an_installed_package_builds_a_platform_file(
    root: Path, environment: Environment, project: Project, tmp_path: Path
) -> None:
    """In a project that has nothing else, it writes what the sources write, byte for byte."""
    for folder in ("alerts", "contract", "dashboards"):
        shutil.rmtree(project.folder / folder)
    environment.run(project, environment.folder / "bin/workers-ai-observability", "build")
    assert main(["build", "--platform", str(TEST_PLATFORM), "--out", str(tmp_path / "out")]) == 0
    installed, of_sources = files(project.folder / "out"), files(tmp_path / "out")
    assert installed.keys() == of_sources.keys()
    assert [path for path, content in installed.items() if content != of_sources[path]] == []


def test_an_installed_package_extends_the_defaults_with_the_projects_own(
    environment: Environment, project: Project
) -> None:
    """In a folder with all three packages, `dashboards` is the default's, for the script and for `python -m`."""
    environment.run(project, environment.folder / "bin/workers-ai-observability", "build", "--out", "script")
    environment.run(project, environment.python, "-m", "generator", "build", "--out", "module")
    assert files(project.folder / "script") == files(project.folder / "module")
    overview = (project.folder / "script/grafana/dashboards/overview.json").read_text(encoding="utf-8")
    assert '"title": "Invoices"' in overview
    assert '"title": "Pages firing"' in overview
    code = "from generator.packages import install; install()"
    code += "; import dashboards.overview as default, alerts, contract; print(default, alerts, contract)"
    assert str(project.folder) not in environment.run(project, environment.python, "-c", code)


def files(folder: Path) -> dict[str, bytes]:
    """The contents of all files of a folder, by path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
