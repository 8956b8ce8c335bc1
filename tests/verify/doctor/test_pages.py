"""The pages of the checks of a running system are up to date."""

from __future__ import annotations

from pathlib import Path

from generator.checks.pages import COMMAND, LIVE_FOLDER
from generator.verify.doctor.pages import pages, write
from generator.verify.doctor.registry import LIVE_CHECKS


def test_the_pages_are_up_to_date() -> None:
    """The folder has a page for each check, the index, and no other file."""
    written = {path.name: path.read_text(encoding="utf-8") for path in LIVE_FOLDER.iterdir()}
    assert written == pages(), f"run {COMMAND}"


def test_every_page_says_why_and_what_to_do() -> None:
    """A page has what must hold, the reason, an example and the hint; the index has its severity."""
    texts = pages()
    assert len({check.id for check in LIVE_CHECKS}) == len(LIVE_CHECKS) == len(texts) - 1
    for check in LIVE_CHECKS:
        page = texts[f"{check.id.removeprefix('live/')}.md"]
        assert check.reason, check.id
        for part in (check.condition, check.reason, check.example, check.hint[1:], check.severity.value):
            assert part in page, check.id
        assert f"| [{check.id}]({check.id.removeprefix('live/')}.md) | {check.severity.value} |" in texts["README.md"]


def test_pages_of_removed_checks_are_removed(tmp_path: Path) -> None:
    """Writing replaces the content of the folder."""
    (tmp_path / "removed-check.md").write_text("old", encoding="utf-8")
    write(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == pages().keys()
