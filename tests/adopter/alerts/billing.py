"""Invoices fail."""

from generator.dsl.alert import TICKET, alert
from generator.dsl.platform import Platform
from generator.dsl.query import Condition
from generator.dsl.units import ERRORS_UNIT, hours, quantity
from own.contract.billing import CURRENCY, INVOICE_ERRORS


@alert("InvoicesFail", TICKET, panel="overview/invoice_errors")
def invoices_fail(platform: Platform) -> Condition:
    """Invoices in {currency} fail: {value} in the last {window}.

    Sending invoices in {currency} failed: {value} in the last {window} (threshold {threshold}).

    Impact: Tenants get no invoices.

    First steps:
    1. Open the logs of the billing Worker.
    """
    return INVOICE_ERRORS.increase(hours(1)).by(CURRENCY).above(quantity(10, ERRORS_UNIT))
