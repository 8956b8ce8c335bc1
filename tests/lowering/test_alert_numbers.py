"""The panels of alerts follow from the alerts' rules on the platform."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.api import ERRORS, LATENCY, REQUESTS
from contract.labels import ROUTE, SERVICE, STORE
from contract.storage import STORAGE_ERRORS
from generator.definitions import load_definitions
from generator.dsl.alert import PAGE, TICKET, Alert
from generator.dsl.conditional import Conditional
from generator.dsl.dashboard import AlertSeries, TimeSeries
from generator.dsl.panel_thresholds import threshold_of
from generator.dsl.platform import AlertSettings, Platform
from generator.dsl.presence import Observed, unless
from generator.dsl.query import Condition, Rule
from generator.dsl.units import REQUESTS_UNIT, Duration, minutes, percent, quantity
from generator.errors import DefinitionError
from generator.lowering.alert_numbers import numbers_of, time_series, unfiltered
from generator.rendering.promql import flat

DEFINITIONS = load_definitions()
FIFTEEN, TEN = quantity(15, REQUESTS_UNIT), quantity(10, REQUESTS_UNIT)


def slow(platform: Platform) -> Rule:
    """A latency with a minimum of requests."""
    enough = REQUESTS.increase(minutes(5)).by(ROUTE, SERVICE).at_least(FIFTEEN)
    return (LATENCY.quantile(0.95, minutes(5)).by(ROUTE, SERVICE).above(LATENCY_THRESHOLD) & enough).for_(minutes(1))


LATENCY_THRESHOLD = quantity(500, LATENCY.unit)


def failing(window: Duration, threshold: int) -> Condition:
    """An error ratio with a minimum of requests and of errors."""
    enough = REQUESTS.increase(window).by(ROUTE).at_least(FIFTEEN) & ERRORS.increase(window).by(ROUTE).at_least(TEN)
    return ERRORS.ratio_to(REQUESTS, window).by(ROUTE).above(percent(threshold)) & enough


def alert_of(condition: Condition | Rule, name: str = "Example") -> Alert:
    """An alert with this condition."""
    sample = next(each for each in DEFINITIONS.alerts if each.declared is PAGE)
    return replace(sample, name=name, build=lambda platform: condition)


def queries(panel: TimeSeries, platform: Platform) -> list[str]:
    """The queries of a panel as text, without filters."""
    return [flat(unfiltered(each.query, platform, DEFINITIONS.contract)) for each in panel.series]


def built(platform: Platform, body: AlertSeries, *alerts: Alert) -> TimeSeries:
    """The panel of an alert."""
    return time_series(body, alerts, DEFINITIONS.contract, platform)


def test_the_minimum_of_requests_is_applied_and_that_of_errors_is_not(platform: Platform) -> None:
    """A route without errors has the number 0; one with three requests has none."""
    (number,) = numbers_of(alert_of(failing(minutes(5), 2)), platform)
    assert isinstance(number.query, Conditional)
    assert number.query.minimum == FIFTEEN
    assert len(list(number.query.condition.comparisons())) == 1
    panel = built(platform, AlertSeries("Example"), alert_of(failing(minutes(5), 2)))
    assert panel.threshold == threshold_of("Example", PAGE)


def test_a_changed_window_changes_the_panel(platform: Platform) -> None:
    """A platform that gives the alert ten minutes has a panel of ten minutes, with the minimum of ten minutes."""
    changed = replace(platform, alerts={("Example", None): AlertSettings(window=minutes(10))})
    (query,) = queries(built(changed, AlertSeries("Example"), alert_of(failing(minutes(5), 2))), changed)
    assert "increase10m" in query
    assert "increase5m" not in query


def test_every_alternative_has_a_line_and_a_threshold(platform: Platform) -> None:
    """Two windows joined by `|` are two series, named by their windows, each with its own threshold."""
    alert = alert_of(failing(minutes(5), 7) | failing(minutes(30), 3))
    panel = built(platform, AlertSeries("Example"), alert)
    assert [(each.name, each.threshold) for each in panel.series] == [("5 min", percent(7)), ("30 min", percent(3))]
    assert panel.threshold is None


def test_a_page_and_a_ticket_of_one_number_share_a_line(platform: Platform) -> None:
    """Red is the threshold of the page, orange that of the ticket; a severity selects one of them."""
    page, ticket = alert_of(failing(minutes(5), 7)), replace(alert_of(failing(minutes(5), 3)), declared=TICKET)
    panel = built(platform, AlertSeries("Example"), page, ticket)
    assert len(panel.series) == 1
    assert (panel.threshold, panel.warning) == (threshold_of("Example", PAGE), threshold_of("Example", TICKET))
    panel = built(platform, AlertSeries("Example", TICKET), page, ticket)
    assert (panel.threshold, panel.warning) == (threshold_of("Example", TICKET), None)


def test_a_page_and_a_ticket_of_different_windows_are_two_lines(platform: Platform) -> None:
    """Where a platform gives one of them another window, each keeps its own colour."""
    page, ticket = alert_of(failing(minutes(5), 7)), replace(alert_of(failing(minutes(10), 3)), declared=TICKET)
    panel = built(platform, AlertSeries("Example"), page, ticket)
    assert [(each.threshold, each.warning) for each in panel.series] == [(percent(7), None), (None, percent(3))]


def test_further_quantiles_are_read_like_the_alert_s(platform: Platform) -> None:
    """The median has the alert's window and minimum, too."""
    panel = built(platform, AlertSeries("Slow", quantiles=(0.5,)), alert_of(slow(platform), "Slow"))
    assert [each.name for each in panel.series] == ["p50", "p95"]
    median, p95 = queries(panel, platform)
    assert median.replace("histogram_quantile(0.5,", "histogram_quantile(0.95,") == p95


def test_matchers_limit_the_panel_and_not_the_threshold(platform: Platform) -> None:
    """A panel of one store reads that store alone; the threshold and the alert are those of all."""
    condition = STORAGE_ERRORS.increase(minutes(5)).by(STORE).above(quantity(3, STORAGE_ERRORS.unit))
    panel = built(platform, AlertSeries("Example", where=(STORE.is_("kv"),)), alert_of(condition))
    assert queries(panel, platform) == [
        'sum by (store) (route_service_store_operation:storage_errors:increase5m{store="kv"})'
    ]
    assert panel.threshold == threshold_of("Example", PAGE)


def test_matchers_also_limit_the_minimum(platform: Platform) -> None:
    """Requests of other services are not among those that a ratio of one service needs."""
    panel = built(platform, AlertSeries("Example", where=(SERVICE.is_("api"),)), alert_of(failing(minutes(5), 2)))
    (query,) = queries(panel, platform)
    assert query.count(":increase5m") == query.count(':increase5m{service="api"}') == 4


def test_an_unknown_alert_is_a_problem(platform: Platform) -> None:
    """The hint names the alert that is meant, or the severities that it has."""
    alert = alert_of(failing(minutes(5), 2))
    with pytest.raises(DefinitionError, match='there is no alert Exampel; did you mean "Example"'):
        built(platform, AlertSeries("Exampel"), alert)
    with pytest.raises(DefinitionError, match="Example has no alert of severity ticket; name one that it has: PAGE"):
        built(platform, AlertSeries("Example", TICKET), alert)


def test_what_is_missing_is_shown_where_the_alert_is_true(platform: Platform) -> None:
    """Alternatives that are about what is absent are one line: the requests of routes for which one of them holds."""
    many = REQUESTS.increase(minutes(5)).by(ROUTE, SERVICE).at_least(FIFTEEN)
    observed = Observed(LATENCY.bucket_counts(minutes(5)).by(ROUTE, SERVICE))
    failing_at_all = ERRORS.increase(minutes(5)).by(ROUTE, SERVICE).above(quantity(0, ERRORS.unit))
    alert = alert_of(unless(many, observed) | unless(many, failing_at_all))
    panel = built(platform, AlertSeries("Example"), alert)
    requests = "route_service:requests_total:increase5m"
    assert panel.threshold is None
    assert queries(panel, platform) == [
        f"{requests} and (({requests} >= 15 unless group by (route, service)"
        f" (route_service_le:latency_ms_bucket:increase5m > 0)) or ({requests} >= 15 unless"
        " route_service:errors_total:increase5m > 0))"
    ]
