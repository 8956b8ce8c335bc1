"""An adopter's project: a platform file, and definitions that extend, replace and disable the default ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from generator.external.promtool import Promtool
from tests.copied_project import Project, adopter

SECOND_OVERVIEW = "from dashboards.overview import DASHBOARD as DEFAULT\nDASHBOARD = DEFAULT.without_row('For whom?')\n"


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Project:
    """A copy of the adopter's project."""
    return adopter(root, tmp_path / "project")


def generator(root: Path, project: Project, *arguments: str, **environment: str) -> tuple[int, str]:
    """The status and the problems of a command in the project."""
    result = project.run(project.folder, {"PYTHONPATH": str(root), **environment}, "-m", "generator", *arguments)
    assert "Traceback" not in result.stderr
    return result.returncode, result.stderr


def problems(root: Path, project: Project) -> list[str]:
    """The problems of a build, without the summary."""
    status, errors = generator(root, project, "build")
    assert status == 2, errors
    assert not (project.folder / "out").exists()
    return errors.splitlines()[:-1]


def test_a_project_extends_replaces_and_disables(root: Path, project: Project, promtool: Promtool) -> None:
    """Its metric, label, panels, alert and alert test are in out/, and its own metrics of default names; promtool runs
    the test; what it disables is gone, and no test is left out."""
    assert generator(root, project, "build") == (0, "")
    out = project.folder / "out"
    metrics = {metric["name"]: metric for metric in json.loads((out / "contract/metrics.json").read_text())["metrics"]}
    assert metrics["invoices_total"]["area"] == "billing"
    assert metrics["invoices_total"]["labels"] == ["service", "currency"]
    types = (out / "contract/contract.gen.ts").read_text()
    assert 'currency: "dollar" | "euro" | "other";' in types
    assert 'invoices_total: { kind: "counter", labels: ["service", "currency"] },' in types
    assert metrics["requests_total"]["labels"] == ["tenant_id", "route", "service", "tier"]
    assert metrics["latency_ms"]["buckets"][-2:] == [30_000, 60_000]
    assert "  /** The number of the invoice. */\n  invoice?: string;" in types
    panels = json.loads((out / "grafana/dashboards/overview.json").read_text())["panels"]
    titles = [panel["title"] for panel in panels]
    assert {"Invoices", "Failed invoices", "Pages firing"} <= set(titles)
    assert "Tickets firing" not in titles
    groups = yaml.safe_load((out / "prometheus/rules/billing.yaml").read_text())["groups"]
    assert [rule["alert"] for group in groups for rule in group["rules"]] == ["InvoicesFail"]
    assert (out / "runbooks/invoices-fail.md").is_file()
    groups = yaml.safe_load((out / "prometheus/rules/storage.yaml").read_text())["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    severities = [(rule["alert"], rule["labels"]["severity"]) for rule in rules]
    assert severities == [
        ("StorageErrors", "ticket"),
        ("TenantStorageErrors", "ticket"),
        ("StoreErrorsInhibitor", "none"),
    ]
    assert generator(root, project, "check", PROMTOOL=str(promtool.path)) == (0, "")


def test_an_slo_can_be_a_bound_that_the_project_adds(root: Path, project: Project) -> None:
    """The highest default bound, which its own histogram exceeds, for each command that reads the platform file; a
    bound that neither has is refused. The default tests of the alert need the next bound, and observe in it."""
    project.change("platform.yaml", "/chat: 10000", "/chat: 30000")
    assert generator(root, project, "build") == (0, "")
    project.change("platform.yaml", "/chat: 30000", "/chat: 45000")
    (problem,) = problems_of(root, project, "build")
    assert problem.startswith("platform.yaml:15")
    assert "45,000 ms is not a bucket bound of latency_ms; give 30000" in problem


def problems_of(root: Path, project: Project, *command: str) -> list[str]:
    """The problems of a command, without the summary."""
    status, errors = generator(root, project, *command)
    assert status == 2, errors
    return errors.splitlines()[:-1]


def test_default_modules_are_imported_under_their_names_and_own_ones_below_own(root: Path, project: Project) -> None:
    """From the project's folder, whose own modules are of the same names."""
    code = "from generator.packages import install; install(); import dashboards.overview as default"
    code += "; import own.dashboards.overview as own; print(default.__file__); print(own.__file__)"
    result = project.run(project.folder, {"PYTHONPATH": str(root)}, "-c", code)
    files = [root / "dashboards/overview.py", project.folder / "dashboards/overview.py"]
    assert result.stdout.splitlines() == list(map(str, files)), result.stderr


def test_every_module_is_loaded_or_refused(root: Path, project: Project) -> None:
    """A module in a subfolder and one called like a test define dashboards of one id; another name is refused."""
    (project.folder / "dashboards/sales").mkdir()
    (project.folder / "dashboards/sales/test_overview.py").write_text(SECOND_OVERVIEW)
    where = "dashboards/sales/test_overview.py DASHBOARD"
    assert problems(root, project) == [
        f'{where}: the dashboard "overview" is defined in dashboards/overview.py DASHBOARD too; '
        "rename or remove one of the two."
    ]
    (project.folder / "dashboards/sales/test_overview.py").rename(project.folder / "dashboards/over-view.py")
    (problem,) = problems(root, project)
    assert problem.startswith('dashboards/over-view.py: "over-view" cannot be the name of a Python module; ')


def test_problems_are_at_the_lines_of_the_project(root: Path, project: Project) -> None:
    """An unknown own module, a wrong call and a panel that does not exist, each in its file."""
    project.change("alerts/billing.py", "own.contract.billing", "own.contract.bill")
    project.change("dashboards/overview.py", 'after="Is', 'after="Was')
    first, second = problems(root, project)
    assert first == 'alerts/billing.py:7: there is no "bill"; did you mean "billing"? Use it, or declare "bill".'
    assert second.startswith(
        'dashboards/overview.py:23: the dashboard overview has no row "Was something wrong now?"; '
    )


def test_a_default_definition_that_does_not_fit_is_reported_as_such(root: Path, project: Project) -> None:
    """The alert on invoices links to a panel of the replaced overview; a default alert to one that is left out."""
    project.change("dashboards/overview.py", "tickets", "pages")
    project.change("dashboards/overview.py", "tickets", "pages")
    reported = problems(root, project)
    assert [problem.split(":")[0] for problem in reported] == ["default alerts/telemetry.py"]
    assert 'the panel "overview/pages"' in reported[0]


def test_tests_of_a_replaced_alert_are_kept_where_its_rules_are_the_same(root: Path, project: Project) -> None:
    """With another lookback, the default tests of TelemetryMissing are left out; those of Watchdog stay."""
    text = (root / "alerts/telemetry.py").read_text(encoding="utf-8")
    (project.folder / "alerts/telemetry.py").write_text(text, encoding="utf-8")
    assert generator(root, project, "build")[0] == 0
    same = alerts_with_tests(project)
    assert {"TelemetryMissing", "Watchdog"} <= same
    project.change("alerts/telemetry.py", "lookback=days(1)", "lookback=days(2)")
    assert generator(root, project, "build")[0] == 0
    assert alerts_with_tests(project) == same - {"TelemetryMissing"}


def alerts_with_tests(project: Project) -> set[str]:
    """The alerts of telemetry that the alert tests in out/ are about."""
    names = set()
    for file in (project.folder / "out/tests").glob("telemetry-*.yaml"):
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
        names |= {case["alertname"] for test in document["tests"] for case in test["alert_rule_test"]}
    return names
