"""The project's folder: where the definitions, the platform files, `tools/` and `preview/` are."""

from __future__ import annotations

from pathlib import Path


def project_root(folder: Path | None = None) -> Path:
    """The current folder where it is a project, else the folder that holds this package.

    An installed command is run in a project's folder, whose definitions it compiles; `python -m generator` may be run
    from anywhere."""
    current = folder or Path.cwd()
    if (current / "contract" / "__init__.py").is_file() and (current / "alerts").is_dir():
        return current
    return Path(__file__).resolve().parent.parent


ROOT = project_root()
TEST_PLATFORM_NAME = "alerts/tests/platform.yaml"
