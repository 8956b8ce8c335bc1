"""Counters of Prometheus and Alertmanager about themselves, and how much they grow: the health of what alerts."""

from __future__ import annotations

from dataclasses import replace

from generator.dsl.arguments import require_duration
from generator.dsl.built_in import BuiltIn
from generator.dsl.query import MetricQuery
from generator.dsl.units import Duration, Unit
from generator.frozen import frozen


@frozen(kw_only=True)
class ServerCounter(BuiltIn):
    """A counter of Prometheus or Alertmanager about itself, which Prometheus scrapes; its name has no prefix. `server`
    is whose it is, `unit` what it counts."""

    server: str
    unit: Unit

    def increase(self, window: Duration) -> ServerIncrease:
        """The increase over a window, read from the counter itself: rules that fail record nothing."""
        require_duration(window, ".increase(…)")
        return ServerIncrease(metric=self, window=window)


@frozen(eq=False, kw_only=True)
class ServerIncrease(MetricQuery):
    """The increase of a server's counter over a window."""

    metric: ServerCounter
    window: Duration

    @property
    def unit(self) -> Unit:
        return self.metric.unit

    @property
    def fixed_window(self) -> Duration | None:
        return self.window

    def over(self, window: Duration) -> MetricQuery:
        return replace(self, window=window)
