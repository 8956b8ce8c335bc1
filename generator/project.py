"""The folders: that of the generator with the default definitions, and that of the project, whose own definitions
extend them."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The folder of the generator and of the default packages; in a checkout also of `tools/`, `preview/` and `docs/`."""
DEFINITION_PACKAGES = ("contract", "dashboards", "alerts")
OWN_PACKAGE = "own"
"""Where a project's own packages are imported from: `dashboards.overview` is always the default's module,
`own.dashboards.overview` the project's."""
TEST_PLATFORM_NAME = "alerts/tests/platform.yaml"


def project_folder(current: Path) -> Path:
    """The current folder; but where that is a folder of the generator's checkout without a platform file, the
    checkout."""
    inside = current.resolve().is_relative_to(ROOT)
    return ROOT if inside and not (current / "platform.yaml").is_file() else current.resolve()


def _current_folder() -> Path:
    """The current folder. Where it was removed, which the command reports, it is the generator's."""
    try:
        return Path.cwd()
    except OSError:
        return ROOT


PROJECT = project_folder(_current_folder())


def build_command(project: Path = PROJECT) -> str:
    """The command that builds a project, for hints: an adopter's has no Makefile."""
    return "make build" if project == ROOT else "workers-ai-observability build"


def own_packages(project: Path = PROJECT) -> tuple[str, ...]:
    """The packages of definitions that a project has of its own: none where its definitions are the default ones."""
    if project == ROOT:
        return ()
    return tuple(package for package in DEFINITION_PACKAGES if (project / package).is_dir())


def definition_path(file: str, project: Path = PROJECT) -> str:
    """The path of a definition's source for messages; empty for any other file. It is relative to the project; that of
    a default definition, which the project does not have, is marked as such."""
    path = Path(file)
    if project != ROOT and path.is_relative_to(project) and path.relative_to(project).parts[0] in DEFINITION_PACKAGES:
        return path.relative_to(project).as_posix()
    folders = (*DEFINITION_PACKAGES, "tests") if project == ROOT else DEFINITION_PACKAGES
    if not path.is_relative_to(ROOT) or path.relative_to(ROOT).parts[0] not in folders:
        return ""
    return default_path(path.relative_to(ROOT).as_posix(), project)


def default_path(name: str, project: Path = PROJECT) -> str:
    """How messages name a file of the default definitions."""
    return name if project == ROOT else f"default {name}"


def alert_test_platform(project: Path = PROJECT) -> Path:
    """The platform whose numbers the alert tests are written for: that of the project where it has one, or else the
    default."""
    own = project / TEST_PLATFORM_NAME
    return own if own.is_file() else ROOT / TEST_PLATFORM_NAME
