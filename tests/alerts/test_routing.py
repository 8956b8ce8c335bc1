"""Routing is declared in `alerts/routing.py`: the generator does not depend on which alerts exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from contract import WATCHDOG
from generator.definitions import load_definitions
from generator.errors import BuildError

SAMPLES = ("generator/checks/",)
"""The examples of the checks name alerts."""


def test_the_generator_names_no_alert(root: Path) -> None:
    """No source or template of the generator has the name of an alert, except that of the contract's Watchdog."""
    names = {alert.name for alert in load_definitions().alerts} - {WATCHDOG}
    pattern = re.compile(rf"\b({'|'.join(sorted(names))})\b")
    files = sorted(path for ending in ("py", "j2") for path in (root / "generator").rglob(f"*.{ending}"))
    sources = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in files}
    named = {
        f"{name}: {match[0]}"
        for name, text in sources.items()
        if not name.startswith(SAMPLES)
        for match in pattern.finditer(text)
    }
    assert sources
    assert named == set()


def test_the_routing_module_is_not_a_family() -> None:
    """The alerts that `alerts/routing.py` imports belong to their own families, and each alert is defined once."""
    alerts = load_definitions().alerts
    assert "routing" not in {alert.family for alert in alerts}
    assert len({alert.key for alert in alerts}) == len(alerts)


def test_a_missing_routing_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    """A project without ROUTING gets an error with the line to add."""
    monkeypatch.delattr("alerts.routing.ROUTING")
    with pytest.raises(BuildError) as caught:
        load_definitions()
    assert [str(problem) for problem in caught.value.problems] == [
        "alerts/routing.py: it defines no ROUTING; add ROUTING = Routing(…)."
    ]
