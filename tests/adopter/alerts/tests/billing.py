"""Alert tests of InvoicesFail."""

from contract.labels import SERVICE
from generator.dsl.alert import TICKET
from generator.dsl.alert_test import (
    BEFORE_FOR,
    BELOW_THRESHOLD,
    COUNTER_RESET,
    FIRES,
    LOW_TRAFFIC,
    OTHERS_UNAFFECTED,
    RECOVERS,
    Restart,
    Scenario,
    alert_test,
    count,
    expect_firing,
    expect_none,
    firing,
    input_series,
    not_applicable,
    scenario,
)
from generator.dsl.platform import Platform
from generator.dsl.units import minutes
from own.contract.billing import CURRENCY, INVOICE_ERRORS

DOLLARS = {SERVICE: "worker-api", CURRENCY: "dollar"}
EUROS = {SERVICE: "worker-api", CURRENCY: "euro"}

ALWAYS = not_applicable(
    "InvoicesFail", TICKET, covers=(BEFORE_FOR, LOW_TRAFFIC), reason="it counts failures, and has no `for`"
)


@alert_test("InvoicesFail", TICKET, covers=(FIRES, RECOVERS, OTHERS_UNAFFECTED), id="two_a_minute")
def two_a_minute(platform: Platform) -> Scenario:
    """Two invoices a minute fail from minute 30 to 120: 120 an hour at minute 110, none at minute 240; 6 in euros."""
    incident = (count(0, minutes(30)), count(2, minutes(90)), count(0, minutes(120)))
    return scenario(
        input_series(INVOICE_ERRORS, DOLLARS, *incident),
        input_series(INVOICE_ERRORS, EUROS, count("0.1", minutes(240))),
        expect_none(minutes(30)),
        expect_firing(minutes(110), firing(TICKET, 120, {CURRENCY: "dollar"})),
        expect_none(minutes(240)),
    )


@alert_test("InvoicesFail", TICKET, covers=(BELOW_THRESHOLD, COUNTER_RESET), id="nine_an_hour")
def nine_an_hour(platform: Platform) -> Scenario:
    """Nine invoices an hour fail, and the Worker restarts twice."""
    nine = count("0.15", minutes(60))
    return scenario(
        input_series(INVOICE_ERRORS, DOLLARS, nine, Restart(), nine, Restart(), nine),
        expect_none(minutes(90)),
        expect_none(minutes(150)),
    )
