"""`python -m generator simulate`, as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.cli import main
from generator.pipeline import TEST_PLATFORM


def _simulate(*arguments: str) -> int:
    return main(["simulate", "--platform", str(TEST_PLATFORM), *arguments])


def test_files_and_truth_are_written(tmp_path: Path) -> None:
    """Three hours are two files, named by when they begin; the truth's total is the last sample's."""
    folder = tmp_path / "new"
    assert _simulate("--days", "0.125", "--tenants", "2", "--to", str(folder)) == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "2026-09-07T000000Z.om",
        "2026-09-07T020000Z.om",
        "truth.json",
    ]
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    (total,) = (
        one["total"]
        for one in truth
        if one["metric"] == "requests_total" and one["labels"]["tenant_id"] == "com-mrrainbowsmoke"
        and one["labels"]["route"] == "/search"
    )  # fmt: skip
    series = 'requests_total{tenant_id="com-mrrainbowsmoke",route="/search",service="worker-api"} '
    text = (folder / "2026-09-07T020000Z.om").read_text(encoding="utf-8")
    last = [line for line in text.splitlines() if line.startswith(series)][-1]
    assert int(last.removeprefix(series).split()[0]) == total > 0


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that holds something, no time, no tenants and a misspelt incident are four faults with cures."""
    (tmp_path / "old").write_text("", encoding="utf-8")
    assert _simulate(
        "--days", "0", "--tenants", "0", "--incident", "totl outage", "--to", str(tmp_path)
    ) == 2  # fmt: skip
    said = capsys.readouterr().err
    assert "4 faults" in said
    assert '--incident "totl outage": there is no such incident; did you mean "total outage"?' in said
    assert [path.name for path in tmp_path.iterdir()] == ["old"]
