"""The dashboards of a platform without the rest of a build: no rules, alert tests or checks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from generator.config.load import load
from generator.definitions import load_definitions
from generator.lowering.alert_settings import alerts_of_prometheus, with_alert_settings, without_alerts
from generator.lowering.lower import lower
from generator.rendering import grafana


def dashboard_texts(platform_file: Path) -> dict[str, str]:
    """The JSON of the dashboards alone, by their ids. Raises BuildError with all problems of the first step that has
    any; those that only the checks of a build find are not among them."""
    platform, definitions = load(platform_file), load_definitions()
    platform = without_alerts(platform, [*definitions.disabled_alerts, *alerts_of_prometheus(platform, definitions)])
    # Tests are of no dashboard, and building their scenarios is half of lowering.
    definitions = replace(definitions, alert_tests=(), not_applicable=())
    return grafana.dashboards(lower(platform, with_alert_settings(platform, definitions)).dashboards)
