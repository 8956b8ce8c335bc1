"""Every invalid value is reported with its line, its path, what is wrong and a hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.config.load import load
from tests.config.small_platform import SMALL_PLATFORM, Workspace, changed

NUMBER = "write digits with an optional decimal point, without exponent or leading zeros, or quote it if it is text"
TOKENS = "give a whole number above 0"
TENANT = "give 1 to 128 characters without backticks, control characters, & # % + and $__"
PERCENTAGE = "give a number above 0 and below 100"
URL = 'give an http or https URL without a slash, ? or # at its end, such as "https://grafana.example.com"'
FILE = 'give an absolute path that Alertmanager can read, such as "/etc/alertmanager/secrets/page-key"'

BAD_VALUES = [
    ("tokens_per_day: 2000", "tokens_per_day: -5", "5 tenants.acme.tokens_per_day", "-5 is out of range", TOKENS),
    (
        "tokens_per_day: 2000",
        "tokens_per_day: 12.5",
        "5 tenants.acme.tokens_per_day",
        "12.5 is not a number of tokens",
        TOKENS,
    ),
    (
        "tokens_per_day: 2000",
        'tokens_per_day: "5"',
        "5 tenants.acme.tokens_per_day",
        '"5" is not a number of tokens',
        TOKENS,
    ),
    ("tokens_per_day: 2000", "tokens_per_day: ", "5 tenants.acme.tokens_per_day", "the value is empty", TOKENS),
    (
        "tokens_per_day: 2000",
        "tokens_per_dya: 2000",
        "5 tenants.acme.tokens_per_dya",
        "unknown key",
        'did you mean "tokens_per_day"? If not, remove it',
    ),
    ("acme: {", "? 'com.`acme'\n  : {", '5 tenants."com.`acme"', '"com.`acme" is not a tenant id', TENANT),
    ("acme: {", '"acme\\n": {', '5 tenants."acme\\n"', '"acme\\n" is not a tenant id', TENANT),
    (
        "error_percent: 5",
        "error_percent: yes",
        "3 tenant_default.error_percent",
        "yes (a boolean in YAML) is not a percentage",
        PERCENTAGE,
    ),
    (
        "error_percent: 5",
        "error_percent: 100",
        "3 tenant_default.error_percent",
        "100 is out of range",
        PERCENTAGE,
    ),
    (
        "warning_percent: 80",
        "warning_percent: 0",
        "14 thresholds.cost.warning_percent",
        "0 is out of range",
        PERCENTAGE,
    ),
    (
        "[/a, /b]",
        "[/a, /b, b]",
        "2 services.api[2]",
        '"b" is not a route',
        'give a slash, then at most 127 letters, digits and . _ ~ : * / -, such as "/chat"',
    ),
    (
        "[/a, /b]",
        "[/a, /b, /a]",
        "2 services.api",
        "the list has a duplicate item",
        'list each route once, such as ["/chat", "/search"]',
    ),
    (
        "{api: [/a, /b]}",
        "[/a, /b]",
        "2 services",
        "a list is not a mapping of services",
        "write at least one entry: a service name, a colon and a list of routes",
    ),
    (
        "  acme: {tokens_per_day: 2000}\n",
        "  {}\n",
        "4 tenants",
        "the value is empty",
        "write at least one entry: a tenant id, a colon and a mapping of overrides",
    ),
    (
        "window_days: 30",
        "window_days: 7",
        "7 slos.availability.window_days",
        "7 is out of range",
        "give a whole number of at least 28 and at most 366",
    ),
    (", ai_percent: 5", "", "12 thresholds.errors.ai_percent", "this key is required", PERCENTAGE),
    (
        "{m: {",
        '{"m n": {',
        '16 model_prices."m n"',
        '"m n" is not a model name',
        'give the full name, such as "@cf/meta/llama-3.1-8b-instruct": at most 128 letters, digits and @ . _ / -',
    ),
    ("input: 0.1", "input: -0.1", "16 model_prices.m.input", "-0.1 is out of range", "give a number of at least 0"),
    (
        "/secrets/key",
        "s3cr3t",
        "17 teams.ops.page[0].pagerduty.key_file",
        "a text (not shown: it may be a secret) is not the path of a file",
        FILE,
    ),
    (
        "https://g.example.com",
        "https://g.example.com/",
        "20 links.grafana",
        '"https://g.example.com/" is not a base URL',
        URL,
    ),
    (
        "https://g.example.com",
        "https://g.example.com?a=1",
        "20 links.grafana",
        '"https://g.example.com?a=1" is not a base URL',
        URL,
    ),
    (
        "https://g.example.com",
        "ftp://g.example.com",
        "20 links.grafana",
        '"ftp://g.example.com" is not a base URL',
        URL,
    ),
    (
        "https://g.example.com",
        "https://g.example.com/#a",
        "20 links.grafana",
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
    problems = workspace.problems({"platform.yaml": changed("min_requests: 15", f"min_requests: {number}")})
    what = f"{number} is not a decimal number of at most 15 digits"
    assert problems == [f"platform.yaml:10 thresholds.min_requests: {what}; {NUMBER}."]


def test_all_problems_are_reported_at_once(workspace: Workspace) -> None:
    """Problems of the syntax, of the schema and of the checks come together, in the order of their lines."""
    text = changed("tokens_per_day: 2000", "tokens_per_day: !!int 5").replace("ai: 1000", "ai: 1001")
    text = text.replace("min_requests: 15", "minimum: 15").replace("telemetry: ops", "telemetry: sre")
    assert [problem.partition(":")[2].partition(":")[0] for problem in workspace.problems({"platform.yaml": text})] == [
        "5 tenants.acme.tokens_per_day",
        "8 slos.latency_p95_ms.ai",
        "9 thresholds.min_requests",
        "10 thresholds.minimum",
        "18 owners.telemetry",
    ]


def test_the_small_platform_is_valid(workspace: Workspace) -> None:
    """The platform that the tests change is valid before."""
    workspace.write({"platform.yaml": SMALL_PLATFORM})
    assert load(Path("platform.yaml")).tenants == ("acme",)
