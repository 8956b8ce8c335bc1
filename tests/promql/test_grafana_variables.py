"""The values of Grafana's variables in a query, as Grafana inserts them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from generator.checks.parsed_output import ParsedOutput
from generator.errors import DefinitionError
from generator.ir.build import Compiled
from generator.promql.grafana_variables import as_regex, escaped, filled
from generator.promql.parser import parsed, selectors

HOSTILE_NAMES = (
    'quo"te',
    "quo'te",
    r"back\slash",
    ".*",
    "a|b",
    "(a",
    "[a",
    "^a$",
    "$tenant",
    "${tenant:regex}",
    "a/b",
    "</x>",
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("com.rainbowsmokeofficial", r"com\.rainbowsmokeofficial"),
        ("com-mrrainbowsmoke", "com-mrrainbowsmoke"),
        ("/chat", r"\/chat"),
        ("a|b", r"a\|b"),
        ("^a$", r"\^a\$"),
        (r"a\b", r"a\\b"),
        ("(a)[b]{c}", r"\(a\)\[b\]\{c\}"),
        ("a*b+c?", r"a\*b\+c\?"),
        ('"a"', '"a"'),
    ],
)
def test_characters_of_regular_expressions_are_escaped(value: str, text: str) -> None:
    """A character with a meaning in a regular expression, and a slash, gets a backslash; nothing else changes."""
    assert escaped(value) == text


def test_several_values_are_alternatives() -> None:
    """One value has no parentheses; several are separated by bars in parentheses."""
    assert as_regex(["/chat"]) == r"\/chat"
    assert as_regex(["/chat", "/search"]) == r"(\/chat|\/search)"


def test_durations_and_variables_are_replaced() -> None:
    """The interval is 5 minutes, the range 6 hours, and a variable has its values."""
    query = "rate(requests_total{route=~`${route:regex}`}[$__rate_interval]) + increase(x[$__range:5m])"
    expected = r"rate(requests_total{route=~`\/chat`}[5m]) + increase(x[6h:5m])"
    assert filled(query, {"route": ["/chat"]}) == expected


def test_durations_are_replaced_without_any_variables() -> None:
    """A dashboard without template variables has Grafana's durations nevertheless."""
    assert filled("rate(requests_total[$__rate_interval])", {}) == "rate(requests_total[5m])"


def test_an_unknown_variable_is_an_error() -> None:
    """A misspelt variable is an error with the name that was meant."""
    message = r'the dashboard has no variable \$\{tennant:regex\}; did you mean "tenant"'
    with pytest.raises(DefinitionError, match=message):
        filled("x{tenant_id=~`${tennant:regex}`}", {"tenant": ["a"]})


@pytest.mark.parametrize("variable", ["$tenant", "${tenant}", "${tenant:csv}"])
def test_a_variable_in_another_format_is_an_error(variable: str) -> None:
    """Without the escapes of the format `regex`, the name of a tenant could break the query."""
    with pytest.raises(DefinitionError, match=r"are not escaped; write \$\{tenant:regex\}"):
        filled(f"x{{tenant_id=~`{variable}`}}", {"tenant": ["a"]})


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_no_name_of_a_tenant_breaks_a_shipped_query(built: Compiled, name: str) -> None:
    """Whatever the name of a tenant is, every query of every dashboard parses, and matches that tenant and no other. An
    empty value is that of series across tenants."""
    patterns = set()
    for expression in ParsedOutput(built).expressions:
        if expression.variables and "tenant" in expression.variables:
            text = replace(expression, variables={**expression.variables, "tenant": (name,)}).text
            matchers = [matcher for selector in selectors(parsed(text)) for matcher in selector.matchers.matchers]
            patterns |= {matcher.value for matcher in matchers if matcher.name == "tenant_id" and matcher.value}
    assert patterns
    for pattern in patterns:
        assert re.fullmatch(pattern, name)
        assert not re.fullmatch(pattern, "com-mrrainbowsmoke")
