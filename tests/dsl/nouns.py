"""A small contract for tests of words: a bar that serves drinks."""

from __future__ import annotations

from generator.dsl.labels import Label, LabelValues
from generator.dsl.metrics import BuiltIn, CombinedCounter, Counter, Extension, Gauge, Histogram, Member
from generator.dsl.units import CALLS_UNIT, ERRORS_UNIT, MILLISECONDS, REQUESTS_UNIT, TIMESTAMP_SECONDS, TOKENS_UNIT

GUEST = Label("guest_id", "Who ordered.")
TABLE = Label("table", "Where.")
SIZE = Label("size", "How much.", values=LabelValues.CONTRACT, listed=("small", "large"))
ABSENT = Label("tabel", "A label that no metric has.")
WHY = Extension("tests need it")

ORDERS = Counter(name="orders_total", unit=REQUESTS_UNIT, labels=(GUEST, TABLE), help="Orders.", origin=WHY)
SPILT = Counter(name="spilt_total", unit=ERRORS_UNIT, labels=(GUEST, TABLE), help="Spilt orders.", origin=WHY)
SIPS = Counter(name="sips_total", unit=TOKENS_UNIT, labels=(GUEST, TABLE), help="Sips.", origin=WHY)
SMALL = Counter(name="small_total", unit=CALLS_UNIT, labels=(GUEST, TABLE), help="Small ones.", origin=WHY)
LARGE = Counter(name="large_total", unit=CALLS_UNIT, labels=(TABLE,), help="Large ones.", origin=WHY)
GLASSES = CombinedCounter(
    name="glasses",
    unit=CALLS_UNIT,
    help="Glasses.",
    members=(Member(SMALL, {SIZE: "small"}), Member(LARGE, {SIZE: "large"})),
)
WAIT = Histogram(
    name="wait_ms", unit=MILLISECONDS, labels=(GUEST, TABLE), buckets=(10, 100, 1000), help="Waits.", origin=WHY
)
BELL = Gauge(name="bell_timestamp_seconds", unit=TIMESTAMP_SECONDS, labels=(TABLE,), help="Last bell.", origin=WHY)
ALARMS = BuiltIn(name="ALARMS", labels=(TABLE,), help="Alarms.")
