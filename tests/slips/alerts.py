"""Slips in the definition of an alert: its decorator, its function and its docstring."""

from __future__ import annotations

from tests.slips.slip import Slip

MODULE = '''from contract.api import *
from contract.labels import *
from generator.dsl.alert import *
from generator.dsl.metrics import *
from generator.dsl.query import *
from generator.dsl.units import *


{before}
{decorator}  #!
{function}
    """{docstring}"""
    {body}
'''
DECORATOR = '@alert("RouteSlow", TICKET, panel="overview/latency_by_route")'
FUNCTION = "def route_slow(platform):"
DESCRIPTION = "{quantile} latency of {route} is {value} (threshold {threshold}, last {window})."
DOCSTRING = (
    "{{route}} ({{service}}) is slow.\n\n    {}\n\n    Impact: Callers wait.\n\n    First steps:\n    1. {}\n    "
)
BODY = "return LATENCY.quantile(P95, minutes(5)).by(ROUTE, SERVICE).above(milliseconds(500))"
COUNTS = "REQUESTS.increase(minutes(5)).by(ROUTE, SERVICE).above(quantity({}, REQUESTS_UNIT))"
FIX = "fix this line of the definition"


def definition(
    what: str,
    hint: str,
    *,
    before: str = "",
    decorator: str = DECORATOR,
    function: str = FUNCTION,
    docstring: str = "",
    description: str = DESCRIPTION,
    step: str = "Open the panel.",
    body: str = BODY,
) -> Slip:
    """A slip in one part of the definition."""
    text = docstring or DOCSTRING.format(description, step)
    values = {"before": before, "decorator": decorator, "function": function, "docstring": text, "body": body}
    return Slip("alerts.slip", MODULE.format(**values), what, hint)


def values(result: str, what: str, hint: str, decorator: str = "values=values") -> Slip:
    """A slip in what fills the alert's own placeholders."""
    return definition(
        what,
        hint,
        before=f"def values(platform):\n    return {result}\n\n",
        decorator=DECORATOR.replace(")", f", {decorator})"),
    )


DECORATORS = (
    definition("TypeError: alert() missing 1 required positional argument", FIX, decorator="@alert"),
    definition("TypeError: alert() missing 1 required", FIX, decorator='@alert("RouteSlow")'),
    definition("takes a severity, not 'page'", "PAGE, TICKET or NONE", decorator='@alert("RouteSlow", "page")'),
    definition("takes a severity, not EnumType", "PAGE, TICKET or NONE", decorator='@alert("RouteSlow", Severity)'),
    definition("@alert(name) takes a text, not 5", "in quotes", decorator="@alert(5, PAGE)"),
    definition("the text of @alert(name) is empty", "what people read", decorator='@alert("  ", PAGE)'),
    definition('"route_slow" is not a valid name', "RouteSlow", decorator=DECORATOR.replace("RouteSlow", "route_slow")),
    definition(
        "a panel's id as text, not 5", 'panel="dashboard/panel"', decorator='@alert("RouteSlow", PAGE, panel=5)'
    ),
    definition("unexpected keyword argument 'runbok'", FIX, decorator='@alert("RouteSlow", PAGE, runbok="a")'),
    definition("has the runbook 'a/b'", "lower-case letters", decorator='@alert("RouteSlow", PAGE, runbook="a/b")'),
    definition(
        "takes 2 positional arguments but 3", FIX, decorator='@alert("RouteSlow", PAGE, "overview/latency_by_route")'
    ),
    definition(
        "@alert(fixed_window=…) has a template: '$labels.route'",
        "nothing fills a template",
        decorator='@alert("RouteSlow", PAGE, fixed_window="$labels.route")',
    ),
    definition(
        "fixed_window=…) takes a reason as text", "why", decorator='@alert("RouteSlow", PAGE, fixed_window=True)'
    ),
    definition('panel "overview/latency"', "did you mean", decorator=DECORATOR.replace("latency_by_route", "latency")),
    definition('dashboard "overwiew"', 'did you mean "overview"', decorator=DECORATOR.replace("overview", "overwiew")),
    definition("it links to no panel", "name one", decorator='@alert("RouteSlow", TICKET)'),
    definition(
        "@alert(values=…) takes a function, not dict", "return the result", decorator='@alert("A", PAGE, values={})'
    ),
)
FUNCTIONS = (
    definition("is asynchronous or has a yield", "use def and return", function="async def route_slow(platform):"),
    definition("is asynchronous or has a yield", "use def and return", body="yield CONDITION"),
    definition("does not take exactly one argument", "def name(platform", function="def route_slow():"),
    definition("does not take exactly one argument", "def name(platform", function="def route_slow(platform, window):"),
    definition(
        "does not take exactly one argument", "def name(platform", function="def route_slow(platform, *, window):"
    ),
    definition("@alert(…) takes a function, not type", "def name(platform", function="class RouteSlow:", body="pass"),
    definition("RouteSlow returns None, which is not a condition", ".above(…)", body=BODY.replace("return ", "")),
    definition(
        "the docstring of <lambda> lacks a part", "First steps", decorator=f"{DECORATOR[1:]}(lambda platform: 5)"
    ),
)
TEXTS = (
    definition("the docstring of route_slow lacks a part", '"Impact:"', docstring=" "),
    definition("lacks a part", '"Impact:"', docstring="Slow.\n\n    {value}.\n\n    First steps:\n    1. Look.\n    "),
    definition("lacks a part", '"First steps:"', docstring="Slow.\n\n    {value}.\n\n    Impact: None.\n    "),
    definition(
        "lacks a part", "a description", docstring="Slow.\n\n    Impact: None.\n\n    First steps:\n    1. Look.\n    "
    ),
    definition(
        "lacks a part", 'numbered "First steps:"', docstring=DOCSTRING.format(DESCRIPTION, "").replace("1. ", "Look.")
    ),
    definition("RouteSlow cannot fill {rout}", 'did you mean "route"', description="{rout} is at {value}."),
    definition("RouteSlow cannot fill {tenant_id}", "use one of", description="{tenant_id} is at {value}."),
    definition("RouteSlow cannot fill {}", "use one of", description="{} is at {value}."),
    definition("the placeholder value has a format", "the unit decides", description="It is {value:.2f}."),
    definition("the placeholder value has a format", "write {value}", description="It is {value!r}."),
    definition("cannot be parsed", "close every brace", description="It is {value."),
    definition("has a Go template: '{{ $value }}", "single braces", description="It is {{ $value }}."),
    definition("has a Go template: '{{ .Values.limit", "single braces", description="{value} of {{ .Values.limit }}."),
    definition("has a Go template: '{{- if ", "single braces", description="{value} {{- if true }}now{{ end }}."),
    definition("has a Go template: '$labels.route", "single braces", description="{value} of $labels.route."),
    definition("has a Go template: '{{ end }}", "single braces", step="Look at {{ end }}."),
    definition("does not contain the value", "add {value}", description="It is slow."),
    definition('has the number "5 minutes"', "as {window}", description="{value} in the last 5 minutes."),
    definition('has the number "ten percent"', "as {window}", description="{value}, more than ten percent."),
    definition('has the number "p95"', "{quantile}", description="The p95 is {value}."),
    definition('has the number "last hour"', "as {window}", step="Look at the last hour."),
)
ALTERNATIVES = (
    definition(
        "the conditions joined by | have different thresholds",
        "@alert(…, values=function)",
        description="{value} (threshold {threshold}).",
        body=f"return {COUNTS.format(5)} | {COUNTS.format(6)}",
    ),
    definition(
        "the conditions joined by | have different windows",
        "@alert(…, values=function)",
        description="{value} (last {window}).",
        body=f"return {COUNTS.format(5)} | {COUNTS.format(5).replace('minutes(5)', 'minutes(10)')}",
    ),
    definition(
        "the conditions joined by | have different units",
        "@alert(…, values=function)",
        description="It is {value}.",
        body=f"return {COUNTS.format(5)} | ({BODY.removeprefix('return ')})",
    ),
)
VALUES = (
    values(
        "[1]", "the function `values` of RouteSlow takes a mapping as its result, not list", 'return {"name": query}'
    ),
    values("None", "takes a mapping as its result, not None", 'return {"name": query}'),
    values("{5: minutes(5)}", "takes names of placeholders, not 5", 'return {"name": query}'),
    values("{'a': 5}", "the placeholder a of RouteSlow takes a query, a quantity or a duration, not 5", "return one"),
    values("{'a': REQUESTS}", "takes a query, a quantity or a duration, not Counter requests_total", "return one"),
    values("{'a': REQUESTS.rate().by(TENANT)}", "is grouped by tenant_id, and the alert is not", "labels of the alert"),
    values("{}", "@alert(values=…) takes a function, not dict", "return the result", "values=values(None)"),
    values("{'a': 5}", "the function <lambda> does not take exactly one", "def name(platform", "values=lambda: {}"),
)
WINDOWS = (
    definition(
        "its window of 10 seconds holds fewer than two",
        "30 seconds or more",
        body=BODY.replace("minutes(5)", "seconds(10)"),
    ),
    definition("its window of 400 days is longer than", "days or less", body=BODY.replace("minutes(5)", "days(400)")),
    definition("600 ms, which is not a bucket bound", "use one of 5, 10", body=BODY.replace("500", "600")),
)
