"""When tenants send their requests: every day, in office hours, or at night."""

from __future__ import annotations

import numpy as np
import pytest

from generator.verify.simulation.clock import DAY, MONDAY, Clock, seasonality
from generator.verify.simulation.rhythm import EVERY_DAY, Rhythm

HOUR = 3_600
WEEK = Clock(MONDAY - HOUR, 7 * DAY, HOUR)
"""One step an hour; the first is that of Monday, 0 h."""


def hours(rhythm: Rhythm, peak_hour: float) -> list[int]:
    """The hours of the week in which a rhythm has requests."""
    return [int(hour) for hour in np.flatnonzero(rhythm.load(WEEK, peak_hour))]


def test_without_a_rhythm_every_hour_has_the_usual_load() -> None:
    """The default rhythm is the wave that every simulation had."""
    assert (EVERY_DAY.load(WEEK, 14) == seasonality(WEEK, 14)).all()


def test_an_office_works_eleven_hours_on_five_days() -> None:
    """With a peak at 13 h: from 8 h to 18 h, Monday to Friday; the mean of the week is that of everybody."""
    office = Rhythm(office=True)
    assert hours(office, 13) == [24 * day + hour for day in range(5) for hour in range(8, 19)]
    assert office.load(WEEK, 13).mean() == pytest.approx(1)


def test_office_hours_go_over_midnight() -> None:
    """With a peak at 23 h: from 18 h to 4 h of the next day, from Monday's evening to the night before Saturday."""
    assert hours(Rhythm(office=True), 23) == [24 * day + hour for day in range(5) for hour in range(18, 29)]


def test_a_batch_runs_in_one_hour_of_every_night() -> None:
    """From 2 h on, with the requests of the whole day."""
    batch = Rhythm(nightly=True)
    assert hours(batch, 14) == [24 * day + 2 for day in range(7)]
    assert batch.load(WEEK, 14).mean() == pytest.approx(1)


def test_an_office_is_closed_on_a_holiday() -> None:
    """Wednesday is a holiday: four working days are left."""
    wednesday = MONDAY // DAY + 2
    open_days = {hour // 24 for hour in hours(Rhythm(office=True, holidays=(wednesday,)), 13)}
    assert open_days == {0, 1, 3, 4}


def test_everybody_else_has_a_weekend_on_a_holiday() -> None:
    """Wednesday has Saturday's load at every hour, and other days their own."""
    wednesday = MONDAY // DAY + 2
    load = Rhythm(holidays=(wednesday,)).load(WEEK, 14).reshape(7, 24)
    assert load[2] == pytest.approx(load[5])
    assert load[1] == pytest.approx(seasonality(WEEK, 14)[24:48])
