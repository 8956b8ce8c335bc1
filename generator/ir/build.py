"""A build in memory, before and after rendering."""

from __future__ import annotations

from collections.abc import Mapping

from generator.dsl.alert import Alert
from generator.dsl.definitions import Definitions
from generator.dsl.platform import CLASSIC, Platform
from generator.frozen import frozen
from generator.ir.dashboard import DashboardSpec
from generator.ir.links import PanelLink
from generator.ir.rule_files import RuleFile
from generator.ir.rules import AlertRule, RecordingRule
from generator.output import DASHBOARDS_FOLDER


@frozen
class Lowered:
    """The intermediate representation of a build. `panel_links` has each alert's link, by the alert's key. All
    durations are divided by `time_lapse`, those of evaluation where groups of rules are rendered."""

    platform: Platform
    definitions: Definitions
    recording_rules: tuple[RecordingRule, ...]
    alerts: tuple[AlertRule, ...]
    dashboards: tuple[DashboardSpec, ...]
    panel_links: Mapping[str, PanelLink | None]
    time_lapse: int = 1

    def link(self, alert: Alert) -> PanelLink | None:
        """The panel that an alert links to, if any."""
        return self.panel_links[alert.key]


@frozen
class Compiled:
    """A finished build: its intermediate representation, its rule files, and texts by the paths in `out/`. Dashboards
    in the classic model, which checks read, are among them also where the platform does not want them written."""

    lowered: Lowered
    files: tuple[RuleFile, ...]
    texts: Mapping[str, str]

    @property
    def written(self) -> Mapping[str, str]:
        """The texts of the files of `out/`."""
        if CLASSIC in self.lowered.platform.grafana.formats:
            return self.texts
        return {path: text for path, text in self.texts.items() if not path.startswith(DASHBOARDS_FOLDER)}
