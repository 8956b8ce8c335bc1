"""Routing is declared in `alerts/routing.py`: the generator does not depend on which alerts exist."""

from __future__ import annotations

import re
from pathlib import Path

from contract import WATCHDOG
from generator.definitions import load_definitions

EXPECTED_ALERTS = Path("generator/verify/backtest/cases.py")
"""The back-tests name the alerts that they expect."""


def test_the_generator_names_no_alert(root: Path) -> None:
    """No source or template of the generator has the name of an alert, except that of the contract's Watchdog."""
    names = {alert.name for alert in load_definitions().alerts} - {WATCHDOG}
    pattern = re.compile(rf"\b({'|'.join(sorted(names))})\b")
    files = sorted(path for ending in ("py", "j2") for path in (root / "generator").rglob(f"*.{ending}"))
    assert files
    found = {
        f"{path.relative_to(root)}: {match[0]}"
        for path in files
        if path.relative_to(root) != EXPECTED_ALERTS
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    }
    assert found == set()


def test_the_routing_module_is_not_a_family() -> None:
    """The alerts that `alerts/routing.py` imports belong to their own families, and each alert is defined once."""
    alerts = load_definitions().alerts
    assert "routing" not in {alert.family for alert in alerts}
    assert len({alert.key for alert in alerts}) == len(alerts)
