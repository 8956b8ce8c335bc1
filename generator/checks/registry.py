"""All checks, and the functions by which the pipeline runs them."""

from __future__ import annotations

from typing import Any, TypeVar

from generator.check import Check, Stage
from generator.checks import (
    alert_names,
    alert_numbers,
    alert_rules,
    alert_settings,
    alert_tests,
    alerts,
    amounts,
    contract,
    conventions,
    counters,
    counts,
    dashboards,
    filters,
    growth,
    identity,
    metric_coverage,
    metric_labels,
    operands,
    panel_states,
    panel_thresholds,
    promtool,
    prose,
    readability,
    renames,
    selectors,
    thresholds,
    weaver,
    windows,
)
from generator.checks.parsed_output import ParsedOutput
from generator.checks.sources import with_source
from generator.checks.stages import COMPILED, COVERAGE, LOWERED
from generator.config import checks as config_checks
from generator.config import receiver_checks
from generator.config.loaded import LOADED, LoadedPlatform
from generator.dsl.definitions import Definitions
from generator.dsl.platform import Platform
from generator.errors import Problem
from generator.ir.build import Compiled, Lowered

MODULES = (
    *(
        config_checks,
        receiver_checks,
        alert_settings,
        metric_labels,
        contract,
        conventions,
        renames,
        alerts,
        alert_names,
    ),
    *(alert_numbers, prose, thresholds),
    *(panel_thresholds, panel_states, filters, windows, alert_tests, dashboards, counts, readability),
    *(selectors, identity, operands, counters, amounts, growth, alert_rules, metric_coverage, weaver, promtool),
)
CHECKS: tuple[Check[Any], ...] = tuple(
    value for module in MODULES for value in vars(module).values() if isinstance(value, Check)
)
"""All checks, in the order in which they run."""
T = TypeVar("T")


def owner_problems(platform: Platform, definitions: Definitions) -> list[Problem]:
    """The violations in what a platform says about alerts and metrics."""
    loaded = (definitions.families, definitions.alerts, definitions.contract, definitions.routing)
    return _problems(LOADED, LoadedPlatform(platform, *loaded))


def definition_problems(lowered: Lowered) -> list[Problem]:
    """The violations in the definitions."""
    return _problems(LOWERED, lowered)


def build_problems(compiled: Compiled) -> list[Problem]:
    """The violations in the rendered files."""
    return [with_source(problem, compiled.lowered) for problem in _problems(COMPILED, ParsedOutput(compiled))]


def coverage_problems(lowered: Lowered) -> list[Problem]:
    """The alerts that lack tests."""
    return _problems(COVERAGE, lowered)


def _problems(stage: Stage[T], subject: T) -> list[Problem]:
    return [problem for check in CHECKS if check.stage is stage for problem in check.problems(subject)]
