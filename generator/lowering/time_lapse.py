"""A build whose durations are all divided by one factor: an outage of hours happens in minutes, for tests.

Windows, waits and intervals become shorter, of rules, panels, Prometheus and Alertmanager alike. Names of recorded
series do not change (`…:increase5m` is then the increase of ten seconds), so that rules and dashboards still select the
same series; thresholds, labels and texts do not change either. Alert tests are left out: their series are not shorter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import partial
from math import gcd
from typing import Any, TypeVar

from generator.dsl.stops import StopsComing
from generator.dsl.units import Duration
from generator.errors import BuildError, Problem
from generator.ir.build import Lowered
from generator.ir.dashboard import PanelSpec
from generator.ir.rules import FAST_INTERVAL, GROWTH_INTERVAL, SLOW_INTERVAL

T = TypeVar("T")
OPTION = "--time-lapse"


def with_time_lapse(lowered: Lowered, factor: int) -> Lowered:
    """The build with every duration divided by `factor`. Raises BuildError where it does not divide all of them."""
    if factor == 1:
        return lowered
    routing, platform = lowered.definitions.routing, lowered.platform
    routes = routing.page, routing.ticket, routing.watchdog
    intervals = platform.push_interval, platform.scrape_interval, FAST_INTERVAL, SLOW_INTERVAL, GROWTH_INTERVAL
    expressions = [rule.expression for rule in lowered.recording_rules]
    _require_divisor(factor, {*_durations((lowered.alerts, expressions, lowered.dashboards, routes, intervals))})
    page, ticket, watchdog = shorter(routes, factor)
    routing = replace(routing, page=page, ticket=ticket, watchdog=watchdog)
    return replace(
        lowered,
        # The evaluation interval, by which rules are grouped, is divided where groups are rendered.
        recording_rules=tuple(
            replace(rule, expression=shorter(rule.expression, factor)) for rule in lowered.recording_rules
        ),
        alerts=shorter(lowered.alerts, factor),
        dashboards=shorter(lowered.dashboards, factor),
        definitions=replace(lowered.definitions, routing=routing, alert_tests=()),
        time_lapse=factor,
    )


def _require_divisor(factor: int, durations: set[Duration]) -> None:
    seconds = gcd(*(duration.seconds for duration in durations))
    if factor > 0 and seconds % factor == 0:
        return
    divisors = ", ".join(str(each) for each in range(1, seconds + 1) if seconds % each == 0)
    shortest = min(durations)
    what = f"{factor} does not divide all durations, of which the shortest is {shortest.text()}"
    raise BuildError([Problem(OPTION, what, f"give one of {divisors}, or choose other intervals in platform.yaml")])


def _durations(node: Any) -> Iterator[Duration]:
    """All durations that are divided, at any depth."""
    match node:
        case Duration():
            yield node
        case tuple() | list():
            for each in node:
                yield from _durations(each)
        case Mapping():
            yield from _durations([*node.values()])
        case _ if _is_divided(node):
            yield from _durations([*_parts(node).values()])


def shorter(node: T, factor: int) -> T:
    """A duration, or a tree of them, divided by a factor."""
    return _divided(node, factor)  # type: ignore[no-any-return]


def _divided(node: Any, factor: int) -> Any:
    recurse = partial(_divided, factor=factor)
    match node:
        case Duration(seconds=seconds):
            return Duration(seconds // factor)
        case tuple():
            return tuple(map(recurse, node))
        case Mapping():
            return {key: recurse(value) for key, value in node.items()}
        case PanelSpec(min_step=Duration(seconds=seconds)):
            # No query of a rule has it, so that it may be rounded: up, for a rate needs two samples.
            step = Duration(-(-seconds // factor))
            return replace(node, **{name: recurse(part) for name, part in _parts(node).items()}, min_step=step)
        case _ if _is_divided(node):
            return replace(node, **{name: recurse(part) for name, part in _parts(node).items()})
    return node


def _is_divided(node: Any) -> bool:
    # StopsComing checks its window, and its durations are in the expression.
    return is_dataclass(node) and not isinstance(node, type | StopsComing)


def _parts(node: Any) -> dict[str, Any]:
    """The fields of a dataclass that are divided."""
    rounded = {"min_step"} if isinstance(node, PanelSpec) else set()
    return {each.name: getattr(node, each.name) for each in fields(node) if each.init and each.name not in rounded}
