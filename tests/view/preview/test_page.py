"""The errors of the page's server, and the incidents of the simulated day."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.dsl.platform import Platform
from generator.errors import BuildError
from generator.view.preview import page
from generator.view.preview.simulated_day import VISIBLE_SECONDS, simulated_day
from tests.external.programs import program


def test_a_missing_node_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to install; nothing is started."""
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(BuildError, match=r"Node\.js is not on the PATH; install Node\.js 20 or newer, with npm"):
        page.find_node()


def test_a_page_that_is_not_built_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The hint is a command."""
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/node")
    monkeypatch.setattr(page, "PREVIEW_FOLDER", tmp_path)
    with pytest.raises(BuildError, match=r"the page is not built; run make preview-app"):
        page.find_node()


def test_the_message_of_the_server_is_passed_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A server that does not start (a port in use, no dashboards) prints why."""
    node = program(tmp_path / "node", "echo 'preview: --port 80: already in use' >&2; exit 2")
    monkeypatch.setattr(page, "find_node", lambda: str(node))
    with (
        pytest.raises(BuildError, match="--port 80: already in use"),
        page.serve_page(tmp_path, "http://127.0.0.1:9", 80),
    ):
        pass


def test_the_simulated_day_ends_with_an_incident(platform: Platform) -> None:
    """The last incident lasts until the end, so that alerts fire; all of them are in the visible hours."""
    plan = simulated_day(platform)
    ends = [incident.start + incident.duration for incident in plan.incidents]
    assert max(ends) == plan.clock.length
    assert min(incident.start for incident in plan.incidents) >= plan.clock.length - VISIBLE_SECONDS


def test_an_installed_package_without_the_page_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`make preview-app` would not help: the hint names what has the page."""
    monkeypatch.setattr(page, "PREVIEW_FOLDER", tmp_path / "preview")
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}")
    with pytest.raises(BuildError, match="does not have the page; install the package from a clone"):
        page.find_node()
