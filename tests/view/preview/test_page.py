"""The preview's own errors, and the day that it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.dsl.platform import Platform
from generator.errors import BuildError
from generator.view.preview import page
from generator.view.preview.day import shown_day


def test_without_node_the_cure_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is started where there is no Node."""
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(BuildError, match=r"Node\.js is not on the PATH; install Node\.js 20 or newer, with npm"):
        page.node()


def test_a_page_that_is_not_built_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The cure is a command."""
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/node")
    monkeypatch.setattr(page, "FOLDER", tmp_path)
    with pytest.raises(BuildError, match=r"the page is not built; run make preview-app"):
        page.node()


def test_what_the_server_says_is_passed_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A server that refuses to start (a port in use, no dashboards) says why, and leaves nothing behind."""
    refusing = tmp_path / "node"
    refusing.write_text("#!/bin/sh\necho 'preview: --port 80: already in use' >&2\nexit 2\n", encoding="utf-8")
    refusing.chmod(0o755)
    monkeypatch.setattr(page, "node", lambda: str(refusing))
    with pytest.raises(BuildError, match="--port 80: already in use"), page.served(tmp_path, "http://127.0.0.1:9", 80):
        pass


def test_the_shown_day_ends_in_trouble(platform: Platform) -> None:
    """Its last incident lasts to its end, so that there is something to see; all of them lie within the last hours."""
    plan = shown_day(platform)
    ends = [incident.start + incident.duration for incident in plan.incidents]
    assert max(ends) == plan.clock.length
    assert min(incident.start for incident in plan.incidents) >= plan.clock.length - 6 * 3600
