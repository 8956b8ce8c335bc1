"""A tenant's name is data: no name breaks a query, picks another tenant, or leaves the page's text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import promql_parser
import pytest

from generator.external.promtool import Promtool
from generator.rendering.grafana import dashboard
from tests.rendering.drawn_samples import OVERVIEW
from tests.rendering.grafana_fills import double_quoted, filled
from tests.rendering.shipped_dashboards import panel, sample, shipped

HOSTILE = (
    'quo"te',
    "quo'te",
    r"back\slash",
    r"ends with \\",
    ".*",
    "a|b",
    "(a",
    "a)",
    "[a",
    "a{2}",
    "^a$",
    "$tenant",
    "a}b",
    "a#b",
    "a/b",
    "</script><script>alert(1)</script>",
    "<!--",
    "with blank, comma",
    "ünïcode 🦜",
    '"} or vector(1) #',
)
VICTIM = "com.rainbowsmokeofficial"
ROUTES = ("/chat", "/search")


def queries(read: dict[str, Any]) -> Iterator[str]:
    """All queries of a dashboard, those behind its variables included."""
    for one in read["panels"]:
        yield from (target["expr"] for target in one.get("targets", ()))
    yield from (mark["expr"] for mark in read["annotations"]["list"] if "expr" in mark)
    for variable in read["templating"]["list"][1:]:
        yield variable["query"]["query"].removeprefix("label_values(").rpartition(",")[0]


def matchers(query: str) -> Iterator[tuple[str, str]]:
    """Names and values of the matchers of a query, as a parser reads them."""
    waiting = [promql_parser.parse(double_quoted(query))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, promql_parser.VectorSelector):
            yield from ((one.name, one.value) for one in node.matchers.matchers)
        parts = (getattr(node, name, None) for name in ("expr", "lhs", "rhs", "vector_selector", "param"))
        waiting += [part for part in parts if isinstance(part, promql_parser.Expr)]
        waiting += list(getattr(node, "args", ()))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_picks_itself_alone(name: str) -> None:
    """Whatever a tenant is called, every query still parses, and its matcher takes that name and no other tenant's."""
    values = [
        value
        for query in queries(sample())
        for label, value in matchers(filled(query, {"tenant": [name], "route": ROUTES}))
        if label == "tenant_id"
    ]
    assert values
    assert all(re.fullmatch(value, name) and not re.fullmatch(value, VICTIM) for value in values)


def test_several_names_pick_each_of_them() -> None:
    """Of several values that are picked, each is taken, and what is like one of them is not."""
    routes = ["/chat", "/a|b", "/c.t"]
    values = {
        value
        for query in queries(sample())
        for label, value in matchers(filled(query, {"tenant": [VICTIM], "route": routes}))
        if label == "route"
    }
    (value,) = values
    assert all(re.fullmatch(value, route) for route in routes)
    assert not any(re.fullmatch(value, other) for other in ("/a", "b", "/cat", "/search"))


def test_promtool_reads_hostile_queries(promtool: Promtool) -> None:
    """Prometheus' own parser reads every query with every hostile name filled in, raw strings and all."""
    asked = [
        (name, filled(query, {"tenant": [name], "route": ROUTES})) for name in HOSTILE for query in queries(sample())
    ]
    assert promtool.check_expressions(asked) == []


@pytest.mark.parametrize("board", shipped())
def test_promtool_reads_what_is_shipped_with_hostile_names(board: str, promtool: Promtool) -> None:
    """Prometheus reads every query of a dashboard in `out/`, whatever any of its variables holds."""
    read = json.loads(shipped()[board])
    variables = [one["name"] for one in read["templating"]["list"]]
    asked = [
        (name, filled(query, dict.fromkeys(variables, (name, VICTIM)))) for name in HOSTILE for query in queries(read)
    ]
    assert promtool.check_expressions(asked) == []


def test_a_backtick_would_break_a_query(promtool: Promtool) -> None:
    """What the contract keeps out of tenants' names, a backtick, does end a raw string: these tests can fail."""
    asked = [
        ("`", filled(query, {"tenant": ["`"], "route": ROUTES})) for query in queries(sample()) if "{tenant:" in query
    ]
    assert promtool.check_expressions(asked)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_cannot_leave_a_page(name: str) -> None:
    """A dashboard that holds a hostile name can stand inside a page's script element, and still says that name."""
    tenant, *others = OVERVIEW.variables
    text = dashboard(replace(OVERVIEW, title=name, variables=(replace(tenant, current=name), *others)))
    assert "</" not in text
    assert "<!--" not in text
    read = json.loads(text)
    assert read["title"] == name
    assert read["templating"]["list"][1]["current"] == {"text": name, "value": name}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_click_on_a_hostile_name_opens_that_tenant(name: str) -> None:
    """A row's link keeps its shape whatever the tenant is called, and hands over exactly that tenant."""
    url = link_of(panel("The worst tenants")).replace("${__data.fields.tenant_id:percentencode}", quote(name, safe=""))
    url = url.replace("${__url_time_range}", "from=1&to=2").replace("${datasource:queryparam}", "var-datasource=p")
    parts = urlsplit(url)
    assert parts.path == "/d/workers-ai-tenant"
    assert parse_qs(parts.query, strict_parsing=True) == {
        "var-tenant": [name],
        "from": ["1"],
        "to": ["2"],
        "var-datasource": ["p"],
    }


def link_of(table: dict[str, Any]) -> str:
    """The URL behind the first column of a table."""
    first = table["fieldConfig"]["overrides"][0]
    links = next(one["value"] for one in first["properties"] if one["id"] == "links")
    url: str = links[0]["url"]
    return url
