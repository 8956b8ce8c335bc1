"""The settings of alerts in a platform file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.config.durations import duration_of
from generator.config.receivers import team_of
from generator.config.yaml_tree import KeyPath
from generator.dsl.platform import AlertSettings
from generator.dsl.severity import Severity

ALERTS: KeyPath = ("alerts",)
SEVERITIES = {severity.value: severity for severity in Severity}


def alerts_of(document: Any) -> dict[tuple[str, Severity | None], AlertSettings]:
    """Return the settings of a valid document by name and declared severity, None where the name has only one."""
    teams = document["teams"]
    result: dict[tuple[str, Severity | None], AlertSettings] = {}
    for name, values in document.get("alerts", {}).items():
        common = {key: value for key, value in values.items() if key not in SEVERITIES}
        if common:
            result[name, None] = _settings(common, teams)
        for key, value in values.items():
            if key in SEVERITIES:
                result[name, SEVERITIES[key]] = _settings(value, teams)
    return result


def severity_names_of(document: Any) -> dict[Severity, str]:
    """Return the organisation's names of severities of a valid document, where it gives some."""
    return {SEVERITIES[severity]: name for severity, name in document.get("severities", {}).items()}


def _settings(values: Mapping[str, Any], teams: Mapping[str, Any]) -> AlertSettings:
    severity, owner, window, for_ = (values.get(key) for key in ("severity", "owner", "window", "for"))
    return AlertSettings(
        enabled=values.get("enabled", True),
        severity=SEVERITIES[severity] if severity else None,
        owner=team_of(owner, teams[owner]) if owner else None,
        labels=values.get("labels", {}),
        runbook_url=values.get("runbook_url", ""),
        window=duration_of(window) if window else None,
        for_=duration_of(for_) if for_ else None,
        except_routes=tuple(values.get("except_routes", ())),
    )
