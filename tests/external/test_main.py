"""`python -m generator.external` finds or builds tools in advance."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.external.__main__ import main
from tests.external.programs import versioned_program


def test_paths_and_all_problems_are_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of three tools two are unusable: the third's path goes to stdout, both problems to stderr, the status is 2."""
    path = versioned_program(tmp_path / "amtool", "0.30.0")
    monkeypatch.setenv("PROMTOOL", "/nowhere/promtool")
    monkeypatch.setenv("AMTOOL", str(path))
    monkeypatch.setenv("PROMETHEUS", "/nowhere/prometheus")
    assert main(["promtool", "amtool", "prometheus"]) == 2
    captured = capsys.readouterr()
    assert captured.out == f"{path}\n"
    assert [line.split(":")[0] for line in captured.err.splitlines()] == ["$PROMTOOL", "$PROMETHEUS"]


def test_status_0_if_all_tools_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The status is 0 if every tool is found."""
    monkeypatch.setenv("AMTOOL", str(versioned_program(tmp_path / "amtool", "0.30.0")))
    assert main(["amtool"]) == 0
