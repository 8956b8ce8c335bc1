"""What can stop: counts of 5 minutes, of which there was at least one."""

from __future__ import annotations

from generator.dsl.labels import Label, LabelValues
from generator.dsl.metrics import Counter, Extension
from generator.dsl.query import Query, labels_of
from generator.dsl.stops import StopsComing, route_label, without_routes
from generator.dsl.units import ERRORS_UNIT, REQUESTS_UNIT, Quantity, minutes, quantity
from tests.dsl.definition_errors import definition_error
from tests.dsl.sample_contract import ORDERS, SPILT, TABLE

BY_TABLE = ORDERS.increase(minutes(5)).by(TABLE)
FIFTEEN = quantity(15, REQUESTS_UNIT)


def test_a_stop_has_the_labels_of_what_stops() -> None:
    """Orders of a table that stop are an alert of that table."""
    assert labels_of(StopsComing(BY_TABLE, FIFTEEN)) == (TABLE,)


def problem_of(query: Query, at_least: Quantity, rare_at_least: Quantity | None = None) -> str:
    """Why a stop of these is refused."""
    return definition_error(lambda: StopsComing(query, at_least, rare_at_least))


def test_other_queries_and_minimums_are_refused() -> None:
    """Another window, a ratio, another unit and less than one request are errors that say what to write."""
    message = "StopsComing(…) reads increases of 5 minutes; write COUNTER.increase(minutes(5))"
    assert problem_of(ORDERS.increase(minutes(60)), FIFTEEN) == message
    ratio = SPILT.ratio_to(ORDERS, minutes(5))
    assert problem_of(ratio, FIFTEEN).endswith("write COUNTER.increase(minutes(5)).by(LABEL)")
    for minimum, text in ((quantity("0.5", REQUESTS_UNIT), "0.5 requests"), (quantity(15, ERRORS_UNIT), "15 errors")):
        message = f"StopsComing(…) compares requests of 5 minutes with {text}"
        message += "; give at least 1, as quantity(15, REQUESTS_UNIT)"
        assert problem_of(BY_TABLE, minimum) == message
        assert problem_of(BY_TABLE, FIFTEEN, minimum) == message


def test_a_stop_without_routes_leaves_them_out() -> None:
    """Only a condition on a stop that is grouped by routes has any to leave out."""
    route = Label("path", "A path.", values=LabelValues.ROUTES)
    ordered = Counter(
        name="paths_total", unit=REQUESTS_UNIT, labels=(route,), help="Requests.", origin=Extension("it is a sample")
    )
    stop = StopsComing(ordered.increase(minutes(5)).by(route), FIFTEEN)
    changed = without_routes(stop, ["/a", "/b"])
    (query,) = (each for query in changed.queries() for each in query.metric_queries())
    assert query.matchers == (route.is_not("/a"), route.is_not("/b"))
    of_tables = StopsComing(BY_TABLE, FIFTEEN)
    assert (route_label(of_tables), without_routes(of_tables, ["/a"])) == (None, of_tables)
