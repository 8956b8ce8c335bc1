"""A small contract for tests of the DSL: the metrics of a bar that serves drinks."""

from __future__ import annotations

from generator.dsl.built_in import BuiltIn
from generator.dsl.labels import Label, LabelValues
from generator.dsl.metrics import CombinedCounter, Counter, Extension, Gauge, Histogram, Member
from generator.dsl.units import CALLS_UNIT, ERRORS_UNIT, MILLISECONDS, REQUESTS_UNIT, TIMESTAMP_SECONDS, TOKENS_UNIT

GUEST = Label("guest_id", "The guest that ordered.")
TABLE = Label("table", "The table of the order.")
SIZE = Label("size", "The size of the glass.", values=LabelValues.CONTRACT, listed=("small", "large"))
MISSPELT_TABLE = Label("tabel", "A label that no metric has.")
ORIGIN = Extension("tests need it")

ORDERS = Counter(name="orders_total", unit=REQUESTS_UNIT, labels=(GUEST, TABLE), help="Orders.", origin=ORIGIN)
SPILT = Counter(name="spilt_total", unit=ERRORS_UNIT, labels=(GUEST, TABLE), help="Spilt orders.", origin=ORIGIN)
SIPS = Counter(name="sips_total", unit=TOKENS_UNIT, labels=(GUEST, TABLE), help="Sips.", origin=ORIGIN)
SMALL = Counter(name="small_total", unit=CALLS_UNIT, labels=(GUEST, TABLE), help="Small glasses.", origin=ORIGIN)
LARGE = Counter(name="large_total", unit=CALLS_UNIT, labels=(TABLE,), help="Large glasses.", origin=ORIGIN)
GLASSES = CombinedCounter(
    name="glasses",
    unit=CALLS_UNIT,
    help="Glasses of all sizes.",
    members=(Member(SMALL, {SIZE: "small"}), Member(LARGE, {SIZE: "large"})),
)
WAIT = Histogram(
    name="wait_ms",
    unit=MILLISECONDS,
    labels=(GUEST, TABLE),
    buckets=(10, 100, 1000),
    help="Time from an order to its drink.",
    origin=ORIGIN,
)
BELL = Gauge(
    name="bell_timestamp_seconds",
    unit=TIMESTAMP_SECONDS,
    labels=(TABLE,),
    help="Time of the last ring of the bell.",
    origin=ORIGIN,
)
ALARMS = BuiltIn(name="ALARMS", labels=(TABLE,), help="Firing alarms.")
