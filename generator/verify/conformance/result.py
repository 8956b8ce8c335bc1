"""What a run has established: queries, queries without data, links and failures, as text and as JSON data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from generator.frozen import frozen
from generator.reporting import MAX_SHOWN


@frozen
class ConformanceFailure:
    """Something in which Grafana differs from what was sent, or an answer that is an error: the dashboard, the panel,
    variable or alert, the selected variables (empty: none are involved), and the reason."""

    dashboard: str
    place: str
    variables: str
    reason: str

    def __str__(self) -> str:
        variables = f" ({self.variables})" if self.variables else ""
        return f"{self.dashboard} / {self.place}{variables}: {self.reason}"


@frozen
class EmptyAnswer:
    """A query without data, which may be right: the dashboard, the panel, the query's refId and the variables."""

    dashboard: str
    place: str
    query: str
    variables: str


@dataclass
class ConformanceResult:
    """The result of a run, which grows while it runs."""

    url: str
    version: str = ""
    data_source: str = ""
    dashboards: list[str] = field(default_factory=list)
    queries: int = 0
    links: int = 0
    empty: list[EmptyAnswer] = field(default_factory=list)
    untried: list[str] = field(default_factory=list)
    failures: list[ConformanceFailure] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    @property
    def has_begun(self) -> bool:
        """Whether anything was compared."""
        return bool(self.dashboards or self.failures)

    def data(self) -> dict[str, object]:
        """The result as JSON data."""
        return {
            "url": self.url,
            "grafana": self.version or None,
            "data_source": self.data_source or None,
            "dashboards": [*self.dashboards],
            "queries": self.queries,
            "empty": [vars_of(each) for each in self.empty],
            "links": self.links,
            "untried": [*self.untried],
            "failures": [vars_of(each) for each in self.failures],
            "left": [*self.left],
        }

    def lines(self, show_all: bool = False) -> Iterator[str]:
        """The result for people: what failed (without `show_all` the first 50), what has no data, and the numbers."""
        shown = self.failures[: None if show_all else MAX_SHOWN]
        for failure in shown:
            yield f"FAILED {failure}"
        if len(shown) < len(self.failures):
            yield f"{len(shown)} of {len(self.failures)} failures shown; --all shows all"
        counts = Counter((each.dashboard, each.place) for each in self.empty)
        for (dashboard, place), count in counts.items():
            yield f"no data: {dashboard} / {place}: {count} {'query' if count == 1 else 'queries'}"
        for each in self.untried:
            yield f"not tried: {each}"
        yield (
            f"{self.url}: Grafana {self.version or '(version hidden)'}, {len(self.dashboards)} dashboards, "
            f"{self.queries} queries, {len(self.empty)} of them without data, {self.links} links of alerts, "
            f"{len(self.failures)} {'failure' if len(self.failures) == 1 else 'failures'}"
        )


def vars_of(item: ConformanceFailure | EmptyAnswer) -> dict[str, str]:
    """The fields of a part of the result."""
    return dict(vars(item))
