"""The records of the default definitions of released versions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator import __version__
from generator.adopt.record import RECORDS, Record, current_record, record_of_version, write
from generator.definitions import load_default_definitions
from generator.dsl.platform import Platform
from generator.errors import BuildError
from generator.lowering.alert_settings import with_alert_settings


@pytest.fixture(scope="module")
def record() -> Record:
    """The record of the definitions as they are."""
    return current_record()


def test_every_default_definition_is_in_the_record(record: Record, platform: Platform) -> None:
    """Each metric, dashboard, panel, alert and alert test of the tests' platform under its key, and nothing else: the
    file of overrides is of larger ones."""
    definitions = with_alert_settings(platform, load_default_definitions())
    panels = [
        f"panel {board.id}/{panel.id}" for board in definitions.dashboards for row in board.rows for panel in row.panels
    ]
    tests = [f"alert test {test.module.rpartition('.')[2]}/{test.id}" for test in definitions.alert_tests]
    assert set(record) == {
        *(f"metric {metric.name}" for metric in definitions.contract.metrics),
        *(f"dashboard {dashboard.id}" for dashboard in definitions.dashboards),
        *(f"alert {alert.key}" for alert in definitions.alerts),
        *panels,
        *tests,
    }


def test_a_record_has_what_an_upgrade_compares(record: Record) -> None:
    """Short texts as they are, long ones hashed."""
    watchdog = record["alert Watchdog (none)"]
    assert watchdog["expression"] == "vector(1)"
    assert watchdog["description"].startswith("This alert always fires.")
    assert re.fullmatch("sha256:[0-9a-f]{16}", record["alert AICostForecast (ticket)"]["description"])
    assert record["metric requests_total"]["labels"] == '["tenant_id", "route", "service"]'


def test_released_versions_have_records_of_the_same_form(record: Record) -> None:
    """The first version's alerts have the same parts as today's."""
    first = record_of_version("0.1.0")
    assert first["alert Watchdog (none)"].keys() == record["alert Watchdog (none)"].keys()
    assert first["dashboard overview"]["title"] == "Overview"


def test_the_record_of_this_version_is_that_of_the_definitions(record: Record) -> None:
    """A release writes it with `make record`; before, this version has none."""
    if (RECORDS / f"{__version__}.json").is_file():
        assert record_of_version(__version__) == record


def test_a_written_record_is_read_as_the_same(record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named after the version."""
    monkeypatch.setattr("generator.adopt.record.RECORDS", tmp_path)
    assert write() == tmp_path / f"{__version__}.json"
    assert record_of_version(__version__) == record


def test_the_changelog_has_this_version_first_and_a_record_of_each_release(root: Path) -> None:
    """A heading with a date is a release, and has a record; this version has a heading, and until its release no
    date and no record."""
    headings = re.findall("^## (.*)$", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    versions = dict(heading.split(" - ") for heading in headings)
    assert next(iter(versions)) == __version__
    assert sorted(versions, reverse=True) == list(versions)
    released = {version for version, date in versions.items() if date != "Unreleased"}
    assert released >= versions.keys() - {__version__}
    assert released == {path.stem for path in RECORDS.glob("*.json")}
    assert all(re.fullmatch("20[0-9]{2}-[01][0-9]-[0-3][0-9]", versions[version]) for version in released)


def test_the_sections_of_the_changelog_are_those_of_keep_a_changelog(root: Path) -> None:
    """Each at most once in a version, in their order."""
    order = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
    _, *versions = re.split("^## .*$", (root / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    for text in versions:
        sections = re.findall("^### (.*)$", text, re.MULTILINE)
        assert sections == [each for each in order if each in sections]


def test_an_unknown_version_is_a_problem_with_the_nearest_one() -> None:
    """It names a version that has a record."""
    with pytest.raises(BuildError) as caught:
        record_of_version("0.1.00")
    (problem,) = caught.value.problems
    assert problem.where == "0.1.00"
    assert 'did you mean "0.1.0"?' in problem.hint
