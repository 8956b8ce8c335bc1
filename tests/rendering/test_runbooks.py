"""Runbooks: a page for each alert, which GitHub shows whole and which says each tenant's threshold."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from generator.definitions import load_definitions
from generator.dsl.platform import Platform
from generator.dsl.units import TOKENS_UNIT, quantity
from generator.ir.build import Lowered
from generator.pipeline import lower
from generator.rendering.runbooks import runbooks

FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def lowered(platform: Platform) -> Lowered:
    """Production's trees."""
    return lower(platform, load_definitions())


@pytest.fixture(scope="module")
def pages(lowered: Lowered) -> dict[str, str]:
    """Production's pages, by their names."""
    return {path.removeprefix("runbooks/").removesuffix(".md"): text for path, text in runbooks(lowered).items()}


def test_every_alert_has_a_page(lowered: Lowered, pages: dict[str, str]) -> None:
    """Rules of one name share a page, under a heading for each."""
    assert set(pages) == {one.alert.runbook for one in lowered.alerts}
    assert re.findall(r"^## .*$", pages["high-error-rate"], re.MULTILINE) == [
        "## Ticket, told per `tenant_id`, `route`, `service`",
        "## Page, told per `route`, `service`",
    ]


def test_pages_are_well_formed(pages: dict[str, str]) -> None:
    """No blank line is doubled, none is missing around headings, lists and tables; every page ends in one newline."""
    for name, page in pages.items():
        alert_text = FENCED.sub("", page)
        assert "\n\n\n" not in page, name
        assert re.search(r"\n\n---\n\nMade from .* not this page\.\n\Z", page), name
        assert not re.search(r"[^\n]\n#", alert_text), f"{name}: a heading without a blank line before it"
        assert not re.search(r"^#.*\n[^\n]", alert_text, re.MULTILINE), f"{name}: a heading without one after it"
        assert not re.search(r"^[^|\n -].*\n(\||- |1\. |---)", alert_text, re.MULTILINE), (
            f"{name}: a block glued to its text"
        )
        assert not re.search(r"[ \t]$", page, re.MULTILINE), f"{name}: white space at a line's end"


def test_every_row_of_a_table_has_as_many_cells_as_its_head(pages: dict[str, str]) -> None:
    """GitHub shows a table only where its head and the line under it agree."""
    for name, page in pages.items():
        for table in re.findall(r"(?:^\|.*\n)+", FENCED.sub("", page), re.MULTILINE):
            rows = [re.sub(r"\\\|", "", row).count("|") for row in table.splitlines()]
            assert len(set(rows)) == 1, f"{name}: {table}"
            assert re.fullmatch(r"\|(---\|)+", table.splitlines()[1]), f"{name}: {table}"


def test_a_page_says_each_tenants_budget_and_where_it_is_told(pages: dict[str, str]) -> None:
    """80 % of 5,000,000 tokens are 4,000,000; whoever is not listed has a million."""
    assert (
        "| tenant_id | limit | told above 80% of it |\n"
        "|---|---|---|\n"
        "| `com-mrrainbowsmoke` | 2,000,000 tokens | 1,600,000 tokens |\n"
        "| `com.rainbowsmokeofficial` | 5,000,000 tokens | 4,000,000 tokens |\n"
        "| any other | 1,000,000 tokens | 800,000 tokens |\n"
    ) in pages["high-ai-costs"]


def test_a_default_for_all_is_said_to_be_for_every_one(pages: dict[str, str]) -> None:
    """Production overrides no tenant's ceiling of errors: there is no "other"."""
    assert "| tenant_id | limit |\n|---|---|\n| every one | 5% |\n" in pages["high-error-rate"]


def test_both_ways_of_burning_a_budget_are_said(pages: dict[str, str]) -> None:
    """A page for 2 % of the budget in an hour, or 5 % in six: 14.4 × 0.5 % and 6 × 0.5 %."""
    page = pages["error-budget-burn"]
    rows = [
        "| `errors_total` / `requests_total` | hour | more than 7.2% |",
        "| `errors_total` / `requests_total` | 5 minutes | more than 7.2% |",
        "| `requests_total` | hour | 15 requests or more |",
        "Or all of this at once:",
        "| `errors_total` / `requests_total` | 6 hours | more than 3% |",
        "| `errors_total` / `requests_total` | 30 minutes | more than 3% |",
    ]
    grid_positions = [page.index(row) for row in rows]
    assert grid_positions == sorted(grid_positions)


@pytest.mark.parametrize(
    ("page", "row"),
    [
        ("high-latency", "| p95 of `latency_ms` | 5 minutes | more than the limit of its `route` |"),
        ("ai-cost-forecast", "| `ai_tokens` that the day comes to | day | more than the limit of its `tenant_id` |"),
        ("high-ai-spend", "| dollars for `ai_tokens` | day | more than $50 |"),
        ("telemetry-missing", "| age of `telemetry_heartbeat_timestamp_seconds` | day | more than 3 minutes |"),
        ("ai-model-without-price", "| `ai_tokens` | hour | any, of a `model` and `direction` without a price |"),
        ("watchdog", "None: it is so at any time."),
    ],
)
def test_each_kind_of_threshold_is_said(pages: dict[str, str], page: str, row: str) -> None:
    """What is measured, over which window, and how much it takes."""
    assert row in pages[page].splitlines()


def test_a_page_has_the_steps_in_their_order(pages: dict[str, str]) -> None:
    """Numbered from one, each on one line, however the docstring wraps them."""
    steps = pages["high-ai-error-rate"].partition("### First steps\n\n")[2].partition("\n\n")[0].splitlines()
    assert [step[:3] for step in steps] == ["1. ", "2. ", "3. "]
    assert steps[0].startswith("1. Find the code in the logs: 3040")
    assert steps[0].endswith("3008 are time-outs.")


def test_many_tenants_do_not_make_a_page_endless(platform: Platform, lowered: Lowered) -> None:
    """Of 60 budgets 50 are listed, and the page says how many are left out."""
    budgets = {f"tenant-{number:02}": quantity(7, TOKENS_UNIT) for number in range(60)}
    cost = replace(platform.cost, tokens_per_day=replace(platform.cost.tokens_per_day, overrides=budgets))
    page = runbooks(lower(replace(platform, cost=cost), lowered.definitions))["runbooks/ai-cost-forecast.md"]
    assert "| `tenant-49` | 7 tokens |\n| 10 more | as `platform.yaml` says |\n| any other |" in page
    assert "tenant-50" not in page


def test_a_hostile_tenant_breaks_no_table(platform: Platform, lowered: Lowered) -> None:
    """Pipes, backticks and tags are shown as they are, in one cell."""
    budgets = {"a|b`c</script>": quantity(7, TOKENS_UNIT)}
    cost = replace(platform.cost, tokens_per_day=replace(platform.cost.tokens_per_day, overrides=budgets))
    page = runbooks(lower(replace(platform, cost=cost), lowered.definitions))["runbooks/ai-cost-forecast.md"]
    assert r"| ``a\|b`c</script>`` | 7 tokens |" in page.splitlines()
