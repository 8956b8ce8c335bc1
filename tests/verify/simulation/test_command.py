"""`python -m generator simulate` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.cli import main
from generator.pipeline import TEST_PLATFORM


def _simulate(*arguments: str) -> int:
    return main(["simulate", "--platform", str(TEST_PLATFORM), *arguments])


def test_openmetrics_files_and_expected_values_are_written(tmp_path: Path) -> None:
    """Three hours are two files named by their start; a total in truth.json equals the last sample."""
    folder = tmp_path / "new"
    assert _simulate("--days", "0.125", "--tenants", "2", "--to", str(folder)) == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "2026-09-07T000000Z.om",
        "2026-09-07T020000Z.om",
        "truth.json",
    ]
    expected = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    (total,) = (
        values["total"]
        for values in expected
        if values["metric"] == "requests_total"
        and values["labels"]["tenant_id"] == "com-mrrainbowsmoke"
        and values["labels"]["route"] == "/search"
    )
    series = (
        'requests_total{platform="production",tenant_id="com-mrrainbowsmoke",route="/search",service="worker-api"} '
    )
    text = (folder / "2026-09-07T020000Z.om").read_text(encoding="utf-8")
    last = [line for line in text.splitlines() if line.startswith(series)][-1]
    assert int(last.removeprefix(series).split()[0]) == total > 0


def test_all_problems_are_reported_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that is not empty, no time, no tenants and a misspelt incident are four problems with hints."""
    (tmp_path / "old").write_text("", encoding="utf-8")
    arguments = ("--days", "0", "--tenants", "0", "--incident", "totl outage", "--to", str(tmp_path))
    assert _simulate(*arguments) == 2
    errors = capsys.readouterr().err
    assert "4 problems" in errors
    assert '--incident "totl outage": there is no such incident; did you mean "total outage"?' in errors
    assert [path.name for path in tmp_path.iterdir()] == ["old"]
