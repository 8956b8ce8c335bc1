"""All checks of a running system: the one list of them."""

from __future__ import annotations

from collections.abc import Sequence

from generator.verify.doctor import (
    label_checks,
    metric_checks,
    panel_checks,
    plan_checks,
    push_checks,
    rule_checks,
    series_checks,
    server_checks,
    storage_checks,
    watchdog_checks,
)
from generator.verify.doctor.finding import Finding, LiveCheck
from generator.verify.doctor.subject import Subject
from generator.verify.doctor.system import System

MODULES = (
    *(push_checks, watchdog_checks, rule_checks, metric_checks, label_checks, series_checks),
    *(storage_checks, plan_checks, server_checks, panel_checks),
)
LIVE_CHECKS: tuple[LiveCheck, ...] = tuple(
    value for module in MODULES for value in vars(module).values() if isinstance(value, LiveCheck)
)
"""All checks. Findings of one severity are reported in this order: first what makes others blind."""


def all_findings(subject: Subject, system: System) -> Sequence[Finding]:
    """What all checks find, the worst first."""
    findings = [finding for check in LIVE_CHECKS for finding in check.findings(subject, system)]
    return sorted(findings, key=lambda finding: finding.severity.rank)
