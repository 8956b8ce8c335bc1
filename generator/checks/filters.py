"""A check of template variables: a panel that a variable does not filter says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from contract.labels import ROUTE, SERVICE
from generator.check import check
from generator.checks.stages import LOWERED
from generator.dsl.dashboard import Dashboard, Freshness, Table, Variable, Visualization
from generator.dsl.labels import Label
from generator.dsl.panel_text import queries_of
from generator.dsl.query import MetricQuery, Query
from generator.errors import Problem
from generator.ir.build import Lowered

EXAMPLE = '''
    @panel("{title}", id="pages")
    def pages(platform: Platform) -> Stat:
        """Number of firing alerts with severity page."""
        return Stat(ALERTS.firing("page"))


    DASHBOARD = Dashboard(
        "example", "Example", "Is it healthy?", (Variable(ROUTE, REQUESTS),), (Row("Now", (pages,)),), ()
    )
'''


@check(
    "dashboard/ignored-variable",
    stage=LOWERED,
    language="python",
    bad=EXAMPLE.replace("{title}", "Pages firing"),
    good=EXAMPLE.replace("{title}", "Pages firing, all routes"),
    message='the variable of route does not filter it, and neither its title nor that of its row "Now" says so; '
    'name "all routes" or "platform" in one of the two, or filter its queries',
)
def titles_name_ignored_variables(lowered: Lowered) -> Iterator[Problem]:
    """A panel is filtered by every variable of its dashboard, or its title, its column or its row says that it is not.

    A reader who selects a route reads the number of a panel as that of the route. A panel of the whole platform, or of
    all routes, looks the same unless a title says so. All routes are those of all services. A variable that filters
    `through` other labels filters the metrics that have these.
    """
    for dashboard in lowered.definitions.dashboards:
        for row in dashboard.rows:
            for panel in row.panels:
                for title, queries in _titled(panel.title, panel.build(lowered.platform)):
                    ignored = _ignored(dashboard, queries)
                    texts = (row.title, panel.title, title)
                    if missing := [label for label in ignored if not _is_named(label, texts)]:
                        yield _problem(panel.where, missing, row.title)


def _titled(title: str, visualization: Visualization) -> Iterator[tuple[str, Iterable[Query]]]:
    """The queries of a panel with the title of their column, or of the panel."""
    match visualization:
        case Table(columns=columns):
            yield from ((column.title, (column.query,)) for column in columns)
        case Freshness(query=query):
            yield title, (query.filtered_by(),)
        case _:
            yield title, tuple(queries_of(visualization))


def _ignored(dashboard: Dashboard, queries: Iterable[Query]) -> list[Label]:
    """The labels of a dashboard's variables that do not filter all queries."""
    read = [each for query in queries for each in query.metric_queries()]
    return [variable.label for variable in dashboard.variables if not all(_filters(variable, each) for each in read)]


def _filters(variable: Variable, query: MetricQuery) -> bool:
    """Whether a variable filters a query as it is defined: a project's own metric of a default name may leave the label
    out, and nobody could rename the default panel."""
    is_asked_for = query.filters is None or variable.label in query.filters
    return is_asked_for and variable.filters(query.metric.labels)


def _is_named(label: Label, texts: Iterable[str]) -> bool:
    names = (label.plural, ROUTE.plural) if label == SERVICE else (label.plural,)
    return any(
        re.search(rf"\ball\b.*\b{re.escape(name)}\b|\bplatform\b", text, re.IGNORECASE)
        for text in texts
        for name in names
    )


def _problem(where: str, labels: list[Label], row: str) -> Problem:
    names = " and ".join(label.variable for label in labels)
    plurals = " and ".join(label.plural for label in labels)
    variables = "the variable of" if len(labels) == 1 else "the variables of"
    verb = "does" if len(labels) == 1 else "do"
    what = f'{variables} {names} {verb} not filter it, and neither its title nor that of its row "{row}" says so'
    return Problem(where, what, f'name "all {plurals}" or "platform" in one of the two, or filter its queries')
