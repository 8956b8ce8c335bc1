"""`python -m generator.external`: finds or builds tools ahead of their use."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.external.__main__ import main
from tests.external.programs import telling


def test_places_are_printed_and_every_fault_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of three tools two will not do: the good one's place goes to stdout, both faults to stderr, the status is 2."""
    place = telling(tmp_path / "amtool", "0.30.0")
    monkeypatch.setenv("PROMTOOL", "/nowhere/promtool")
    monkeypatch.setenv("AMTOOL", str(place))
    monkeypatch.setenv("PROMETHEUS", "/nowhere/prometheus")
    assert main(["promtool", "amtool", "prometheus"]) == 2
    said = capsys.readouterr()
    assert said.out == f"{place}\n"
    assert [line.split(":")[0] for line in said.err.splitlines()] == ["$PROMTOOL", "$PROMETHEUS"]


def test_all_found_is_status_0(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool that is there is no fault."""
    monkeypatch.setenv("AMTOOL", str(telling(tmp_path / "amtool", "0.30.0")))
    assert main(["amtool"]) == 0
