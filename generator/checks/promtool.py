"""Checks by promtool, which has the last word on every rule, expression, configuration and test file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from generator.check import Check, Stage, check
from generator.checks.parsed_output import ParsedOutput
from generator.checks.sources import with_source
from generator.errors import BuildError, DefinitionError, Problem
from generator.external.promtool import Promtool
from generator.frozen import frozen
from generator.ir.build import Compiled
from generator.output import PROMETHEUS_CONFIG, RULES_FOLDER

NO_TEST = "^$"


@frozen
class WrittenOutput:
    """A build, the folder that it is written to, and promtool."""

    parsed: ParsedOutput
    folder: Path
    promtool: Promtool


PROMTOOL: Stage[WrittenOutput] = Stage("promtool", "by `check`, on the written files")


@check(
    "promtool/rules",
    stage=PROMTOOL,
    language="yaml",
    bad="""
        - alert: RouteSlow
          expr: route_service:requests_total:increase5m > 5
          for: 5 minutes
    """,
    good="""
        - alert: RouteSlow
          expr: route_service:requests_total:increase5m > 5
          for: 5m
    """,
    message='unknown unit " minutes" in duration "5 minutes"; fix the definition of this rule',
)
def promtool_accepts_the_rules(output: WrittenOutput) -> Iterator[Problem]:
    """`promtool check rules` accepts every rule file, and no rule is defined twice.

    Prometheus does not start with an invalid rule file, and it evaluates a duplicate rule twice.
    """
    yield from output.promtool.check_rules(sorted((output.folder / RULES_FOLDER).glob("*.yaml")))


@check(
    "promtool/configuration",
    stage=PROMTOOL,
    language="yaml",
    bad="global: {scrape_intervall: 15s}",
    good="global: {scrape_interval: 15s}",
    message="line 1: field scrape_intervall not found in type config.plain; fix the definition of the configuration",
)
def promtool_accepts_the_configuration(output: WrittenOutput) -> Iterator[Problem]:
    """`promtool check config` accepts Prometheus' configuration.

    Prometheus does not start with an invalid configuration.
    """
    if PROMETHEUS_CONFIG in output.parsed.compiled.texts:
        yield from output.promtool.check_config(output.folder / PROMETHEUS_CONFIG)


@check(
    "promtool/expressions",
    stage=PROMTOOL,
    bad="limitk(3, requests_total)",
    good="topk(3, rate(requests_total[5m]))",
    message="could not parse expression: 1:1: parse error: limitk() is experimental and must be enabled with "
    "--enable-feature=promql-experimental-functions; write a valid PromQL expression",
)
def promtool_accepts_the_expressions(output: WrittenOutput) -> Iterator[Problem]:
    """Prometheus' own parser accepts every expression of dashboards and annotations, with the values of the template
    variables.

    The parser of the other checks is not Prometheus' own and accepts experimental functions.
    """
    yield from output.promtool.check_expressions(_texts(output.parsed))


@check(
    "promtool/test-files",
    stage=PROMTOOL,
    language="yaml",
    bad="tests: [{evil_time: 5m}]",
    good="tests: [{interval: 5m}]",
    message="yaml: unmarshal errors: line 1: field evil_time not found in type main.testGroup; fix the alert test",
)
def promtool_reads_the_test_files(output: WrittenOutput) -> Iterator[Problem]:
    """promtool can read every test file and finds the rule files that it names. The tests are run by `test`.

    promtool calls a test of a missing rule file a success.
    """
    if tests := sorted((output.folder / "tests").glob("*.yaml")):
        try:
            output.promtool.test_rules(tests, only=NO_TEST)
        except BuildError as error:
            yield from error.problems


CHECKS: tuple[Check[WrittenOutput], ...] = (
    promtool_accepts_the_rules,
    promtool_accepts_the_configuration,
    promtool_accepts_the_expressions,
    promtool_reads_the_test_files,
)


def promtool_problems(compiled: Compiled, folder: Path, promtool: Promtool) -> list[Problem]:
    """The violations of all checks by promtool in a folder that a build was written to."""
    output = WrittenOutput(ParsedOutput(compiled), folder, promtool)
    problems = (problem for each in CHECKS for problem in each.problems(output))
    return [with_source(problem, compiled.lowered, str(folder)) for problem in problems]


def _texts(output: ParsedOutput) -> Iterator[tuple[str, str]]:
    """Every expression with its place. Another check reports those with an unknown variable."""
    for expression in output.expressions:
        try:
            yield expression.where, expression.text
        except DefinitionError:
            continue
