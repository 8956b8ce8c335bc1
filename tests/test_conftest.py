"""The order of the tests."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import SLOW_FILES


def test_the_files_that_begin_exist(root: Path) -> None:
    """A file that was renamed would run last again, and one process would wait for it."""
    assert [file for file in SLOW_FILES if not (root / file).is_file()] == []
