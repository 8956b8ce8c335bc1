"""Stories of errors: traffic that fails, and what is heard of it."""

from catalogue.api import ERRORS, REQUESTS
from catalogue.labels import ROUTE, SERVICE, TENANT
from generator.lang.alert import PAGE, TICKET
from generator.lang.platform import Platform
from generator.lang.story import Plot, Shows, count, flow, heard, plot, quiet, story, told
from generator.lang.units import hours, minutes

FIRST = "com.rainbowsmokeofficial"
SECOND = "com-mrrainbowsmoke"
CHAT = {ROUTE: "/chat", SERVICE: "worker-api"}


@story("HighErrorRate", TICKET, shows=(Shows.FIRES, Shows.BEFORE, Shows.RECOVERS, Shows.OTHERS))
def one_tenant_sours(platform: Platform) -> Plot:
    """The first tenant fails 10 % from minute 30 on: quiet at 34, told at 40, over at 60; the second never hears of it."""
    first, second = {TENANT: FIRST, **CHAT}, {TENANT: SECOND, **CHAT}
    return plot(
        flow(REQUESTS, first, count(60, hours(2))),
        flow(REQUESTS, second, count(600, hours(2))),
        flow(ERRORS, first, count(0, minutes(30)), count(6, minutes(20)), count(0, minutes(70))),
        flow(ERRORS, second, count(0, hours(2))),
        quiet(minutes(30)),
        quiet(minutes(34)),
        heard(minutes(40), told(TICKET, 0.1, first)),
        quiet(minutes(60)),
    )


@story("HighErrorRate", PAGE, TICKET, shows=(Shows.FIRES,))
def all_tenants_sour(platform: Platform) -> Plot:
    """Both tenants fail 10 % from minute 30 on: the route pages at 40, and each tenant gets its ticket."""
    first, second = {TENANT: FIRST, **CHAT}, {TENANT: SECOND, **CHAT}
    return plot(
        flow(REQUESTS, first, count(60, hours(1))),
        flow(REQUESTS, second, count(60, hours(1))),
        flow(ERRORS, first, count(0, minutes(30)), count(6, minutes(30))),
        flow(ERRORS, second, count(0, minutes(30)), count(6, minutes(30))),
        heard(minutes(40), told(TICKET, 0.1, first), told(TICKET, 0.1, second), told(PAGE, 0.1, CHAT)),
    )
