"""Alerts as expressions with all that their annotations need."""

from __future__ import annotations

from dataclasses import dataclass

from generator.lang.alert import Alert
from generator.lang.condition import Compared, Condition, Lasting, Unpriced, labels_of
from generator.lang.derived import Forecast
from generator.lang.labels import Label
from generator.lang.limit import LimitPer
from generator.lang.measure import Measure
from generator.lang.promql import Expression
from generator.lang.units import Duration, Quantity, Unit
from generator.lower.condition import lowered
from generator.lower.reading import Reader


@dataclass(frozen=True)
class LoweredAlert:
    """An alerting rule as a tree. `labels` tell its alerts apart; `unit` is its value's; `threshold` and `window` are
    the first comparison's; `reach` is the longest time it looks back."""

    alert: Alert
    expression: Expression
    labels: tuple[Label, ...]
    unit: Unit | None
    threshold: Quantity | LimitPer | None
    window: Duration | None
    reach: Duration | None
    lasting: Duration | None
    owner: str


def lower_alert(reader: Reader, alert: Alert) -> LoweredAlert:
    """The rule that an alert's definition says. KeyError where the platform names no owner of its family."""
    said = alert.says(reader.platform)
    condition, duration = (said.condition, said.duration) if isinstance(said, Lasting) else (said, None)
    first = next(condition.comparisons(), None)
    measures = _measures(condition)
    windows = [window for measure in measures for window in _windows(measure)]
    return LoweredAlert(
        alert=alert,
        expression=lowered(reader, condition),
        labels=labels_of(condition),
        unit=measures[0].unit if measures else None,
        threshold=first.threshold if first else None,
        window=_windows(measures[0])[0] if windows else None,
        reach=max(windows, default=None),
        lasting=duration,
        owner=reader.platform.owners[alert.family].name,
    )


def _measures(condition: Condition) -> list[Measure]:
    if isinstance(condition, Unpriced):
        return [condition.measure]
    return [one.measure for one in condition.comparisons() if isinstance(one, Compared)]


def _windows(measure: Measure) -> list[Duration]:
    if isinstance(measure, Forecast):
        return [measure.whole]
    found = (getattr(leaf, "over", getattr(leaf, "within", None)) for leaf in measure.leaves())
    return [window for window in found if isinstance(window, Duration)]
