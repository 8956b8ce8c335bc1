"""What a panel of current values shows where there is no value: four states, each with a text and a colour.

A query without a result cannot say why it has none. So each query of such a panel has one for every state: no number
while telemetry arrives (quiet), infinity where none does (dead). Without any result, the data source did not answer
(unknown). Zero is a value as any other, unless it is the number of all events, which is quiet.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from contract.api import HEARTBEAT
from contract.labels import SERVICE
from generator.dsl.built_in import FiringCount, FiringStarts
from generator.dsl.metrics import Age, Increase, SeriesCount
from generator.dsl.query import Query
from generator.ir.dashboard import Absence, Colour, Marker, StateSpec
from generator.ir.expression import Binary, Call, Expression, Scalar
from generator.lowering.queries import QueryLowering

ZERO, ONE = Scalar(Fraction(0)), Scalar(Fraction(1))
NOT_A_NUMBER = Binary("/", ZERO, ZERO)
INFINITY = Call("vector", (Binary("/", ONE, ZERO),))
NO_TELEMETRY, WATCHDOG_SILENT, NONE_FIRING, UNKNOWN = "No telemetry", "Watchdog not firing", "None firing", "Unknown"
DATA_SOURCE_ERROR = StateSpec(Marker.UNKNOWN, UNKNOWN, Colour.UNKNOWN)


def reads_alerts(query: Query) -> bool:
    """Whether a query counts firing alerts: whether it is alive, Watchdog says, and not the telemetry."""
    return any(isinstance(each, FiringCount | FiringStarts) for each in query.metric_queries())


def absence(lowering: QueryLowering, query: Query, filtered: Callable[[Query], Query]) -> Absence:
    """What a query gives in place of values: no number while telemetry arrives from the selected services, else
    infinity, also in place of values, which are then out of date. For alerts it is Watchdog that says so; a page that
    fires without it is still shown."""
    if reads_alerts(query):
        return Absence(Binary("or", lowering.while_watchdog_fires(NOT_A_NUMBER), INFINITY))
    alive = _fresh(lowering, filtered)
    return Absence(Binary("or", Binary("*", NOT_A_NUMBER, alive), INFINITY), alive)


def states(query: Query, quiet: str, zero_is_quiet: bool = False) -> tuple[StateSpec, ...]:
    """The states of a panel of current values; `quiet` is the text where there were no events."""
    of_alerts = reads_alerts(query)
    quiet_text = NONE_FIRING if of_alerts else quiet
    dead = StateSpec(Marker.DEAD, WATCHDOG_SILENT if of_alerts else NO_TELEMETRY, Colour.CRITICAL)
    quiet_states = (Marker.QUIET, Marker.ZERO) if zero_is_quiet else (Marker.QUIET,)
    return (dead, *(StateSpec(marker, quiet_text, Colour.PLAIN) for marker in quiet_states), DATA_SOURCE_ERROR)


def counts_all(query: Query) -> bool:
    """Whether a query counts all events or tenants: none is no traffic."""
    return isinstance(query, Increase | SeriesCount)


def graph_text(query: Query, quiet: str) -> str:
    """The text of a graph or a table without any series: its query cannot say which of the two it is. A number of
    alerts, of all labels, is 0 while Watchdog fires."""
    if isinstance(query, FiringCount) and not query.by_labels:
        return WATCHDOG_SILENT
    return f"{quiet}, or {WATCHDOG_SILENT if reads_alerts(query) else NO_TELEMETRY.lower()}"


def _fresh(lowering: QueryLowering, filtered: Callable[[Query], Query]) -> Expression:
    """The time of the newest heartbeat, if it is not stale."""
    stale = lowering.platform.telemetry_stale_after
    age = filtered(HEARTBEAT.age(lookback=stale, expected=SERVICE))
    assert isinstance(age, Age)
    oldest = Binary("-", Call("time", ()), Scalar(Fraction(stale.seconds)))
    return Binary(">", lowering.newest(age), oldest)
