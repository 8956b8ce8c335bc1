"""What an upgrade reports: changed default definitions, and the own ones that they touch."""

from __future__ import annotations

import json

import pytest

from alerts.storage import storage_errors_page
from contract.api import REQUESTS
from dashboards.overview import DASHBOARD as OVERVIEW
from dashboards.overview import pages
from dashboards.storage import DASHBOARD as STORAGE
from generator.adopt.upgrade import DefaultChange, default_changes, touched_overrides
from generator.cli import main
from generator.definitions import load_default_definitions
from generator.dsl.disabled import disabled
from generator.own_definitions import Located, OwnDefinitions

OLD = {
    "alert A (page)": {"for": "5m", "summary": "sha256:1"},
    "metric b": {"unit": "calls"},
    "panel overview/c": {"title": "C"},
}


def test_definitions_that_were_added_removed_and_changed_are_listed_by_key() -> None:
    """Short parts with both values, hashed ones by name; what is equal is not listed."""
    new = {
        "alert A (page)": {"for": "6m", "summary": "sha256:2", "description": "New"},
        "panel overview/c": {"title": "C"},
        "alert test d/e": {"expectations": "[]"},
    }
    assert list(map(str, default_changes(OLD, new))) == [
        "changed alert A (page): for 5m -> 6m, summary, description none -> New",
        "added alert test d/e",
        "removed metric b",
    ]
    assert list(default_changes(OLD, OLD)) == []


def test_own_definitions_are_touched_by_the_default_of_their_key() -> None:
    """One that replaces it, and one that disables it; a dashboard is touched by its panels too."""
    test = load_default_definitions().alert_tests[0]
    own = OwnDefinitions(
        alerts=(Located(storage_errors_page, "alerts/a.py A", "own.alerts.a"),),
        dashboards=(Located(OVERVIEW, "dashboards/b.py B", "own.dashboards.b"),),
        alert_tests=(Located(test, "alerts/tests/c.py C", "own.alerts.tests.c"),),
        disabled=(Located(disabled(STORAGE, pages, REQUESTS, storage_errors_page), "alerts/d.py D", "own.alerts.d"),),
    )
    keys = (
        *("alert StorageErrors (page)", "alert StorageErrors (ticket)", "dashboard storage", "dashboard overviews"),
        *("panel overview/pages", "panel overviews/pages", "metric requests_total", "panel storage/calls_by_store"),
        f"alert test {test.module.rpartition('.')[2]}/{test.id}",
    )
    changes = [DefaultChange(key, "changed") for key in keys]
    assert [(where, change.key) for where, change in touched_overrides(own, changes)] == [
        ("alerts/a.py A", "alert StorageErrors (page)"),
        ("alerts/d.py D", "alert StorageErrors (page)"),
        ("alerts/d.py D", "dashboard storage"),
        ("alerts/d.py D", "panel storage/calls_by_store"),
        ("alerts/d.py D", "metric requests_total"),
        ("alerts/d.py D", "panel overview/pages"),
        ("alerts/tests/c.py C", keys[-1]),
        ("dashboards/b.py B", "panel overview/pages"),
    ]


def test_the_command_reports_changes_as_text_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Since the first version, another check of every ratio's minimum was not the only change."""
    assert main(["upgrade", "0.1.0"]) == 0
    first, *lines = capsys.readouterr().out.splitlines()
    changes = int(first.split()[-2])
    assert changes > 0
    assert lines[changes] == "your own definitions that they touch: 0"
    assert main(["upgrade", "0.1.0", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert len(document["changes"]) == changes
    assert document["touched"] == []


def test_an_unknown_version_is_a_problem(capsys: pytest.CaptureFixture[str]) -> None:
    """With exit status 2."""
    assert main(["upgrade", "0.1"]) == 2
    assert 'did you mean "0.1.0"?' in capsys.readouterr().err
