"""Every bad value is said with its line, its place, what it is, and its cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.config.load import load
from tests.config.small import SMALL, Room, spoilt

PLAIN = "write digits with at most one point, no leading zero and no exponent, or quote it if it is text"
BUDGET = "give a whole number above 0"
TENANT = "give 1 to 128 characters, without backticks and control characters"
RATIO = "give a number above 0 and below 100"
URL = 'give an http or https URL without a slash, ? or # at its end, as "https://grafana.example.com"'
FILE = 'give an absolute path in Alertmanager\'s reach, as "/etc/alertmanager/secrets/page-key"'

BAD_VALUES = [
    ("tokens_per_day: 2000", "tokens_per_day: -5", "5 tenants.acme.tokens_per_day", "-5 is not a budget", BUDGET),
    ("tokens_per_day: 2000", "tokens_per_day: 12.5", "5 tenants.acme.tokens_per_day", "12.5 is not a budget", BUDGET),
    ("tokens_per_day: 2000", 'tokens_per_day: "5"', "5 tenants.acme.tokens_per_day", '"5" is not a budget', BUDGET),
    ("tokens_per_day: 2000", "tokens_per_day: ", "5 tenants.acme.tokens_per_day", "it is empty", BUDGET),
    (
        "tokens_per_day: 2000",
        "tokens_per_dya: 2000",
        "5 tenants.acme.tokens_per_dya",
        "this key is unknown",
        'did you mean "tokens_per_day"? Use it, or declare "tokens_per_dya"',
    ),
    ("acme: {", "? 'com.`acme'\n  : {", '5 tenants."com.`acme"', '"com.`acme" is not a tenant\'s id', TENANT),
    ("acme: {", '"acme\\n": {', '5 tenants."acme\\n"', '"acme\\n" is not a tenant\'s id', TENANT),
    (
        "error_percent: 5",
        "error_percent: yes",
        "3 tenant_default.error_percent",
        "yes (true or false to YAML) is not a share in percent",
        RATIO,
    ),
    (
        "error_percent: 5",
        "error_percent: 100",
        "3 tenant_default.error_percent",
        "100 is not a share in percent",
        RATIO,
    ),
    (
        "warning_percent: 80",
        "warning_percent: 0",
        "11 promises.cost.warning_percent",
        "0 is not a share in percent",
        RATIO,
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
        "an item is listed twice",
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
        "it is empty",
        "list at least one: a tenant's id, a colon, and a tenant's numbers",
    ),
    (
        "kept_days: 30",
        "kept_days: 7",
        "9 promises.errors.kept_days",
        "7 is not a period in days",
        "give a whole number from 28 and up to 366",
    ),
    (", ai_percent: 5", "", "9 promises.errors.ai_percent", "it is missing", RATIO),
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
def test_a_bad_value_is_the_only_thing_complained_of(
    room: Room, old: str, new: str, place: str, what: str, hint: str
) -> None:
    """One bad value makes one fault, which says where it stands, what it is, and what to do."""
    assert room.problems({"platform.yaml": spoilt(old, new)}) == [f"platform.yaml:{place}: {what}; {hint}."]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_that_two_readers_take_differently_is_refused(room: Room, number: str) -> None:
    """A number is written in digits: what is infinite, octal, sexagesimal, or too long to be exact is none."""
    problems = room.problems({"platform.yaml": spoilt("floor_requests: 15", f"floor_requests: {number}")})
    what = f"{number} is not a number in 15 plain digits or fewer"
    assert problems == [f"platform.yaml:7 promises.floor_requests: {what}; {PLAIN}."]


def test_all_faults_are_told_at_once(room: Room) -> None:
    """Faults of reading, of the schema and of the laws come together, in the order of their lines."""
    text = spoilt("tokens_per_day: 2000", "tokens_per_day: !!int 5").replace("ai: 1000", "ai: 1001")
    text = text.replace("floor_requests: 15", "floor: 15").replace("telemetry: ops", "telemetry: sre")
    assert [problem.partition(":")[2].partition(":")[0] for problem in room.problems({"platform.yaml": text})] == [
        "5 tenants.acme.tokens_per_day",
        "6 promises.floor_requests",
        "7 promises.floor",
        "10 promises.latency_ms.ai",
        "16 owners.telemetry",
    ]


def test_the_small_platform_is_good(room: Room) -> None:
    """What the tables of bad values spoil is good before."""
    room.write({"platform.yaml": SMALL})
    assert load(Path("platform.yaml")).tenants == ("acme",)
