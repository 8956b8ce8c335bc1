"""A build of one alert and one story of it: small enough to be judged in no time."""

from __future__ import annotations

from dataclasses import replace

from contract.api import ERRORS, REQUESTS
from contract.labels import ROUTE, SERVICE, TENANT
from generator.dsl.alert import TICKET, alert
from generator.dsl.alert_test import Coverage, Plot, count, flow, heard, plot, quiet, story, told
from generator.dsl.definitions import Definitions
from generator.dsl.platform import Platform
from generator.dsl.query import Condition
from generator.dsl.units import minutes, percent
from generator.ir.build import Compiled
from generator.pipeline import lower
from generator.rendering.rule_files import rule_files

CHAT = {ROUTE: "/chat", SERVICE: "worker-api"}


@alert("Sours", TICKET)
def sours(platform: Platform) -> Condition:
    """{route} ({service}) sours: {value} of its requests.

    {value} of the requests to {route} ({service}) failed.

    Impact: Some callers get an error.

    First steps:
    1. Look.
    """
    return ERRORS.ratio_to(REQUESTS, over=minutes(5)).by(ROUTE, SERVICE).above(percent(2))


@story("Sours", TICKET, shows=(Coverage.FIRES,))
def a_tenth_fails(platform: Platform) -> Plot:
    """Nothing fails for ten minutes, then 10 %: told at 25. It shows nothing near 2 %, and no restart."""
    tenant = {TENANT: "com.rainbowsmokeofficial", **CHAT}
    return plot(
        flow(REQUESTS, tenant, count(100, minutes(25))),
        flow(ERRORS, tenant, count(0, minutes(10)), count(10, minutes(15))),
        quiet(minutes(10)),
        heard(minutes(25), told(TICKET, 0.1, CHAT)),
    )


def built_of_one_alert(platform: Platform) -> Compiled:
    """A build that no law has looked at; without a text, for nobody reads one."""
    definitions = Definitions((replace(sours, family="errors"),), (), (a_tenth_fails,), ())
    lowered = lower(platform, definitions)
    return Compiled(lowered, rule_files(platform, lowered.recording_rules, lowered.alerts, lowered.link), {})
