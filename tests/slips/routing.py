"""Slips in the routing of alerts."""

from __future__ import annotations

from tests.slips.slip import Slip

IMPORTS = """from alerts import errors
from contract.labels import *
from generator.dsl.routing import *
from generator.dsl.units import *

"""
FIX = "fix this line of the definition"
ROUTE = "Route(minutes(1), minutes(5), hours(1), 'critical', 'P1')"
INHIBITION = 'Inhibition((errors.route_down,), (errors.route_high_error_rate,), (ROUTE,), "It is down.")'
ROUTING = f'Routing((ROUTE,), {ROUTE}, {ROUTE}, {ROUTE}, "telemetry")'


def changed(text: str, old: str, new: str, what: str, hint: str) -> Slip:
    """A slip in one part of a line of the routing."""
    assert old in text
    return Slip("alerts.slip", f"{IMPORTS}{text.replace(old, new, 1)}  #!\n", what, hint)


ROUTES = (
    changed(ROUTE, "'critical'", "'urgent'", "takes one of critical, error, warning, info, not 'urgent'", "critical"),
    changed(ROUTE, "'critical'", "PAGE", 'there is no "PAGE"', "use one of"),
    changed(ROUTE, "'critical'", "5", "Route(pagerduty_severity=…) takes a text, not 5", "in quotes"),
    changed(ROUTE, "'P1'", "'P0'", "takes one of P1, P2, P3, P4, P5, not 'P0'", 'write "P1"'),
    changed(ROUTE, "minutes(1)", '"15s"', "Route(group_wait=…) takes a duration or None, not '15s'", "minutes(5)"),
    changed(ROUTE, "minutes(5)", "None", "Route(group_interval=…) takes a duration, not None", "minutes(5)"),
    changed(ROUTE, "hours(1)", "60", "Route(repeat_interval=…) takes a duration, not 60", "minutes(5)"),
    changed(
        ROUTE, ", hours(1), 'critical', 'P1'", "", "missing 1 required positional argument: 'repeat_interval'", FIX
    ),
)
INHIBITIONS = (
    changed(
        INHIBITION, "(errors.route_down,)", "errors.route_down", "a tuple of alerts, not Alert RouteDown", "a comma"
    ),
    changed(INHIBITION, "(errors.route_down,)", "()", "Inhibition(source=…) has no alerts", "errors.route_down"),
    changed(INHIBITION, "errors.route_down", '"RouteDown"', "takes alerts, not 'RouteDown'", "errors.route_down"),
    changed(
        INHIBITION, "errors.route_down", "errors.route_dwn", 'there is no "route_dwn"', 'did you mean "route_down"'
    ),
    changed(
        INHIBITION, "errors.route_high_error_rate", "errors.burn_rate_above", "takes alerts, not the function", "@alert"
    ),
    changed(INHIBITION, "(ROUTE,)", "ROUTE", "a tuple of labels of the contract, not Label route", "with a comma"),
    changed(INHIBITION, "(ROUTE,)", '("route",)', "a tuple of labels of the contract, not 'route'", "contract.labels"),
    changed(INHIBITION, '"It is down."', '""', "the text of Inhibition(reason=…) is empty", "what people read"),
    changed(INHIBITION, "It is down.", "{{ .x }}", "Inhibition(reason=…) has a template", "nothing fills a template"),
    changed(INHIBITION, ', "It is down."', "", "missing 1 required positional argument: 'reason'", FIX),
)
ROUTINGS = (
    changed(ROUTING, "(ROUTE,)", '"alertname"', "a tuple of labels of the contract, not 'alertname'", "write a tuple"),
    changed(ROUTING, ROUTE, "minutes(5)", "Routing(page=…) takes a Route, not 5 minutes", "write Route(…)"),
    changed(ROUTING, '"telemetry"', "errors", "Routing(default_family=…) takes a text, not module", "in quotes"),
    changed(ROUTING, '"telemetry"', f'"telemetry", {INHIBITION}', "a tuple of Inhibitions, not Inhibition", "a comma"),
)
