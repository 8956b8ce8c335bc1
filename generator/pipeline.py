"""The pipeline: load, lower, check, render, check, write.

Between loading and writing, everything is a pure function.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path

from contract.billing import COST, NOT_COUNTED
from contract.storage import STORAGE_CALLS
from generator.checks.promtool import promtool_problems
from generator.checks.registry import build_problems, coverage_problems, definition_problems, owner_problems
from generator.config.load import load
from generator.definitions import attempt, load_definitions
from generator.dsl.alert import Severity
from generator.dsl.alert_test import NotPossible
from generator.dsl.billing import counted_without_price
from generator.dsl.definitions import Definitions
from generator.dsl.platform import CLASSIC, Platform
from generator.errors import BuildError, Problem
from generator.external.promtool import Promtool
from generator.frozen import frozen
from generator.ir.build import Compiled, Lowered
from generator.ir.rule_files import RuleFile
from generator.lowering.alert_settings import alerts_of_prometheus, with_alert_settings, without_alerts
from generator.lowering.lower import lower
from generator.lowering.replaced_alerts import without_tests_of_replaced_alerts
from generator.lowering.time_lapse import with_time_lapse
from generator.output import dashboard_path
from generator.output.difference import changes
from generator.output.write import Written, write_files
from generator.project import alert_test_platform, build_command
from generator.promql.dependencies import rule_dependencies
from generator.rendering import grafana
from generator.rendering.alert_tests import TestedRule, alert_test_files
from generator.rendering.alertmanager import alertmanager
from generator.rendering.compose import compose
from generator.rendering.contract_json import contract, platform_schema
from generator.rendering.convention_tests import convention_tests
from generator.rendering.gateway import gateway
from generator.rendering.grafana.resources import resources
from generator.rendering.kubernetes import Rendered, kubernetes
from generator.rendering.managed_alerts import managed_alerts
from generator.rendering.overrides_file import overrides_file, scraped_overrides
from generator.rendering.provisioning import provisioning
from generator.rendering.routes import routes
from generator.rendering.rule_files import rule_files, rules
from generator.rendering.runbooks import runbooks
from generator.rendering.weaver import weaver_registry
from generator.rendering.worker_contract import worker_contract

TEST_PLATFORM = alert_test_platform()
"""The platform of the tests: the numbers that its alert tests derive are worked out by hand."""


@frozen
class Sources:
    """A platform and the definitions."""

    platform: Platform
    definitions: Definitions


def load_sources(platform_file: Path) -> Sources:
    """Load a platform file and all definitions. Raises BuildError with the problems of all of them."""
    problems: list[Problem] = []
    platform = attempt(partial(load, platform_file), problems, str(platform_file))
    definitions = attempt(load_definitions, problems)
    if definitions is not None and platform is not None:
        problems += owner_problems(platform, definitions)
    if platform is None or definitions is None or problems:
        raise BuildError(problems)
    platform = without_alerts(platform, [*definitions.disabled_alerts, *alerts_of_prometheus(platform, definitions)])
    return Sources(platform, without_tests_of_replaced_alerts(definitions, platform))


def compiled(platform_file: Path) -> Compiled:
    """Load and compile. Raises BuildError with all problems of the first step that has any."""
    sources = load_sources(platform_file)
    return compile_all(sources.platform, sources.definitions)


def compile_all(platform: Platform, definitions: Definitions, time_lapse: int = 1) -> Compiled:
    """Lower, check, render, check; with a `time_lapse`, all durations are divided by it. Raises BuildError with all
    problems of the first step that has any."""
    lowered = lower(platform, with_alert_settings(platform, definitions))
    _raise(definition_problems(lowered))
    lowered = with_time_lapse(lowered, time_lapse)
    files = rule_files(lowered)
    result = Compiled(
        lowered,
        files,
        {**render(lowered, files), **platform_schema(platform, definitions.alerts, definitions.contract)},
    )
    _raise(build_problems(result))
    return result


def render(lowered: Lowered, files: tuple[RuleFile, ...]) -> dict[str, str]:
    """The text of every file of `out/`, by its path."""
    platform = lowered.platform
    dashboards = grafana.dashboards(lowered.dashboards)
    classic = dashboards if CLASSIC in platform.grafana.formats else {}
    notifications, before_prometheus = alertmanager(lowered), gateway(platform, lowered.definitions.contract)
    overrides = overrides_file(lowered)
    return {
        **contract(platform, lowered.definitions.contract),
        **worker_contract(platform, lowered.definitions.contract),
        **weaver_registry(platform, lowered.definitions.contract),
        **rules(files),
        **overrides,
        **managed_alerts(lowered),
        **{dashboard_path(id_): text for id_, text in dashboards.items()},
        **notifications,
        **routes(lowered),
        **resources(dashboards, platform.grafana),
        **provisioning(platform, lowered.time_lapse),
        **compose(platform),
        **before_prometheus,
        **kubernetes(platform, Rendered(classic, files, notifications, before_prometheus, overrides)),
        **alert_test_files(
            platform, lowered.definitions.alert_tests, tested_rules(lowered, files), files, scraped_overrides(lowered)
        ),
        **convention_tests(lowered, files),
        **runbooks(lowered),
    }


def tested_rules(lowered: Lowered, files: tuple[RuleFile, ...]) -> Mapping[tuple[str, Severity], TestedRule]:
    """Each alerting rule by name and severity, with the rule files that it depends on."""
    graph = rule_dependencies(lowered.recording_rules)
    files_of: dict[str, set[str]] = {}
    for recorded in lowered.recording_rules:
        files_of.setdefault(recorded.name, set()).add(f"recorded-{recorded.area}")
    result: dict[tuple[str, Severity], TestedRule] = {}
    for rule in lowered.alerts:
        alert = rule.alert
        needed = {alert.family}.union(*(files_of[name] for name in graph.recorded(rule.reads)))
        names = tuple(file.name for file in files if file.name in needed)
        result[alert.name, alert.severity] = TestedRule(rule, lowered.link(alert), names)
    return result


@frozen
class BuildReport:
    """What a build wrote, and the alert tests that it left out because they are not possible on its platform."""

    compiled: Compiled
    written: Written

    @property
    def left_out_tests(self) -> tuple[tuple[str, str], ...]:
        """Each alert test that is not possible on the platform, as module and id, with the reason."""
        lowered = self.compiled.lowered
        built = ((test, test.build(lowered.platform)) for test in lowered.definitions.alert_tests)
        return tuple(
            (f"{test.module.rpartition('.')[2]}.{test.id}", result.reason)
            for test, result in built
            if isinstance(result, NotPossible)
        )

    def ended_renames(self, today: date) -> Mapping[str, str]:
        """The renames of metrics that are to be removed, by place: nothing of `out` depends on the day."""
        return self.compiled.lowered.definitions.contract.ended_renames(today)

    @property
    def counters_without_price(self) -> tuple[str, ...]:
        """Where each counter of calls to a store is declared that has no price, and is not listed as not billed."""
        contract = self.compiled.lowered.definitions.contract
        calls = (each for each in contract.combined_counters if each.name == STORAGE_CALLS.name)
        counters = [member.counter for each in calls for member in each.members]
        return tuple(map(contract.place_of, counted_without_price(counters, COST, NOT_COUNTED)))


def build(platform_file: Path, out: Path, force: bool = False, time_lapse: int = 1) -> BuildReport:
    """Compile and write the files of `out`; with `force`, also over files that were edited. All durations are divided
    by `time_lapse`. Raises BuildError; `out` is unchanged then, unless it is IncompleteOutput."""
    sources = load_sources(platform_file)
    result = compile_all(sources.platform, sources.definitions, time_lapse)
    return BuildReport(result, write_files(out, result.written, force))


def check(platform_file: Path, out: Path, promtool: Promtool) -> list[Problem]:
    """The problems of a build: files of `out` that differ from the sources, missing tests, what promtool reports."""
    sources = load_sources(platform_file)
    result = compile_all(sources.platform, sources.definitions)
    hint = f"run {build_command()}, read the difference, and commit it"
    stale = changes(out, result.written)
    problems = [Problem(f"{out}/{path}", f"the file {state}", hint) for path, state in stale.states()]
    return [*coverage_problems(result.lowered), *(problems or promtool_problems(result, out, promtool))]


def _raise(problems: list[Problem]) -> None:
    if problems:
        raise BuildError(problems)
