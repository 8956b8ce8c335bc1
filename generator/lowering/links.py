"""Where alerts lead: the panel on which an alert's trouble can be seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.dsl.alert import Alert
from generator.dsl.dashboard import Dashboard
from generator.dsl.labels import Label
from generator.dsl.platform import Platform
from generator.errors import DefinitionError, did_you_mean
from generator.lowering.ids import panel_id, uid


@dataclass(frozen=True)
class Target:
    """A panel of a dashboard, and the variables that an alert's labels fill: each label's name, and the variable's."""

    dashboard: Dashboard
    uid: str
    panel: int
    title: str
    variables: tuple[tuple[str, str], ...]


def target(platform: Platform, dashboards: Sequence[Dashboard], alert: Alert, labels: Sequence[Label]) -> Target | None:
    """Where an alert leads; None for one that leads nowhere. Refuses a dashboard or a panel there is not, and a
    variable that must be one value and that the alert's labels do not give."""
    if not alert.panel:
        return None
    name, _, panel = alert.panel.partition("/")
    boards = {board.name: board for board in dashboards}
    if name not in boards:
        raise DefinitionError(f'{alert.name} leads to the dashboard "{name}"', did_you_mean(name, boards))
    board = boards[name]
    panels = {each.name: each for row in board.rows for each in row.panels}
    if panel not in panels:
        raise DefinitionError(f'{alert.name} leads to the panel "{alert.panel}"', did_you_mean(panel, panels))
    told = {label.name for label in labels}
    for pick in board.picks:
        if not pick.several and pick.label.name not in told:
            hint = f"tell it by {pick.label.name}, or lead elsewhere"
            raise DefinitionError(f"{alert.name} leads to {board.title}, which needs a {pick.label.variable}", hint)
    variables = tuple((pick.label.name, pick.label.variable) for pick in board.picks if pick.label.name in told)
    return Target(board, uid(platform.name, name), panel_id(name, panel), panels[panel].title, variables)
