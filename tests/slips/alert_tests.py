"""Slips in alert tests: input series, expectations and what a test covers."""

from __future__ import annotations

from tests.slips.slip import Slip

MODULE = '''from contract.api import *
from contract.labels import *
from generator.dsl.alert import NONE, PAGE, TICKET
from generator.dsl.alert_test import *
from generator.dsl.units import *

CHAT = {{TENANT: "a", ROUTE: "/chat", SERVICE: "worker-api"}}


{decorator}{decorator_mark}
{function}
    """{claim}"""
    return {body}{body_mark}
'''
FIX = "fix this line of the definition"
DECORATOR = '@alert_test("RouteDown", PAGE, covers=(RECOVERS,), id="slip")'


def _slip(what: str, hint: str, **parts: str) -> Slip:
    values = {
        "decorator": DECORATOR,
        "decorator_mark": "",
        "function": "def slip(platform):",
        "claim": "A slip.",
        "body": "scenario()",
        "body_mark": "",
    }
    return Slip("alerts.tests.slip", MODULE.format(**values | parts), what, hint)


def body(text: str, what: str, hint: str) -> Slip:
    """A slip in the scenario."""
    return _slip(what, hint, body=text, body_mark="  #!")


def series(arguments: str, what: str, hint: str) -> Slip:
    """A slip in an input series."""
    return body(f"scenario(input_series({arguments}))", what, hint)


def definition(what: str, hint: str, **parts: str) -> Slip:
    """A slip in the decorator, the function or the claim."""
    return _slip(what, hint, decorator_mark="  #!", **parts)


def decorator(arguments: str, what: str, hint: str) -> Slip:
    """A slip in the decorator."""
    return definition(what, hint, decorator=f"@alert_test({arguments})")


SERIES = (
    series("REQUESTS, CHAT", "the series of requests_total has no segments", "no_samples(hours(1))"),
    series("'requests_total', CHAT, count(5, hours(1))", "takes a metric of the contract, not 'req", "from contract"),
    series("REQUESTS, 'route', count(5, hours(1))", "takes a mapping of labels, not 'route'", '{LABEL: "value"}'),
    series("REQUESTS, {'route': '/chat'}, count(5, hours(1))", "takes labels of the contract, not 'route'", "ROUTE"),
    series("REQUESTS, {ROUTE: '/chat'}, count(5, hours(1))", "lacks the label service", "give it a service"),
    series("REQUESTS, {**CHAT, MODEL: 'm'}, count(5, hours(1))", "requests_total has no label model", "use one of"),
    series("REQUESTS, {**CHAT, ROUTE: 5}, count(5, hours(1))", "ROUTE.is_(…) takes a text, not 5", 'write "5"'),
    series(
        "DROPPED, {SERVICE: 'a', REASON: 'lost'}, count(1, hours(1))", 'has no value "lost"', "use one of buffer_full"
    ),
    series("REQUESTS, CHAT, observe(5, 100, hours(1))", "requests_total is a counter", "count() for a counter"),
    series("LATENCY, CHAT, count(5, hours(1))", "latency_ms is a histogram", "observe() for a histogram"),
    series("REQUESTS, CHAT, 5", "input_series(…) takes segments, not 5", "count(…)"),
    series("REQUESTS, CHAT, Restart", "input_series(…) takes segments, not type", "count(…)"),
    series("REQUESTS, CHAT, (count(5, hours(1)),)", "input_series(…) takes segments, not tuple", "count(…)"),
    series("REQUESTS, CHAT, count(5, 60)", "count(…) takes a duration, not 60", "minutes(60)"),
    series("REQUESTS, CHAT, count('five', hours(1))", "'five' is not a number", "in digits"),
    series("REQUESTS, CHAT, count(-5, hours(1))", "a counter increases by -5 a minute", "Restart()"),
    series("REQUESTS, CHAT, count(5)", "TypeError: count() missing 1 required", FIX),
    series("LATENCY, CHAT, observe(5, '100 ms', hours(1))", "'100 ms' is not a number", "in digits"),
    series("HEARTBEAT, {SERVICE: 'a'}, clock(None)", "clock(…) takes a duration, not None", "minutes(5)"),
    series("REQUESTS, CHAT, no_samples('1h')", "no_samples(…) takes a duration, not '1h'", "minutes(5)"),
    body("scenario(count(5, hours(1)))", "takes input series and expectations, not ConstantRate", "input_series(…)"),
    body("scenario([expect_none(hours(1))])", "takes input series and expectations, not list", "input_series(…)"),
    body("scenario(evaluation_interval=30)", "scenario(…) takes a duration, not 30", "seconds(30)"),
    body("scenario(expect_none(seconds(90)))", "the expectation at 90s is between two evaluations", "a multiple of 1m"),
    body(
        "scenario(input_series(REQUESTS, CHAT, count(5, seconds(90))))",
        "segment of 90s does not end at a sample",
        "of 1m",
    ),
)
EXPECTATIONS = (
    body("scenario(expect_none(30))", "expect_none(…) takes a duration, not 30", "minutes(30)"),
    body("scenario(expect_firing('5m'))", "expect_firing(…) takes a duration, not '5m'", "minutes(5)"),
    body(
        "scenario(expect_firing(hours(1), PAGE))",
        "expect_firing(…) takes firing alerts, not Severity",
        "firing(PAGE, 1)",
    ),
    body(
        "scenario(expect_firing(hours(1), firing('page', 1)))", "firing(…) takes a severity, not 'page'", "PAGE, TICKET"
    ),
    body("scenario(expect_firing(hours(1), firing(PAGE)))", "TypeError: firing() missing 1 required", FIX),
    body("firing(PAGE, '5%')", "firing(…) takes a number, not '5%'", "0.05 for 5 %"),
    body("firing(PAGE, True)", "firing(…) takes a number, not True", "0.05 for 5 %"),
    body("firing(PAGE, float('nan'))", "firing(…) takes a number, not nan", "0.05 for 5 %"),
    body("firing(PAGE, 1, {ROUTE})", "firing(…) takes a mapping of labels, not set", '{LABEL: "value"}'),
    body("firing(PAGE, 1, {'route': '/chat'})", "firing(…) takes labels of the contract, not 'route'", "imported from"),
    body("firing(PAGE, 1, {ROUTE: None})", "firing(…) takes labels with texts, not None", '{LABEL: "value"}'),
    body("firing(PAGE, 1, condition_ended=5)", "firing(…) takes a duration, not 5", "minutes(5)"),
    body("firing(PAGE, 1, values=[5])", "firing(…) takes a mapping of values, not list", '{"name": 0.5}'),
    body("firing(PAGE, 1, values={'a': '5'})", "firing(…) takes a number, not '5'", "0.05 for 5 %"),
)
DECORATORS = (
    decorator(
        '"RouteDown", PAGE, covers=FIRES, id="slip"', "a tuple of kinds of coverage, not Coverage", "with a comma"
    ),
    decorator(
        '"RouteDown", PAGE, covers=("fires",), id="slip"', "takes kinds of coverage, not 'fires'", "covers=(FIRES,)"
    ),
    decorator('"RouteDown", PAGE, covers=(), id="slip"', "has no kinds of coverage", "covers=(FIRES,)"),
    decorator('"RouteDown", covers=(FIRES,), id="slip"', "@alert_test(…) has no severities", "after the alert's name"),
    decorator(
        '"RouteDown", "page", covers=(FIRES,), id="slip"', "takes severities, not 'page'", "PAGE, TICKET or NONE"
    ),
    decorator('PAGE, covers=(FIRES,), id="slip"', "@alert_test(…) takes a text, not Severity PAGE", "in quotes"),
    decorator('"RouteDown", PAGE, covers=(FIRES,)', "missing 1 required keyword-only argument: 'id'", FIX),
    decorator('"RouteDown", PAGE, covers=(FIRES,), id="A slip"', "has the id 'A slip'", "lower-case letters"),
    body("not_possible(5)", "not_possible(…) takes a text, not 5", "which number or name"),
    body("not_possible('{{ . }}')", "not_possible(reason=…) has a template: '{{ . }}'", "nothing fills a template"),
    definition("the text 'Above {threshold.' cannot be parsed: ", "close every brace", claim="Above {threshold."),
    definition("the placeholder rate has a format", "the unit decides", claim="Above {rate:.2f}."),
    definition("the text has a Go template: '{{ $value }}.'", "in single braces", claim="Above {{ $value }}."),
    definition(
        "not_applicable(reason=…) has a template",
        "nothing fills a template",
        decorator='not_applicable("A", PAGE, covers=(FIRES,), reason="{{ . }}")',
    ),
    definition("the alert test slip has no docstring", "say in a sentence", claim=""),
    definition("does not take exactly one argument", "def name(platform", function="def slip():"),
    definition("is asynchronous or has a yield", "use def and return", function="async def slip(platform):"),
    definition("TypeError: alert_test() missing 2 required", FIX, decorator="@alert_test"),
)
NOT_APPLICABLE = (
    definition(
        "takes a text, not 5", "why such a test", decorator='not_applicable("A", PAGE, covers=(FIRES,), reason=5)'
    ),
    definition("has no severities", "PAGE, TICKET", decorator='not_applicable("A", covers=(FIRES,), reason="R.")'),
    definition("not Coverage FIRES", "with a comma", decorator='not_applicable("A", PAGE, covers=FIRES, reason="R.")'),
)
