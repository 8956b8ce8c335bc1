"""Values that contradict each other, and names that one part of the file has and another one lacks."""

from __future__ import annotations

from tests.config.bad_platforms.bad_platform import at, bad

ADD_ROUTE = "add it to slos.latency_p95_ms.routes"
BOTH = "keep one of the two"

RELATIONS = (
    bad(
        "a route without an SLO",
        "[/c]",
        "[/c, /d]",
        at("services.web[1]", '"/d" has no latency SLO', ADD_ROUTE, "4:13"),
    ),
    bad(
        "an SLO without a route",
        "      /c: 250",
        "      /c: 250\n      /d: 250",
        at(
            "slos.latency_p95_ms.routes./d",
            "no service has this route",
            "use one of /a, /b, /c, or add it to the routes of a service",
            "21:7",
        ),
    ),
    bad(
        "a route that is misspelt in its SLO",
        "      /c: 250",
        "      /cc: 250",
        at("services.web[0]", '"/c" has no latency SLO', ADD_ROUTE, "4:9"),
        at(
            "slos.latency_p95_ms.routes./cc",
            "no service has this route",
            'did you mean "/c"? If not, add it to the routes of a service',
            "20:7",
        ),
    ),
    bad(
        "an outage below an error",
        "outage_percent: 50",
        "outage_percent: 1.5",
        at("thresholds.errors.outage_percent", "1.5% is not above route_percent, which is 2%", "give more than 2"),
    ),
    bad(
        "a page below a ticket",
        "page_percent: 20",
        "page_percent: 0.5",
        at("thresholds.storage.page_percent", "0.5% is not above ticket_percent, which is 1%", "give more than 1"),
    ),
    bad(
        "a target that no burn rate can miss",
        ": 99.5",
        ": 80",
        at(
            "slos.availability.target_percent",
            "the alert on 2% of the error budget in 1 hour can never fire: it needs 288% errors",
            "give more than 93.06",
        ),
    ),
    bad(
        "an owner that is no team",
        "default: ops",
        "default: opps",
        at("owners.default", 'there is no team "opps"', 'did you mean "ops"? If not, add it to teams'),
    ),
    bad(
        "a family that does not exist",
        "  cost: ops",
        "  costs: ops",
        at(
            "owners.costs",
            'there is no module "costs" in alerts/',
            'did you mean "cost"? If not, remove this key',
            "47:0",
        ),
    ),
    bad(
        "an owner of an alert that is no team",
        "    severity: page",
        "    owner: sre",
        at("alerts.RouteDown.owner", 'there is no team "sre"', "use one of ops, or add it to teams", "50:5"),
    ),
    bad(
        "an alert that does not exist",
        "  RouteDown:",
        "  RouteDwn:",
        at("alerts.RouteDwn", 'there is no alert "RouteDwn"', 'did you mean "RouteDown"? If not, remove it', "49:0"),
    ),
    bad(
        "an alert that was replaced",
        "  RouteDown:",
        "  HighErrorRate:",
        at(
            "alerts.HighErrorRate",
            'the alert "HighErrorRate" was replaced',
            "write TenantHighErrorRate or RouteHighErrorRate",
            "49:0",
        ),
    ),
    bad(
        "a label of the contract",
        "      region: eu",
        "      service: eu",
        at(
            "alerts.RouteDown.labels.service",
            'the label "service" is set already, or is the contract\'s',
            "choose another name",
            "52:0",
        ),
    ),
    bad(
        "settings below a severity",
        "  RouteDown:\n    severity: page\n    labels:\n      region: eu\n    for: 3m",
        "  RouteDown:\n    page: {for: 3m}",
        at(
            "alerts.RouteDown.page",
            "RouteDown has one rule, so its settings are not below a severity",
            "move them up, below RouteDown",
            "50:0",
        ),
    ),
)
