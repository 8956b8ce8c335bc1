"""Dashboards as specifications: queries lowered, colours decided, panels placed on the grid."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from contract import ALERTS_SERIES
from contract.labels import ALERTSTATE, SEVERITY, TENANT
from generator.definitions import attempt
from generator.dsl.alert import Alert
from generator.dsl.dashboard import Dashboard, Variable
from generator.dsl.labels import Matcher
from generator.dsl.platform import Platform, named_folder
from generator.errors import BuildError, DefinitionError, Problem, did_you_mean
from generator.frozen import frozen
from generator.ir.dashboard import (
    ANY_VALUE,
    AnnotationSpec,
    Colour,
    DashboardSpec,
    GridPosition,
    LinkSpec,
    PanelSpec,
    RowSpec,
    VariableSpec,
)
from generator.ir.expression import Binary, Call, Expression, GrafanaDuration, Selector
from generator.lowering.ids import PREFIX, panel_id, row_id, uid
from generator.lowering.layout import placed
from generator.lowering.metric_labels import variable_sources
from generator.lowering.panel_context import PanelContext
from generator.lowering.panels import lower_panel
from generator.lowering.queries import QueryLowering
from generator.lowering.recording_rules import RecordingRules
from generator.lowering.related_filter import related_filters
from generator.lowering.tenant_filter import ALL_TENANTS

ROW_TITLE_HEIGHT = 1
UNPLACED = GridPosition(0, 0, 1, 1)
ANNOTATION_TITLE = "{{alertname}}"
ANNOTATION_TEXT = "{{tenant_id}} {{route}} {{model}} {{store}} {{service}}"


@frozen
class DashboardLowering:
    """Lowers the dashboards of a build, which link to one another and show the thresholds of its alerts."""

    platform: Platform
    dashboards: Sequence[Dashboard]
    rules: RecordingRules
    alerts: Sequence[Alert] = ()

    def lower(self, dashboard: Dashboard) -> DashboardSpec:
        """The specification of a dashboard. Raises BuildError with the problems of all panels, each with its place."""
        links = [(other.title, self.uid(other.id)) for other in self.dashboards if other.id != dashboard.id]
        return DashboardSpec(
            id=dashboard.id,
            uid=self.uid(dashboard.id),
            title=f"{self.owner} / {dashboard.title}",
            description=dashboard.description,
            tags=tuple(dict.fromkeys((PREFIX, *dashboard.tags))),
            variables=(*map(self._variable, dashboard.variables), *map(self._variable, self._added(dashboard))),
            annotations=alert_annotations(dashboard),
            links=tuple(links),
            rows=self._rows(dashboard),
            data_source=self.platform.grafana.data_source_uid,
            data_source_name=self.platform.grafana.data_source_name,
        )

    @property
    def owner(self) -> str:
        """Whose the dashboards are: the title of their folder, and the platform's name as in their UIDs."""
        return named_folder(self.platform.grafana.folder, self.platform.name, self.platform.cluster)

    def uid(self, dashboard: str) -> str:
        """The UID of a dashboard, by its id."""
        return uid(self.platform.name, dashboard, self.platform.cluster)

    def link(self, source: Dashboard, dashboard: str, variable: str) -> LinkSpec:
        """The link that opens a dashboard with a value for a template variable, and with the other filters that both
        dashboards have. Raises DefinitionError for a dashboard that does not exist."""
        by_id = {each.id: each for each in self.dashboards}
        if dashboard not in by_id:
            raise DefinitionError(f'there is no dashboard "{dashboard}"', did_you_mean(dashboard, by_id))
        own_names, linked_names = (
            [each.label.variable for each in (*board.variables, *self._added(board))]
            for board in (source, by_id[dashboard])
        )
        kept = tuple(name for name in own_names if name in linked_names and name != variable)
        return LinkSpec(f"/d/{self.uid(dashboard)}?var-{variable}=", kept)

    def _variable(self, variable: Variable) -> VariableSpec:
        current = "" if variable.multi else (self.platform.tenants or ("",))[0]
        source = Selector(variable.metric.names()[0])
        name = variable.label.variable
        every = ALL_TENANTS if variable.label == TENANT else ANY_VALUE
        return VariableSpec(name, name.title(), variable.label, source, variable.multi, current, every)

    def _added(self, dashboard: Dashboard) -> tuple[Variable, ...]:
        """The variables of the platform's labels that filter panels of a dashboard."""
        sources = variable_sources(dashboard, self.platform, self.rules.contract)
        return tuple(Variable(label, metric) for label, metric in sources.items())

    def _rows(self, dashboard: Dashboard) -> tuple[RowSpec, ...]:
        context = PanelContext(
            QueryLowering(self.platform, self.rules, for_dashboard=True),
            tuple(variable.label for variable in dashboard.variables),
            partial(self.link, dashboard),
            tuple(variable.label for variable in dashboard.variables if not variable.multi),
            self.alerts,
            tuple(variable.label for variable in self._added(dashboard)),
            any(variable.label == TENANT and variable.multi for variable in dashboard.variables),
            related_filters(dashboard.variables),
        )
        rows: list[RowSpec] = []
        problems: list[Problem] = []
        y = 0
        for row in dashboard.rows:
            specs: list[PanelSpec] = []
            for panel in row.panels:
                lower = partial(lower_panel, context, panel, UNPLACED, panel_id(dashboard.id, panel.id))
                if (spec := attempt(lower, problems, panel.where)) is not None:
                    specs.append(spec)
            panels = placed(row, specs, y + ROW_TITLE_HEIGHT) if len(specs) == len(row.panels) else ()
            rows.append(RowSpec(row_id(dashboard.id, row.key), row.title, y, panels))
            y = max((panel.position.y + panel.position.height for panel in panels), default=y)
        if problems:
            raise BuildError(problems)
        return tuple(rows)


def alert_annotations(dashboard: Dashboard) -> tuple[AnnotationSpec, ...]:
    """An annotation where an alert starts to fire; on the dashboard of one tenant, those of the tenant and those
    without a tenant.

    Only the start: an incident fires many alerts, and their overlapping regions would hide the series.
    """
    tenant = tuple(
        TENANT.matches_variable(or_absent=True)
        for variable in dashboard.variables
        if variable.label == TENANT and not variable.multi
    )
    return tuple(
        AnnotationSpec(
            name,
            _starts((ALERTSTATE.is_("firing"), SEVERITY.is_(severity), *tenant)),
            ANNOTATION_TITLE,
            ANNOTATION_TEXT,
            colour,
        )
        for name, severity, colour in (("Pages", "page", Colour.CRITICAL), ("Tickets", "ticket", Colour.WARNING))
    )


def _starts(matchers: tuple[Matcher, ...]) -> Expression:
    """True in the step in which an alert starts to fire: it fired within the step, and not at the step's start."""
    fired = Call("max_over_time", (Selector(ALERTS_SERIES, matchers, GrafanaDuration.INTERVAL),))
    return Binary("unless", fired, Selector(ALERTS_SERIES, matchers, offset=GrafanaDuration.INTERVAL))
