"""Recording and alerting rules as trees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from generator.dsl.alert import Alert
from generator.dsl.chance import TooManyToBeChance
from generator.dsl.labels import Label
from generator.dsl.query import Condition, ThresholdSeries
from generator.dsl.query_parts import same_for_all
from generator.dsl.severity import Severity, name_of
from generator.dsl.units import Duration, Quantity, Unit, minutes, seconds
from generator.frozen import frozen
from generator.ir.expression import Expression, is_constant, series_names

BASE_WINDOW = minutes(5)
"""The window over which increases are recorded; longer windows are summed from these."""
FAST_INTERVAL = seconds(30)
"""The evaluation interval of alerts and of the series that they read."""
SLOW_INTERVAL = minutes(2)
"""The evaluation interval of windows of hours and days. It is shorter than the look-back delta of 5 minutes, so that
their series never go stale between two evaluations."""
GROWTH_INTERVAL = BASE_WINDOW
"""The evaluation interval of growth, which is read over windows of hours and days alone: its series are stale between
two evaluations."""


def min_step(sample_interval: Duration) -> Duration:
    """The minimum step of a graph, by the time between two samples of a series.

    Grafana's `$__rate_interval` is at least four times it: a rate needs two samples even when one is late. It holds two
    samples of recorded series, too.
    """
    return max(sample_interval, seconds(FAST_INTERVAL.seconds // 2))


@frozen
class RecordingRule:
    """A recording rule. `labels` are those of its series, `static_labels` those that the rule sets itself, `area` the
    part of the contract that its file is named after; rules of a smaller `depth` are evaluated first.
    """

    name: str
    labels: tuple[Label, ...]
    expression: Expression
    area: str
    static_labels: tuple[tuple[Label, str], ...] = ()
    depth: int = 0
    interval: Duration = FAST_INTERVAL

    @property
    def key(self) -> tuple[int, str, tuple[str, ...]]:
        """The sort key: rules come after those that they read, then by name and static labels."""
        return (self.depth, self.name, tuple(value for _, value in self.static_labels))

    @property
    def is_constant(self) -> bool:
        """Whether the rule records a number and reads no series."""
        return is_constant(self.expression)


@frozen
class AnnotationQuery:
    """A query that an annotation makes when the alert fires. Matchers with variables select the alert's labels."""

    expression: Expression
    unit: Unit


@frozen
class AlertRule:
    """An alerting rule. `labels` are those that its expression is grouped by; `unit` is that of its value; `threshold`
    and `window` are those of the first comparison; all three are None where alternatives of a condition differ in them
    (`|`). `lookback` is the longest time that the expression looks back; `condition` is what `expression` was lowered
    from; `values` fill the alert's own placeholders; `link_start` queries where the time range of its link begins, in
    milliseconds since 1970, if the alert began before the usual range; `extra_labels` are those that the platform adds,
    `severity_names` its names of severities.
    """

    alert: Alert
    expression: Expression
    labels: tuple[Label, ...]
    unit: Unit | None
    threshold: Quantity | ThresholdSeries | None
    window: Duration | None
    lookback: Duration | None
    for_: Duration | None
    keep_firing_for: Duration | None
    owner: str
    runbook_url: str
    condition: Condition
    values: Mapping[str, AnnotationQuery | Quantity | Duration] = field(default_factory=dict)
    link_start: Expression | None = None
    extra_labels: Mapping[str, str] = field(default_factory=dict)
    severity_names: Mapping[Severity, str] = field(default_factory=dict)

    @property
    def value_names_window(self) -> bool:
        """Whether the value of the alert says over which window it is, as that of a condition with several windows."""
        return isinstance(self.condition, TooManyToBeChance)

    @property
    def static_labels(self) -> Mapping[str, str]:
        """The labels that the rule sets itself."""
        return {"severity": self.severity_name, "owner": self.owner, **self.extra_labels}

    @property
    def severity_name(self) -> str:
        """The value of the label `severity`."""
        return name_of(self.alert.severity, self.severity_names)

    @property
    def labelled_threshold(self) -> ThresholdSeries | None:
        """The threshold that is a label of its alerts, because it differs by label value: an annotation that queried it
        would do so for every alert at every evaluation."""
        threshold = self.threshold
        return threshold if isinstance(threshold, ThresholdSeries) and same_for_all(threshold.table) is None else None

    @property
    def reads(self) -> frozenset[str]:
        """The names of the series that the expression and the texts of the annotations read."""
        expressions = (self.expression, *(value.expression for value in self.queries.values()))
        of_threshold = {self.threshold.series} if isinstance(self.threshold, ThresholdSeries) else set()
        return frozenset(of_threshold.union(*map(series_names, expressions)))

    @property
    def queries(self) -> Mapping[str, AnnotationQuery]:
        """The queries of its annotations, by the placeholders that they fill."""
        return {name: value for name, value in self.values.items() if isinstance(value, AnnotationQuery)}
