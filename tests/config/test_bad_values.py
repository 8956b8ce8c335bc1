"""Every invalid value is reported with its line, its path, what is wrong and a hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.config.load import load
from tests.config.small_platform import SMALL_PLATFORM, Workspace, changed

NUMBER = "write digits with an optional decimal point, without exponent or leading zeros, or quote it if it is text"
BUDGET = "give a whole number above 0"
TENANT = "give 1 to 128 characters, without backticks and control characters"
SHARE = "give a number above 0 and below 100"
URL = 'give an http or https URL without a slash, ? or # at its end, as "https://grafana.example.com"'
FILE = 'give an absolute path in Alertmanager\'s reach, as "/etc/alertmanager/secrets/page-key"'

BAD_VALUES = [
    ("tokens_per_day: 2000", "tokens_per_day: -5", "5 tenants.acme.tokens_per_day", "-5 is not a budget", BUDGET),
    ("tokens_per_day: 2000", "tokens_per_day: 12.5", "5 tenants.acme.tokens_per_day", "12.5 is not a budget", BUDGET),
    ("tokens_per_day: 2000", 'tokens_per_day: "5"', "5 tenants.acme.tokens_per_day", '"5" is not a budget', BUDGET),
    ("tokens_per_day: 2000", "tokens_per_day: ", "5 tenants.acme.tokens_per_day", "the value is empty", BUDGET),
    (
        "tokens_per_day: 2000",
        "tokens_per_dya: 2000",
        "5 tenants.acme.tokens_per_dya",
        "unknown key",
        'did you mean "tokens_per_day"? If not, remove it',
    ),
    ("acme: {", "? 'com.`acme'\n  : {", '5 tenants."com.`acme"', '"com.`acme" is not a tenant\'s id', TENANT),
    ("acme: {", '"acme\\n": {', '5 tenants."acme\\n"', '"acme\\n" is not a tenant\'s id', TENANT),
    (
        "error_percent: 5",
        "error_percent: yes",
        "3 tenant_default.error_percent",
        "yes (a boolean in YAML) is not a share in percent",
        SHARE,
    ),
    (
        "error_percent: 5",
        "error_percent: 100",
        "3 tenant_default.error_percent",
        "100 is not a share in percent",
        SHARE,
    ),
    (
        "warning_percent: 80",
        "warning_percent: 0",
        "11 promises.cost.warning_percent",
        "0 is not a share in percent",
        SHARE,
    ),
    (
        "[/a, /b]",
        "[/a, /b, b]",
        "2 services.api[2]",
        '"b" is not a route',
        'give a path that begins with a slash, as "/chat"',
    ),
    (
        "[/a, /b]",
        "[/a, /b, /a]",
        "2 services.api",
        "the list has a duplicate item",
        'list each route once, as ["/chat", "/search"]',
    ),
    (
        "{api: [/a, /b]}",
        "[/a, /b]",
        "2 services",
        "a list is not services",
        "list at least one: a service's name, a colon, and a list of routes",
    ),
    (
        "  acme: {tokens_per_day: 2000}\n",
        "  {}\n",
        "4 tenants",
        "the value is empty",
        "list at least one: a tenant's id, a colon, and a tenant's numbers",
    ),
    (
        "kept_days: 30",
        "kept_days: 7",
        "9 promises.errors.kept_days",
        "7 is not a period in days",
        "give a whole number from 28 and up to 366",
    ),
    (", ai_percent: 5", "", "9 promises.errors.ai_percent", "this key is required", SHARE),
    (
        "{m: {",
        '{"m n": {',
        '14 models."m n"',
        '"m n" is not a model\'s name',
        'give the full name, as "@cf/meta/llama-3.1-8b-instruct"',
    ),
    ("input: 0.1", "input: -0.1", "14 models.m.input", "-0.1 is not a price", "give a number from 0"),
    ("/secrets/key", "s3cr3t", "15 teams.ops.page_key_file", '"s3cr3t" is not the path of a file', FILE),
    (
        "https://g.example.com",
        "https://g.example.com/",
        "18 links.grafana",
        '"https://g.example.com/" is not a base URL',
        URL,
    ),
    (
        "https://g.example.com",
        "https://g.example.com?a=1",
        "18 links.grafana",
        '"https://g.example.com?a=1" is not a base URL',
        URL,
    ),
    (
        "https://g.example.com",
        "ftp://g.example.com",
        "18 links.grafana",
        '"ftp://g.example.com" is not a base URL',
        URL,
    ),
    (
        "https://g.example.com",
        "https://g.example.com/#a",
        "18 links.grafana",
        '"https://g.example.com/#a" is not a base URL',
        URL,
    ),
]
NUMBERS = [".nan", ".inf", "-.inf", "010", "0x1f", "1_000", "1:30", "1e3", "1.0e+3", "9999999999999999"]


@pytest.mark.parametrize(("old", "new", "place", "what", "hint"), BAD_VALUES)
def test_an_invalid_value_is_one_problem(
    workspace: Workspace, old: str, new: str, place: str, what: str, hint: str
) -> None:
    """An invalid value is one problem, with its location, what is wrong and a hint."""
    assert workspace.problems({"platform.yaml": changed(old, new)}) == [f"platform.yaml:{place}: {what}; {hint}."]


@pytest.mark.parametrize("number", NUMBERS)
def test_an_ambiguous_number_is_rejected(workspace: Workspace, number: str) -> None:
    """Infinite, octal, hexadecimal, sexagesimal, exponential and inexact numbers are rejected."""
    problems = workspace.problems({"platform.yaml": changed("floor_requests: 15", f"floor_requests: {number}")})
    what = f"{number} is not a decimal number of at most 15 digits"
    assert problems == [f"platform.yaml:7 promises.floor_requests: {what}; {NUMBER}."]


def test_all_problems_are_reported_at_once(workspace: Workspace) -> None:
    """Problems of the syntax, of the schema and of the checks come together, in the order of their lines."""
    text = changed("tokens_per_day: 2000", "tokens_per_day: !!int 5").replace("ai: 1000", "ai: 1001")
    text = text.replace("floor_requests: 15", "floor: 15").replace("telemetry: ops", "telemetry: sre")
    assert [problem.partition(":")[2].partition(":")[0] for problem in workspace.problems({"platform.yaml": text})] == [
        "5 tenants.acme.tokens_per_day",
        "6 promises.floor_requests",
        "7 promises.floor",
        "10 promises.latency_ms.ai",
        "16 owners.telemetry",
    ]


def test_the_small_platform_is_valid(workspace: Workspace) -> None:
    """The platform that the tests change is valid before."""
    workspace.write({"platform.yaml": SMALL_PLATFORM})
    assert load(Path("platform.yaml")).tenants == ("acme",)
