"""Names of tenants are data: no name breaks a query, selects another tenant, or ends a page's script element."""

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
from tests.rendering.dashboard_samples import OVERVIEW
from tests.rendering.shipped_dashboards import panel, sample, shipped
from tests.rendering.variable_interpolation import double_quoted, interpolated

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
OTHER_TENANT = "com.rainbowsmokeofficial"
ROUTES = ("/chat", "/search")


def queries(dashboard_json: dict[str, Any]) -> Iterator[str]:
    """All queries of a dashboard, including those of its variables."""
    for node in dashboard_json["panels"]:
        yield from (target["expr"] for target in node.get("targets", ()))
    yield from (annotation["expr"] for annotation in dashboard_json["annotations"]["list"] if "expr" in annotation)
    for variable in dashboard_json["templating"]["list"][1:]:
        yield variable["query"]["query"].removeprefix("label_values(").rpartition(",")[0]


def matchers(query: str) -> Iterator[tuple[str, str]]:
    """The labels and values of a query's matchers, as a parser reads them."""
    pending = [promql_parser.parse(double_quoted(query))]
    while pending:
        node = pending.pop()
        if isinstance(node, promql_parser.VectorSelector):
            yield from ((matcher.name, matcher.value) for matcher in node.matchers.matchers)
        operands = (getattr(node, name, None) for name in ("expr", "lhs", "rhs", "vector_selector", "param"))
        pending += [operand for operand in operands if isinstance(operand, promql_parser.Expr)]
        pending += list(getattr(node, "args", ()))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_selects_only_itself(name: str) -> None:
    """With any tenant's name inserted, every query parses, and its matcher matches that tenant and not another one."""
    values = [
        value
        for query in queries(sample())
        for label, value in matchers(interpolated(query, {"tenant": [name], "route": ROUTES}))
        if label == "tenant_id"
    ]
    assert values
    assert all(re.fullmatch(value, name) and not re.fullmatch(value, OTHER_TENANT) for value in values)


def test_several_values_select_each_of_them() -> None:
    """If several values are selected, the matcher matches each of them, and no similar value."""
    routes = ["/chat", "/a|b", "/c.t"]
    values = {
        value
        for query in queries(sample())
        for label, value in matchers(interpolated(query, {"tenant": [OTHER_TENANT], "route": routes}))
        if label == "route"
    }
    (value,) = values
    assert all(re.fullmatch(value, route) for route in routes)
    assert not any(re.fullmatch(value, other) for other in ("/a", "b", "/cat", "/search"))


def test_promtool_accepts_queries_with_hostile_names(promtool: Promtool) -> None:
    """Prometheus' own parser, which also reads raw strings, accepts every query with every hostile name."""
    expressions = [
        (name, interpolated(query, {"tenant": [name], "route": ROUTES}))
        for name in HOSTILE
        for query in queries(sample())
    ]
    assert promtool.check_expressions(expressions) == []


@pytest.mark.parametrize("id_", shipped())
def test_promtool_accepts_shipped_queries_with_hostile_names(id_: str, promtool: Promtool) -> None:
    """Prometheus accepts the queries of the dashboards in `out/` with a hostile name as the value of every variable."""
    parsed = json.loads(shipped()[id_])
    variables = [variable["name"] for variable in parsed["templating"]["list"]]
    expressions = [
        (name, interpolated(query, dict.fromkeys(variables, (name, OTHER_TENANT))))
        for name in HOSTILE
        for query in queries(parsed)
    ]
    assert promtool.check_expressions(expressions) == []


def test_promtool_rejects_a_query_with_a_backtick(promtool: Promtool) -> None:
    """A backtick, which the contract excludes from tenants' names, ends a raw string; so the tests above can fail."""
    expressions = [
        ("`", interpolated(query, {"tenant": ["`"], "route": ROUTES}))
        for query in queries(sample())
        if "{tenant:" in query
    ]
    assert promtool.check_expressions(expressions)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_does_not_end_a_script_element(name: str) -> None:
    """A dashboard with a hostile name is safe inside a page's script element, and its JSON has that name unchanged."""
    tenant, *others = OVERVIEW.variables
    text = dashboard(replace(OVERVIEW, title=name, variables=(replace(tenant, current=name), *others)))
    assert "</" not in text
    assert "<!--" not in text
    parsed = json.loads(text)
    assert parsed["title"] == name
    assert parsed["templating"]["list"][1]["current"] == {"text": name, "value": name}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_link_of_a_hostile_name_opens_that_tenant(name: str) -> None:
    """The link of a row is a valid URL with any tenant's name, and has exactly that tenant as the variable's value."""
    url = link_of(panel("Tenants by error rate")).replace(
        "${__data.fields.tenant_id:percentencode}", quote(name, safe="")
    )
    url = url.replace("${__url_time_range}", "from=1&to=2").replace("${datasource:queryparam}", "var-datasource=p")
    url = url.replace("${route:queryparam}", "var-route=r")
    parts = urlsplit(url)
    assert parts.path == "/d/workers-ai-tenant"
    assert parse_qs(parts.query, strict_parsing=True) == {
        "var-tenant": [name],
        "from": ["1"],
        "to": ["2"],
        "var-datasource": ["p"],
        "var-route": ["r"],
    }


def link_of(table: dict[str, Any]) -> str:
    """The URL of the link in the first column of a table."""
    first = table["fieldConfig"]["overrides"][0]
    links = next(item["value"] for item in first["properties"] if item["id"] == "links")
    url: str = links[0]["url"]
    return url
