"""Prometheus' `increase` in MetricsQL: from the first sample in the window, extrapolated to the window's ends.

By Prometheus' `extrapolatedRate`: the increase between the first and the last sample is of the time between them. It is
extended to an end of the window that is nearer than 1.1 of the mean distance between samples, and else by half of that
distance. At the start it is extended at most to where the counter was zero, at its pace.
"""

from __future__ import annotations

import re

from generator.verify.replay.stages import parse_duration

WITHOUT_EXTRAPOLATION = "increase_prometheus"
INCREASE = re.compile(
    r"""\bincrease\(
    (?P<range>(?:[^()\[\]"]|"(?:[^"\\]|\\.)*")*   # a selector, in whose strings brackets may be
    \[(?P<window>\w+)\](?:\ offset\ (?P<offset>\w+))?)
    \)""",
    re.VERBOSE,
)
EXTRAPOLATED = """((WITH (
  if_below(value, limit, then, otherwise) = (value < bool limit) * then + (value >= bool limit) * otherwise,
  samples = {range}, increased = increase_prometheus(samples),
  first = tfirst_over_time(samples), last = tlast_over_time(samples), sampled = last - first,
  distance = sampled / (count_over_time(samples) - 1),
  until = time() - {offset}, before = first - (until - {window}), after = until - last,
  to_start = if_below(before, 1.1 * distance, before, distance / 2),
  to_end = if_below(after, 1.1 * distance, after, distance / 2),
  to_zero = sampled * first_over_time(samples) / increased
) (increased > 0) * (sampled + if_below(to_zero, to_start, to_zero, to_start) + to_end) / sampled or increased))"""


def from_the_first_sample(expression: str) -> str:
    """An expression whose increases begin with the first sample in the window, as in Prometheus, and are not
    extrapolated."""
    return re.sub(r"\bincrease\(", f"{WITHOUT_EXTRAPOLATION}(", expression)


def extrapolated(expression: str) -> str:
    """An expression whose increases are those of Prometheus."""
    return INCREASE.sub(_extrapolated, expression)


def _extrapolated(increase: re.Match[str]) -> str:
    window, offset = (parse_duration(increase[name] or "") for name in ("window", "offset"))
    return EXTRAPOLATED.format(range=increase["range"], window=f"{window:g}", offset=f"{offset:g}")
