"""`python -m generator backtest`: run every case, print its result, and write the report."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from generator.dsl.platform import Platform
from generator.dsl.routing import Routing
from generator.errors import BuildError, Problem, nearest_name
from generator.lowering.alert_settings import with_alert_settings
from generator.output import RULES_FOLDER
from generator.pipeline import load_sources
from generator.reporting import Outcome
from generator.verify.backtest.case import Case
from generator.verify.backtest.clusters import cluster_rules
from generator.verify.backtest.month_report import fingerprint, kept_results, month_report, month_result
from generator.verify.backtest.report import report
from generator.verify.backtest.result import CaseResult, evaluate, format_time
from generator.verify.backtest.rule_sets import baseline_rules, sloth_rules
from generator.verify.backtest.run import TENANTS, run
from generator.verify.notified.severities import with_our_severities
from generator.verify.replay.stages import ReplayRule, load_rules
from generator.verify.simulation.progress import reported_progress

ORDINARY_DAYS_TENANTS = 3
"""With six tenants the month takes twice as long to simulate."""


def command(arguments: argparse.Namespace) -> Outcome:
    """Run the selected cases. The status is 1 where a case fails. Raises `BuildError`: a tool is missing or fails."""
    sources = load_sources(arguments.platform)
    platform, definitions = sources.platform, with_alert_settings(sources.platform, sources.definitions)
    is_months = arguments.months or bool(arguments.month)
    existing = project_months(platform) if is_months else project_cases(platform)
    selected = (
        _selected_cases(existing, "--month", arguments.month)
        if is_months
        else _selected_cases(existing, "--case", arguments.case)
    )
    shipped = with_our_severities(load_rules(arguments.out / RULES_FOLDER), platform)
    compared = () if is_months else (*sloth_rules(platform), *baseline_rules(platform))
    alerts = {(alert.name, alert.severity.value) for alert in definitions.alerts}
    cases = [case.with_alerts(alerts) for case in selected]
    if is_months:
        kept_results(arguments.to)  # whatever is wrong with them is known before hours are spent
    results = []
    for case in cases:
        rules = cluster_rules(platform, sources.definitions, case) if case.clusters else shipped
        results.append(_run_case(platform, definitions.routing, case, rules, compared))
        if is_months:
            _keep_month(existing, results[-1], shipped, arguments.to)
    if not is_months and not arguments.case:
        write(report(results), arguments.to)
    failed = any(not result.passed for result in results)
    return Outcome(1 if failed else 0, {"cases": [_case_data(result) for result in results]})


def _keep_month(months: Sequence[Case], result: CaseResult, rules: Sequence[ReplayRule], directory: Path) -> None:
    """Write the report with the result of a month. A month takes hours: what follows may be interrupted."""
    current = fingerprint(rules)
    write(month_report(months, (*kept_results(directory), month_result(result, current)), current), directory)


def _case_data(result: CaseResult) -> dict[str, object]:
    """Return a case's result as JSON data; pages are counted for each set of rules."""
    pages = {name: getattr(result, name).pages for name in ("shipped", "baseline", "sloth")}
    failures = [*result.failures]
    detected = [{"alert": str(each.expected.alert), "seconds": each.detected, "deadline": each.expected.deadline}
                for each in result.detections]  # fmt: skip
    name, passed = result.run.case.name, result.passed
    return {"case": name, "passed": passed, "failures": failures, "pages": pages, "detections": detected}


def _selected_cases(cases: Sequence[Case], option: str, names: Sequence[str]) -> tuple[Case, ...]:
    by_name = {case.name: case for case in cases}
    problems = [Problem(f'{option} "{name}"', f"there is no such {option[2:]}", nearest_name(name, by_name))
                for name in names if name not in by_name]  # fmt: skip
    if problems:
        raise BuildError(problems)
    return tuple(by_name[name] for name in names) or tuple(by_name.values())


def project_cases(platform: Platform) -> tuple[Case, ...]:
    """Return the cases of the project, which `backtests/cases.py` defines; the ordinary days are the last one."""
    module = importlib.import_module("backtests.cases")
    return (*module.cases(platform), module.ordinary_days(platform))


def project_months(platform: Platform) -> tuple[Case, ...]:
    """Return the months without incidents, which `backtests/months.py` defines."""
    months: tuple[Case, ...] = importlib.import_module("backtests.months").months(platform)
    return months


def _run_case(
    platform: Platform, routing: Routing, case: Case, shipped: Sequence[ReplayRule], compared: Sequence[ReplayRule]
) -> CaseResult:
    tenants = ORDINARY_DAYS_TENANTS if case.ordinary_days else TENANTS
    with reported_progress(case.name) as progress:
        result = evaluate(run(platform, case, shipped, compared, tenants, routing, progress))
    state = "passed" if result.passed else "FAILED: " + "; ".join(result.failures)
    pages = f"pages: shipped {result.shipped.pages}, baseline {result.baseline.pages}, sloth {result.sloth.pages}"
    print(f"{case.name}: {state} ({pages})", *_detection_lines(result), sep="\n  ", flush=True)
    return result


def _detection_lines(result: CaseResult) -> Iterator[str]:
    for detection in result.detections:
        time = "never" if detection.detected is None else f"after {format_time(detection.detected)}"
        yield f"{detection.expected.alert}: {time}, deadline {format_time(detection.expected.deadline)}"


def write(files: Mapping[str, str], directory: Path) -> None:
    """Write a report; one with charts removes those of cases that no longer exist. Raises `BuildError`: writing
    fails."""
    charts = [path for path in files if path.startswith("backtest/")]
    try:
        (directory / "backtest").mkdir(parents=True, exist_ok=True)
        for chart in (directory / "backtest").glob("*.svg") if charts else ():
            if f"backtest/{chart.name}" not in charts:
                chart.unlink()
        for path, text in files.items():
            (directory / path).write_text(text, encoding="utf-8")
    except OSError as error:
        problem = Problem(str(directory), f"it cannot be written ({error.strerror})", "name another directory")
        raise BuildError([problem]) from None
    (page,) = (path for path in files if path.endswith(".md"))
    print(f"{directory}/{page}" + (f": {len(charts)} cases, each with a chart" if charts else ""), file=sys.stderr)
