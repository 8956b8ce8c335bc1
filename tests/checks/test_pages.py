"""The documentation pages of the checks are up to date."""

from __future__ import annotations

from pathlib import Path

from contract.billing import NOT_COUNTED, UNITS
from generator.checks.pages import COMMAND, CONFIGURATION, COSTS, MEASURED, backends, configuration, pages, write
from generator.checks.registry import CHECKS
from generator.dsl.backends import BACKENDS
from generator.rendering.backend_pages import backend_pages, comparison_page
from generator.rendering.costs_page import costs_page


def contents(folder: Path) -> dict[str, str]:
    """The text of every file, by its path."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}


def test_the_pages_are_up_to_date(root: Path) -> None:
    """The folder has the pages that the checks give, and no others but those of the checks of a running system."""
    texts = {path: text for path, text in contents(root / "docs/checks").items() if not path.startswith("live/")}
    assert texts == pages(), f"run {COMMAND}"


def test_the_page_of_the_configuration_is_up_to_date() -> None:
    """It has every key of the schema, with what to write and its meaning."""
    page = configuration()
    assert CONFIGURATION.read_text(encoding="utf-8") == page, f"run {COMMAND}"
    assert "| `tenant_default.tokens_per_day` | a whole number above 0 | The token budget of a tenant:" in page
    assert "| `alerts.<alert's name>.window` | a whole number and s, m, h or d," in page
    assert "| `alerts.<alert's name>.page` | any of the keys above (optional) | The rule of severity page. |" in page
    window = next(line for line in page.splitlines() if line.startswith("- `window`: "))
    assert "RouteDown" in window
    assert "ErrorBudgetBurn" not in window
    assert "HighAISpend" not in window


def test_the_page_of_costs_is_up_to_date() -> None:
    """It has a row for each billed unit, one for each that no Worker can count, and why a counter has no price."""
    page = costs_page(COMMAND)
    assert COSTS.read_text(encoding="utf-8") == page, f"run {COMMAND}"
    for unit in UNITS:
        assert f"| {unit.product} | `{unit.name}` | " in page
    for each in NOT_COUNTED:
        assert (f"| {each.product} | {each.unit} | {each.reason} |" in page) == each.is_billed
        assert each.counter is None or f"| `{each.counter.name}` | {each.unit}: {each.reason} |" in page
    assert "| kv | `kv_writes` | `kv_writes_total` | 1 | $5.00 | 1,000,000 writes a month | [2026-11-28](" in page
    assert "| `vectorize_queries_total` | queried dimensions: " in page


def test_the_pages_of_backends_are_up_to_date(root: Path) -> None:
    """Each backend has a page, and the comparison links to it; what was not tried is marked so."""
    texts = {path: text for path, text in contents(root / "docs/backends").items() if path != MEASURED.name}
    assert texts == backend_pages(COMMAND), f"run {COMMAND}"
    comparison = backends()
    assert (root / "docs/backends.md").read_text(encoding="utf-8") == comparison, f"run {COMMAND}"
    assert all(f"](backends/{name}.md)" in comparison for name in BACKENDS)
    assert "not measured" in backend_pages(COMMAND)["grafana-cloud.md"]
    assert "| `--receive.tenant-label-name=thanos_tenant` |" in backend_pages(COMMAND)["thanos.md"]


def test_the_comparison_has_what_a_run_measured() -> None:
    """A column for each version, in the order of the backends; what a run left out is not measured, and a series that
    differs in one version has a row."""
    complete = {"requests": 2000, "in_increases": 1980, "minutes": 15.0, "rules": 300, "failing_rules": 0, "alerts": 9}
    larger = {"a:b": {"percent": 12.5, "cause": "window"}}
    differing = {"seconds_apart": 30.0, "amounts_percent": 0.02, "quantiles_percent": 0.5, "larger": larger}
    tests = {"tool": "promtool 3.16.0", "tests": 1203, "passed": 1202, "failing": {"cost.a": "extrapolation"}}
    measured = {
        "x": {"backend": "thanos", "version": "0.42.4", **complete, **differing, "alert_tests": tests},
        "y": {"backend": "prometheus", "version": "3.10.0", "requests": 2000},
    }
    page = comparison_page(COMMAND, measured)
    assert "| | Prometheus 3.10.0 | Thanos receive, query and rule 0.42.4 |" in page
    assert "| Minutes live on the day before | not measured | 15 |" in page
    assert "| Of them in increases | not measured | 1,980 |" in page
    assert "| Difference of the day's tokens, at most | not measured | 0.02 % |" in page
    assert "| `a:b` | window | not measured | 12.5 % |" in page
    assert "| Alert tests of its build that pass | not measured | 1,202 of 1,203, by promtool 3.16.0 |" in page
    assert "| `cost.a` | extrapolation |" in page


def test_every_check_has_a_page_in_the_index() -> None:
    """A page has both examples and the message; the index links to it."""
    texts = pages()
    assert texts.keys() == {"README.md", *(f"{check.id}.md" for check in CHECKS)}
    for check in CHECKS:
        page = texts[f"{check.id}.md"]
        for part in (check.condition, check.reason, check.bad, check.good, f"{check.message}. [{check.id}]"):
            assert part in page, check.id
        assert f"[{check.id}]({check.id}.md)" in texts["README.md"]


def test_pages_of_removed_checks_are_removed(tmp_path: Path) -> None:
    """Writing replaces the content of the folder."""
    (tmp_path / "promql").mkdir()
    (tmp_path / "promql/removed-check.md").write_text("old", encoding="utf-8")
    write(tmp_path)
    assert contents(tmp_path) == pages()
