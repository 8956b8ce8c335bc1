"""The documentation pages of the checks of a running system, which `make checks-docs` writes."""

from __future__ import annotations

import sys
from pathlib import Path

from generator.checks.pages import COMMAND, LIVE_FOLDER
from generator.option_parser import run_module, take_no_arguments
from generator.rendering.templates import render
from generator.verify.doctor.registry import LIVE_CHECKS


def pages() -> dict[str, str]:
    """The text of every page, by its path in the folder."""
    return {
        "README.md": render("live_checks.md.j2", checks=LIVE_CHECKS, command=COMMAND),
        **{
            f"{check.id.partition('/')[2]}.md": render(
                "live_check.md.j2", check=check, command=COMMAND, hint=f"{check.hint[0].upper()}{check.hint[1:]}"
            )
            for check in LIVE_CHECKS
        },
    }


def write(folder: Path) -> None:
    """Write all pages, and remove those of checks that no longer exist."""
    texts = pages()
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.md"):
        if file.name not in texts:
            file.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def main() -> int:
    """Write all pages. Raises BuildError for an argument."""
    take_no_arguments("generator.verify.doctor.pages", "Write the pages of the checks of a running system, into docs.")
    write(LIVE_FOLDER)
    return 0


if __name__ == "__main__":
    sys.exit(run_module(main))
