"""Grafana's variables, filled in as Grafana does it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from generator.checks.expressions import asked
from generator.errors import DefinitionError
from generator.ir.build import Compiled
from generator.promql.grafana_variables import escaped, filled, picked
from generator.promql.parser import parsed, selectors

HOSTILE = (
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
def test_a_sign_of_a_regular_expression_is_escaped(value: str, text: str) -> None:
    """What means something in a regular expression, and a slash, gets a backslash; nothing else changes."""
    assert escaped(value) == text


def test_several_values_are_alternatives() -> None:
    """One value stands alone, several stand in brackets with bars between."""
    assert picked(["/chat"]) == r"\/chat"
    assert picked(["/chat", "/search"]) == r"(\/chat|\/search)"


def test_windows_and_variables_are_filled_in() -> None:
    """The step is 5 minutes, the range 6 hours, a variable what was picked."""
    query = "rate(requests_total{route=~`${route:regex}`}[$__rate_interval]) + increase(x[$__range:5m])"
    wanted = r"rate(requests_total{route=~`\/chat`}[5m]) + increase(x[6h:5m])"
    assert filled(query, {"route": ["/chat"]}) == wanted


def test_what_nothing_fills_is_refused() -> None:
    """A misspelt variable is told, with the one that was meant."""
    with pytest.raises(DefinitionError, match=r'nothing fills the variable \$\{tennant:regex\}; did you mean "tenant"'):
        filled("x{tenant_id=~`${tennant:regex}`}", {"tenant": ["a"]})


@pytest.mark.parametrize("hole", ["$tenant", "${tenant}", "${tenant:csv}"])
def test_a_value_that_is_not_escaped_is_refused(placeholder: str) -> None:
    """A variable in another format would let a tenant's name break the query."""
    with pytest.raises(DefinitionError, match=r"are not escaped; write \$\{tenant:regex\}"):
        filled(f"x{{tenant_id=~`{placeholder}`}}", {"tenant": ["a"]})


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_breaks_no_shipped_query(built: Compiled, name: str) -> None:
    """Whatever a tenant is called, every query of every dashboard parses, and picks that tenant and no other."""
    seen = set()
    for one in asked(built):
        if "tenant" in one.values:
            text = replace(one, values={**one.values, "tenant": (name,)}).text
            every = [matcher for each in selectors(parsed(text)) for matcher in each.matchers.matchers]
            seen |= {matcher.value for matcher in every if matcher.name == "tenant_id"}
    assert seen
    assert all(re.fullmatch(value, name) and not re.fullmatch(value, "com-mrrainbowsmoke") for value in seen)
