"""Dashboards laid out: every panel's queries read, its colours decided, its place on the grid found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from contract import ALERTS_SERIES
from contract.labels import ALERTSTATE, SEVERITY, TENANT
from generator.definitions import attempt
from generator.dsl.dashboard import Dashboard, Pick, Row
from generator.dsl.labels import Matcher
from generator.dsl.platform import Platform
from generator.errors import BuildError, DefinitionError, Problem
from generator.ir.dashboard import Annotation, Colour, Drawn, DrawnPanel, DrawnRow, Place, Variable
from generator.ir.expression import Binary, Call, Dynamic, Expression, Selector
from generator.lowering.ids import panel_id, uid
from generator.lowering.panels import Sheet, draw
from generator.lowering.queries import Reader
from generator.lowering.recording_rules import Ledger

WIDTH = 24
HEADING = 1
TITLE = "{{alertname}}"
WHOM = "{{tenant_id}} {{route}} {{model}} {{store}} {{service}}"


@dataclass(frozen=True)
class Wall:
    """All dashboards of a build, by name, so that one can lead to another."""

    platform: Platform
    dashboards: Sequence[Dashboard]
    ledger: Ledger

    def draw(self, dashboard: Dashboard) -> Drawn:
        """A dashboard, ready to be written. Faults: all panels that cannot be read, each with its place."""
        others = [(one.title, self.uid(one.name)) for one in self.dashboards if one.name != dashboard.name]
        return Drawn(
            name=dashboard.name,
            uid=self.uid(dashboard.name),
            title=dashboard.title,
            description=dashboard.question,
            tags=dashboard.tags,
            variables=tuple(self._variable(pick) for pick in dashboard.picks),
            annotations=marks(dashboard),
            links=tuple(others),
            rows=self._rows(dashboard),
        )

    def uid(self, name: str) -> str:
        """The UID of a dashboard of this platform."""
        return uid(self.platform.name, name)

    def opens(self, name: str, variable: str) -> str:
        """The path at Grafana that opens a dashboard with a variable to be filled. Refuses a dashboard there is not."""
        known = [one.name for one in self.dashboards]
        if name not in known:
            raise DefinitionError(f'there is no dashboard "{name}"', f"open one of {', '.join(known)}")
        return f"/d/{self.uid(name)}?var-{variable}="

    def _variable(self, pick: Pick) -> Variable:
        first = "" if pick.several else (self.platform.tenants or ("",))[0]
        source = Selector(pick.of.names()[0])
        return Variable(pick.label.variable, pick.label.variable.title(), pick.label, source, pick.several, first)

    def _rows(self, dashboard: Dashboard) -> tuple[DrawnRow, ...]:
        reader = Reader(self.platform, self.ledger, fill=True)
        same = tuple(pick.label for pick in dashboard.picks if not pick.several)
        sheet = Sheet(reader, tuple(pick.label for pick in dashboard.picks), self.opens, same)
        rows: list[DrawnRow] = []
        problems: list[Problem] = []
        y = 0
        for row in dashboard.rows:
            panels: list[DrawnPanel] = []
            for panel, place in zip(row.panels, places(row, y + HEADING), strict=True):
                made = partial(draw, sheet, panel, place, panel_id(dashboard.name, panel.name))
                if (drawn := attempt(made, problems, panel.where)) is not None:
                    panels.append(drawn)
            rows.append(DrawnRow(panel_id(dashboard.name, f"row {row.title}"), row.title, y, tuple(panels)))
            y += HEADING + row.height
        if problems:
            raise BuildError(problems)
        return tuple(rows)


def places(row: Row, y: int) -> list[Place]:
    """Where the panels of a row stand. Refuses widths that do not fill the page."""
    count = len(row.panels)
    widths = row.widths or tuple(WIDTH // count + (index < WIDTH % count) for index in range(count))
    if len(widths) != count or sum(widths) != WIDTH:
        raise DefinitionError(
            f'the widths of row "{row.title}" are {widths} for {count} panels', f"let them add up to {WIDTH}"
        )
    return [Place(sum(widths[:index]), y, width, row.height) for index, width in enumerate(widths)]


def marks(dashboard: Dashboard) -> tuple[Annotation, ...]:
    """A mark where an alert begins to fire; on the dashboard of one tenant, its own and those of all tenants together.

    Only the beginning: an incident fires many alerts, and their durations, one over the other, would hide the lines.
    """
    narrowed = tuple(
        TENANT.picked(absent=True) for pick in dashboard.picks if pick.label == TENANT and not pick.several
    )
    return tuple(
        Annotation(name, _beginning((ALERTSTATE.is_("firing"), SEVERITY.is_(severity), *narrowed)), TITLE, WHOM, colour)
        for name, severity, colour in (("Pages", "page", Colour.BAD), ("Tickets", "ticket", Colour.WARN))
    )


def _beginning(matchers: tuple[Matcher, ...]) -> Expression:
    """What fired within a step of the marks, and not at its start. Grafana asks for marks in a hundred steps, however
    long it shows."""
    within = Call("max_over_time", (Selector(ALERTS_SERIES, matchers, Dynamic.INTERVAL),))
    return Binary("unless", within, Selector(ALERTS_SERIES, matchers, before=Dynamic.INTERVAL))
