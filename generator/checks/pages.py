"""The documentation pages of the checks, which `make checks-docs` writes."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from generator.checks.registry import CHECKS
from generator.project import ROOT
from generator.rendering.templates import render

FOLDER = ROOT / "docs/checks"
COMMAND = "make checks-docs"
EXAMPLE = "promql/counter-without-rate"


def pages() -> dict[str, str]:
    """The text of every page, by its path in the folder."""
    checks = sorted(CHECKS, key=lambda check: check.id)
    areas = [(area, list(members)) for area, members in groupby(checks, key=lambda check: check.area)]
    (example,) = (check for check in checks if check.id == EXAMPLE)
    return {
        "README.md": render("checks.md.j2", areas=areas, example=example, command=COMMAND),
        **{f"{check.id}.md": render("check.md.j2", check=check, command=COMMAND) for check in checks},
    }


def write(folder: Path) -> None:
    """Write all pages, and remove those of checks that no longer exist."""
    texts = pages()
    for file in folder.rglob("*.md"):
        if file.relative_to(folder).as_posix() not in texts:
            file.unlink()
    for path, text in texts.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(FOLDER)
