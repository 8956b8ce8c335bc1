"""Alert tests of inhibitors: they fire with the alerts that they follow, and end no sooner than the tickets."""

from collections.abc import Callable
from typing import TypeAlias

from alerts.errors import model_errors_inhibitor, route_down_inhibitor, route_errors_inhibitor
from alerts.latency import route_latency_inhibitor
from alerts.storage import store_errors_inhibitor
from alerts.tests.names import Labels, models, routes
from alerts.tests.store_series import stores
from contract.api import ALERTS
from contract.labels import ALERTNAME, ALERTSTATE, SEVERITY, STORE
from generator.dsl.alert import NONE, Alert
from generator.dsl.alert_test import (
    BEFORE_FOR,
    BELOW_THRESHOLD,
    COUNTER_RESET,
    FIRES,
    LOW_TRAFFIC,
    OTHERS_UNAFFECTED,
    RECOVERS,
    AlertTest,
    InputSeries,
    NotApplicable,
    Scenario,
    alert_test,
    exists,
    expect_firing,
    expect_none,
    firing,
    input_series,
    no_samples,
    not_applicable,
    scenario,
)
from generator.dsl.platform import Platform
from generator.dsl.units import Duration, minutes

Names: TypeAlias = Callable[[Platform], tuple[Labels, Labels]]
START, EACH = minutes(10), minutes(20)
"""When the first alert starts to fire that is followed, and how long each fires before the next one does."""
MINUTE, LOOK_BACK = minutes(1), minutes(5)
"""The series of an alert ends without a marker in a test, so that Prometheus sees its last sample for 5 minutes."""
OTHER_ALERT = "AlertOfSomethingElse"
FOLLOWS = "It follows other alerts, whose tests show when these fire."


def stores_by_label(platform: Platform) -> tuple[Labels, Labels]:
    """Two stores; the second one may be invented."""
    first, *others = (store.name for store in stores(platform))
    return {STORE: first}, {STORE: others[0] if others else next(each for each in STORE.listed if each != first)}


def series_of(alert: str, severity: str, state: str, labels: Labels, since: Duration) -> InputSeries:
    """The series that Prometheus writes of an alert."""
    names = {ALERTNAME: alert, ALERTSTATE: state, SEVERITY: severity}
    return input_series(ALERTS, {**labels, **names}, no_samples(since - MINUTE), exists(EACH))


def follows(inhibitor: Alert, names: Names) -> AlertTest:
    """The test that an inhibitor follows each of its alerts, and nothing else."""

    @alert_test(
        inhibitor.name, NONE, covers=(FIRES, RECOVERS, OTHERS_UNAFFECTED), id=inhibitor.runbook.replace("-", "_")
    )
    def inhibitor_follows(platform: Platform) -> Scenario:
        """What it follows fires from {start} to {end}, one alert after the other: fires from {start} to {last}.
        Never fires because of a pending alert, of another one or of another severity."""
        labels, other = names(platform)
        followed = [alert.on(platform) for alert in inhibitor.follows if alert.settings(platform).enabled]
        starts = [START + EACH * number if number else START for number in range(len(followed))]
        end, kept = starts[-1] + EACH - MINUTE, inhibitor.rule(platform).keep_firing
        assert kept is not None
        seen_until = end + LOOK_BACK - MINUTE
        severities = {alert.severity.value: alert.name for alert in followed}
        fires = firing(NONE, 1, labels)
        kept_firing = firing(NONE, 1, labels, condition_ended=seen_until)
        return scenario(
            *(
                series_of(alert.name, alert.severity.value, "firing", labels, start)
                for alert, start in zip(followed, starts, strict=True)
            ),
            *(
                series_of(name, severity, state, other, START)
                for severity, followed_name in severities.items()
                for name, state in ((followed_name, "pending"), (OTHER_ALERT, "firing"))
            ),
            series_of(followed[0].name, NONE.value, "firing", other, START),
            expect_none(START - MINUTE),
            expect_firing(START, fires),
            expect_firing(end, fires),
            expect_firing(seen_until + kept, kept_firing),
            expect_none(seen_until + kept + MINUTE),
            evaluation_interval=MINUTE,
            claim={"start": START, "end": end, "last": seen_until + kept},
        )

    return inhibitor_follows


def has_no_rates(inhibitor: Alert) -> NotApplicable:
    """What cannot be tested of an inhibitor."""
    covers = (BELOW_THRESHOLD, BEFORE_FOR, LOW_TRAFFIC, COUNTER_RESET)
    return not_applicable(inhibitor.name, NONE, covers=covers, reason=FOLLOWS)


ROUTE_DOWN = follows(route_down_inhibitor, routes)
ROUTE_ERRORS = follows(route_errors_inhibitor, routes)
ROUTE_LATENCY = follows(route_latency_inhibitor, routes)
MODEL_ERRORS = follows(model_errors_inhibitor, models)
STORE_ERRORS = follows(store_errors_inhibitor, stores_by_label)
ROUTE_DOWN_HAS_NO_RATES = has_no_rates(route_down_inhibitor)
ROUTE_ERRORS_HAVE_NO_RATES = has_no_rates(route_errors_inhibitor)
ROUTE_LATENCY_HAS_NO_RATES = has_no_rates(route_latency_inhibitor)
MODEL_ERRORS_HAVE_NO_RATES = has_no_rates(model_errors_inhibitor)
STORE_ERRORS_HAVE_NO_RATES = has_no_rates(store_errors_inhibitor)
