"""OpenMetrics text of a simulation, in files that promtool converts to blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from generator.dsl.metrics import Gauge, Histogram, Metric
from generator.dsl.platform import Platform
from generator.dsl.server_counters import ServerCounter
from generator.verify.simulation.clock import Clock, Steps
from generator.verify.simulation.exported import emitted_metrics, exported_name, exported_series
from generator.verify.simulation.samples import StepRange, step_ranges
from generator.verify.simulation.simulation import Simulation

BLOCK_SECONDS = 7_200
"""The length of a Prometheus block: promtool reads a file once per block that it overlaps."""


def file_ranges(simulation: Simulation) -> tuple[StepRange, ...]:
    """Return the steps of each file: one file per Prometheus block."""
    return tuple(step_ranges(simulation.plan.timeline, BLOCK_SECONDS))


def openmetrics(simulation: Simulation, step_range: StepRange) -> Iterator[str]:
    """Yield the text of a file in pieces: every sample of a range of steps."""
    platform, clock = simulation.plan.platform, simulation.plan.clock
    groups = groupby(exported_series(simulation, step_range.steps), key=lambda group: group.metric)
    following = next(groups, None)
    for metric in emitted_metrics(simulation.plan):
        yield f"# TYPE {exported_name(metric, platform).removesuffix('_total')} {_type(metric, platform)}\n"
        if following and following[0] is metric:
            for group in following[1]:
                selectors = [_selector(name, labels) for name, labels in group.series]
                for selector, column in zip(selectors, group.columns.T, strict=True):
                    yield _lines(selector, clock, group.steps, column)
            following = next(groups, None)
    yield "# EOF\n"


def _type(metric: Metric | ServerCounter, platform: Platform) -> str:
    if isinstance(metric, Histogram):
        return "histogram"
    if isinstance(metric, Gauge):
        return "gauge"
    # OpenMetrics accepts only names that end with _total as counters.
    return "counter" if exported_name(metric, platform).endswith("_total") else "unknown"


def _selector(name: str, labels: Mapping[str, str]) -> str:
    pairs = ",".join(f'{label}="{_escaped(value)}"' for label, value in labels.items())
    return f"{name}{{{pairs}}}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _lines(series: str, clock: Clock, steps: Steps, values: NDArray[np.int64] | NDArray[np.float64]) -> str:
    """Render one line per step. For speed, all series with the same steps share one template."""
    template = _template(clock, steps.tobytes())
    return template.replace("\0", series.replace("%", "%%")) % tuple(values.tolist())


@lru_cache(maxsize=64)
def _template(clock: Clock, steps: bytes) -> str:
    return "".join(f"\0 %r {time}\n" for time in clock.times(np.frombuffer(steps, dtype=np.int64)).tolist())
