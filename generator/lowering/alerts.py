"""Alerts as expressions with all that their annotations need."""

from __future__ import annotations

from dataclasses import dataclass

from generator.dsl.alert import Alert
from generator.dsl.condition import Compared, Condition, Lasting, Unpriced, labels_of
from generator.dsl.derived import Forecast
from generator.dsl.labels import Label
from generator.dsl.limit import LimitPer
from generator.dsl.measure import Measure
from generator.dsl.units import Duration, Quantity, Unit
from generator.ir.expression import Expression
from generator.lowering.conditions import lowered
from generator.lowering.queries import Reader


@dataclass(frozen=True)
class LoweredAlert:
    """An alerting rule as a tree. `labels` tell its alerts apart; `unit` is its value's; `threshold` and `window` are
    the first comparison's; `reach` is the longest time it looks back; it is told once it was so for `lasting`, until it
    was not for `lingering`; `condition` is what `expression` was made of."""

    alert: Alert
    expression: Expression
    labels: tuple[Label, ...]
    unit: Unit | None
    threshold: Quantity | LimitPer | None
    window: Duration | None
    reach: Duration | None
    lasting: Duration | None
    lingering: Duration | None
    owner: str
    condition: Condition


def lower_alert(reader: Reader, alert: Alert) -> LoweredAlert:
    """The rule that an alert's definition says. Refuses what makes no sense, and a family that nobody owns."""
    said = alert.says(reader.platform)
    lasting = said if isinstance(said, Lasting) else None
    condition = said.condition if isinstance(said, Lasting) else said
    first = next(condition.comparisons(), None)
    measures = _measures(condition)
    reaches = [windows(measure) for measure in measures]
    return LoweredAlert(
        alert=alert,
        expression=lowered(reader, condition),
        labels=labels_of(condition),
        unit=measures[0].unit if measures else None,
        threshold=first.threshold if first else None,
        window=reaches[0][0] if reaches and reaches[0] else None,
        reach=max((window for each in reaches for window in each), default=None),
        lasting=lasting.duration if lasting else None,
        lingering=lasting.after if lasting else None,
        owner=reader.platform.owner_of(alert.family).name,
        condition=condition,
    )


def _measures(condition: Condition) -> list[Measure]:
    if isinstance(condition, Unpriced):
        return [condition.measure]
    return [one.measure for one in condition.comparisons() if isinstance(one, Compared)]


def windows(measure: Measure) -> list[Duration]:
    """The fixed windows that a measure is read over, the telling one first; a forecast's is what it is made for."""
    if isinstance(measure, Forecast):
        return [measure.whole]
    found = (getattr(leaf, "over", getattr(leaf, "within", None)) for leaf in measure.leaves())
    return [window for window in found if isinstance(window, Duration)]
