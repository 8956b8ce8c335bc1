"""Runbooks: a well-formed page for each alert name, with the thresholds of every tenant."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from generator.definitions import load_definitions
from generator.dsl.platform import Platform
from generator.dsl.units import TOKENS_UNIT, quantity
from generator.ir.build import Lowered
from generator.lowering.lower import lower
from generator.rendering.runbooks import runbooks

CODE_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def lowered(platform: Platform) -> Lowered:
    """The intermediate representation of the tests' platform."""
    return lower(platform, load_definitions())


@pytest.fixture(scope="module")
def pages(lowered: Lowered) -> dict[str, str]:
    """The pages of the tests' platform, by name."""
    return {path.removeprefix("runbooks/").removesuffix(".md"): text for path, text in runbooks(lowered).items()}


def test_every_alert_has_a_page(lowered: Lowered, pages: dict[str, str]) -> None:
    """Rules of one name share a page, with a section for each."""
    assert set(pages) == {rule.alert.runbook for rule in lowered.alerts}
    assert re.findall(r"^## .*$", pages["tenant-high-error-rate"], re.MULTILINE) == [
        "## Ticket, grouped by `tenant_id`, `route`, `service`"
    ]
    assert re.findall(r"^## .*$", pages["high-ai-costs"], re.MULTILINE) == [
        "## Ticket, grouped by `tenant_id`",
        "## Page, grouped by `tenant_id`",
    ]


def test_a_page_has_the_rule_in_the_terms_of_prometheus(pages: dict[str, str]) -> None:
    """RouteDown is evaluated every 30 seconds, with `for` of 1 minute and `keep_firing_for` of 10."""
    assert (
        "| severity | owner | grouped by | evaluation interval | for | keep firing for |\n"
        "|---|---|---|---|---|---|\n"
        "| page | platform | `route`, `service` | 30 seconds | 1 minute | 10 minutes |\n"
    ) in pages["route-down"]


def test_pages_are_well_formed(pages: dict[str, str]) -> None:
    """No blank line is doubled, none is missing around headings, lists and tables; every page ends in one newline."""
    for name, page in pages.items():
        text = CODE_BLOCK.sub("", page)
        assert "\n\n\n" not in page, name
        assert re.search(r"\n\n---\n\nGenerated from .* not this page\.\n\Z", page), name
        assert not re.search(r"[^\n]\n#", text), f"{name}: a heading without a blank line before it"
        assert not re.search(r"^#.*\n[^\n]", text, re.MULTILINE), f"{name}: a heading without a blank line after it"
        assert not re.search(r"^[^|\n -].*\n(\||- |1\. |---)", text, re.MULTILINE), f"{name}: a block without one"
        assert not re.search(r"[ \t]$", page, re.MULTILINE), f"{name}: white space at a line's end"


def test_the_rows_of_a_table_have_as_many_cells_as_its_head(pages: dict[str, str]) -> None:
    """GitHub renders a table only where the head and the line under it agree."""
    for name, page in pages.items():
        for table in re.findall(r"(?:^\|.*\n)+", CODE_BLOCK.sub("", page), re.MULTILINE):
            rows = [re.sub(r"\\\|", "", row).count("|") for row in table.splitlines()]
            assert len(set(rows)) == 1, f"{name}: {table}"
            assert re.fullmatch(r"\|(---\|)+", table.splitlines()[1]), f"{name}: {table}"


def test_a_page_has_the_budget_of_each_tenant(pages: dict[str, str]) -> None:
    """80 % of 5,000,000 tokens are 4,000,000; a tenant that is not listed has a million."""
    assert (
        "| tenant_id | budget | 80% of it |\n"
        "|---|---|---|\n"
        "| `com-mrrainbowsmoke` | 2,000,000 tokens | 1,600,000 tokens |\n"
        "| `com.rainbowsmokeofficial` | 5,000,000 tokens | 4,000,000 tokens |\n"
        "| all others | 1,000,000 tokens | 800,000 tokens |\n"
    ) in pages["high-ai-costs"]


def test_a_default_without_overrides_applies_to_all(pages: dict[str, str]) -> None:
    """No tenant of the tests' platform has an error threshold of its own: there are no "others"."""
    assert "| tenant_id | threshold |\n|---|---|\n| all | 5% |\n" in pages["tenant-high-error-rate"]


def test_a_page_has_all_alternatives_of_a_condition(pages: dict[str, str]) -> None:
    """The burn rate pages for 2 % of the budget in an hour or 5 % in six: 14.4 × 0.5 % and 6 × 0.5 %."""
    page = pages["error-budget-burn"]
    rows = [
        "All of these are true:",
        "| `errors_total` / `requests_total` | 1 hour | above 7.2% |",
        "| `errors_total` / `requests_total` | 5 minutes | above 7.2% |",
        "| `requests_total` | 1 hour | at least 15 requests |",
        "Or all of these are true:",
        "| `errors_total` / `requests_total` | 6 hours | above 3% |",
        "| `errors_total` / `requests_total` | 30 minutes | above 3% |",
    ]
    positions = [page.index(row) for row in rows]
    assert positions == sorted(positions)


def test_a_page_has_the_burn_rates_of_the_slo(pages: dict[str, str]) -> None:
    """The burn rates follow from the SLO: 2 % of 30 days' budget in an hour, 5 % in six hours, 10 % in three days."""
    page = pages["error-budget-burn"]
    assert "Thresholds: burn rates of 14.4× over 1 hour and 6× over 6 hours." in page
    assert "Threshold: a burn rate of 1× over 3 days." in page


@pytest.mark.parametrize(
    ("page", "row"),
    [
        ("route-high-latency", "| p95 of `latency_ms` | 5 minutes | above the threshold of its `route` |"),
        ("ai-cost-forecast", "| `ai_tokens`, forecast | 24 hours | above the threshold of its `tenant_id` |"),
        (
            "ai-cost-forecast",
            "| `ai_tokens` | 1 hour | above 1.5 times what it was around this time yesterday, and a week ago |",
        ),
        ("high-ai-costs", "| `ai_tokens` / the budget of its `tenant_id` | 24 hours | above 80% |"),
        ("high-ai-spend", "| cost of `ai_tokens` | 24 hours | above $50 |"),
        (
            "telemetry-missing",
            "| time since `telemetry_heartbeat_timestamp_seconds` | 24 hours | above 3 minutes |",
        ),
        (
            "ai-model-without-price",
            "| `ai_tokens` | 1 hour | above 0, for a `model` and `direction` without a price |",
        ),
        ("watchdog", "None: the alert always fires."),
    ],
)
def test_each_kind_of_threshold_has_a_row(pages: dict[str, str], page: str, row: str) -> None:
    """The query, its window and its threshold."""
    assert row in pages[page].splitlines()


def test_a_page_has_the_steps_in_order(pages: dict[str, str]) -> None:
    """The steps are numbered from one, each on one line, however the docstring wraps them."""
    steps = pages["high-ai-error-rate"].partition("### First steps\n\n")[2].partition("\n\n")[0].splitlines()
    assert [step[:3] for step in steps] == ["1. ", "2. ", "3. "]
    assert steps[0].startswith("1. Find the error code in the logs: 3040")
    assert steps[0].endswith("3008 are time-outs.")


def test_a_page_lists_at_most_50_overrides(platform: Platform, lowered: Lowered) -> None:
    """Of 60 budgets 50 are listed, with the number of the others."""
    budgets = {f"tenant-{number:02}": quantity(7, TOKENS_UNIT) for number in range(60)}
    cost = replace(platform.cost, tokens_per_day=replace(platform.cost.tokens_per_day, overrides=budgets))
    page = runbooks(lower(replace(platform, cost=cost), lowered.definitions))["runbooks/ai-cost-forecast.md"]
    assert "| `tenant-49` | 7 tokens |\n| 10 more | see `platform.yaml` |\n| all others |" in page
    assert "tenant-50" not in page


def test_a_hostile_tenant_name_breaks_no_table(platform: Platform, lowered: Lowered) -> None:
    """Pipes, backticks and tags are shown as they are, in one cell."""
    budgets = {"a|b`c</script>": quantity(7, TOKENS_UNIT)}
    cost = replace(platform.cost, tokens_per_day=replace(platform.cost.tokens_per_day, overrides=budgets))
    page = runbooks(lower(replace(platform, cost=cost), lowered.definitions))["runbooks/ai-cost-forecast.md"]
    assert r"| ``a\|b`c</script>`` | 7 tokens |" in page.splitlines()
