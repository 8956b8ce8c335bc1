"""The default overview, with a row about invoices."""

from dashboards.overview import DASHBOARD as DEFAULT
from dashboards.overview import tickets
from generator.dsl.dashboard import AlertSeries, Row, Series, TimeSeries, panel
from generator.dsl.platform import Platform
from own.contract.billing import CURRENCY, INVOICES


@panel("Invoices", id="invoices")
def invoices(platform: Platform) -> TimeSeries:
    """Invoices per second, by currency."""
    return TimeSeries((Series(INVOICES.rate().by(CURRENCY)),))


@panel("Failed invoices", id="invoice_errors")
def invoice_errors(platform: Platform) -> AlertSeries:
    """Failed invoices of the {window} before each point, by currency."""
    return AlertSeries("InvoicesFail")


INVOICES_ROW = Row("Invoices of all routes", (invoices, invoice_errors), id="invoices")
DASHBOARD = DEFAULT.without_panel(tickets.id).with_row(INVOICES_ROW, after="Is something wrong now?")
