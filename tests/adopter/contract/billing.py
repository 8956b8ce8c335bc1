"""What the billing Worker counts."""

from contract.labels import SERVICE
from generator.dsl.labels import Label, LabelValues
from generator.dsl.log import SAFE, LogField, StringType
from generator.dsl.metrics import Counter, Extension
from generator.dsl.units import ERRORS_UNIT, REQUESTS_UNIT

CURRENCY = Label(
    "currency", "The currency of the invoice.", values=LabelValues.CONTRACT, listed=("dollar", "euro"), fallback="other"
)
INVOICES = Counter(
    name="invoices_total",
    unit=REQUESTS_UNIT,
    labels=(SERVICE, CURRENCY),
    help="Invoices that were sent.",
    origin=Extension("billing has no dashboard without it"),
)
INVOICE_ERRORS = Counter(
    name="invoice_errors_total",
    unit=ERRORS_UNIT,
    labels=(SERVICE, CURRENCY),
    help="Invoices that could not be sent.",
    origin=Extension("the alert on invoices needs errors to count"),
)
INVOICE = LogField(
    name="invoice", type=StringType(12, "R-[0-9]{1,10}"), sensitivity=SAFE, help="The number of the invoice."
)
