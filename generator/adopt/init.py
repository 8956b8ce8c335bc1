"""`init`: writes the repository of an adopter, which builds as it is."""

from __future__ import annotations

import argparse
from pathlib import Path

from generator import __version__
from generator.errors import BuildError, Problem
from generator.reporting import Outcome

FILES = Path(__file__).parent / "files"
PATHS = {
    "platform.yaml": "platform.yaml",
    "README.md": "README.md",
    "requirements.txt": "requirements.txt",
    "gitignore": ".gitignore",
    "gitattributes": ".gitattributes",
    "pre-commit-config.yaml": ".pre-commit-config.yaml",
    "workflow.yaml": ".github/workflows/observability.yaml",
}
"""The files of the new repository, by their names in the package, where none is hidden."""


def init(options: argparse.Namespace) -> Outcome:
    """Write the files of a new repository. Raises BuildError, and writes nothing, where one of them exists."""
    folder: Path = options.folder
    texts = repository_files()
    what, hint = "the file exists, and init overwrites nothing", "move it away, or name a new folder"
    problems = [
        Problem(str(folder / path), what, hint)
        for path in texts
        if (folder / path).exists() or (folder / path).is_symlink()
    ]
    if problems:
        raise BuildError(problems)
    try:
        for path, text in texts.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
    except OSError as error:
        what = f"{error.filename or folder} cannot be written ({error.strerror})"
        raise BuildError([Problem(str(folder), what, "name a folder that can be written")]) from None
    for path in texts:
        print(f"wrote {folder / path}")
    change = "" if folder == Path() else f"cd {folder} && "
    print(f"Next: edit platform.yaml, then {change}workers-ai-observability build")
    return Outcome(result={"folder": str(folder), "files": list(texts)})


def repository_files() -> dict[str, str]:
    """The texts of the new repository's files, by their paths."""
    texts = {path: (FILES / name).read_text(encoding="utf-8") for name, path in PATHS.items()}
    return {path: text.replace("@VERSION@", __version__) for path, text in texts.items()}
