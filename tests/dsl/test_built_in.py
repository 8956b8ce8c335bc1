"""Series that Prometheus writes of alerts: how many fire, and since when."""

from __future__ import annotations

from generator.dsl.built_in import FiringCount, FiringStarts
from generator.dsl.units import ALERTS_UNIT, TIME_OF_DAY
from tests.dsl.definition_errors import definition_error
from tests.dsl.sample_contract import ALARMS, TABLE
from tests.dsl.trees import tree


def test_firing_alerts_are_counted() -> None:
    """Either all that notify somebody, those of one severity, or those of some names."""
    assert tree(ALARMS.firing()) == tree(FiringCount(metric=ALARMS, severity=""))
    assert tree(ALARMS.firing("page")) == tree(FiringCount(metric=ALARMS, severity="page"))
    assert tree(ALARMS.firing(alerts=("Fire",))) == tree(FiringCount(metric=ALARMS, alerts=("Fire",)))
    assert ALARMS.firing().unit == ALERTS_UNIT


def test_the_start_of_firing_alerts_is_a_time() -> None:
    """It is asked of named alerts, and may be grouped by a label of theirs."""
    starts = ALARMS.starts("Fire", "Smoke").by(TABLE)
    assert tree(starts) == tree(FiringStarts(metric=ALARMS, alerts=("Fire", "Smoke"), by_labels=(TABLE,)))
    assert starts.unit == TIME_OF_DAY


def test_a_start_is_of_named_alerts() -> None:
    """The start of any alert would be that of Watchdog."""
    assert definition_error(lambda: ALARMS.starts()).endswith('; write .starts("AlertName")')
