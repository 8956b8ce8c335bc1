"""The command line: compile a platform, check and test the result, and look at it.

Problems go to standard error as `where: what; hint`, and the exit status is 2. With `--json`, standard output is one
JSON document, and everything else goes to standard error. `--debug` shows the traceback of an internal error.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from generator import __version__
from generator.adopt.options import add_init_options, add_upgrade_options
from generator.definitions import attempt, load_contract
from generator.errors import BuildError, Problem, internal_error_text, print_internal_error
from generator.frozen import frozen
from generator.logs.options import add_logs_options, add_trace_options
from generator.option_parser import OptionParser
from generator.output import ALERT_TESTS_FOLDER, ALERTMANAGER_CONFIG, ROUTES
from generator.output.write import IncompleteOutput
from generator.project import TEST_PLATFORM_NAME, alert_test_platform
from generator.reporting import Outcome, ignore_event, print_document, print_event, print_problems
from generator.verify.backtest.options import add_backtest_options
from generator.verify.calibrate.options import add_calibrate_options
from generator.verify.conformance.options import add_conformance_options
from generator.verify.doctor.options import add_doctor_options
from generator.verify.drift.options import add_drift_options
from generator.verify.rehearse.options import add_rehearse_options
from generator.verify.simulation.options import add_options
from generator.view.diff.options import add_diff_options
from generator.view.preview.options import add_picture_options, add_preview_options

if TYPE_CHECKING:
    from generator.pipeline import BuildReport

PROGRAM = "workers-ai-observability"


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status: 0, 1 where a test failed, 2 for problems."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = _parser(arguments)
    options = argparse.Namespace(json=False, all=False, debug=False, command="", streams=False)
    try:
        parser.parse_args(arguments, options)
    except BuildError as error:
        options.json = "--json" in arguments
        return _report(options, Outcome(2, problems=sorted(error.problems)))
    chosen = parser.chosen(options)
    if chosen.has_commands:
        chosen.print_help()
        return 0
    return _run(options)


def _run(options: argparse.Namespace) -> int:
    """Run the chosen command. With `--json`, what it prints for people goes to standard error."""
    options.print_event = partial(print_event, sys.stdout) if options.json else ignore_event
    problems: list[Problem] = []
    try:
        with redirect_stdout(sys.stderr) if options.json else nullcontext():
            outcome = attempt(partial(_run_command, options), problems)
    except Exception as error:
        status = print_internal_error(error, options.debug)
        return _report(options, Outcome(status), internal_error_text(error)) if options.json else status
    return _report(options, outcome or Outcome(2, problems=sorted(set(problems)), ending=options.chosen.failure))


def _run_command(options: argparse.Namespace) -> Outcome:
    load_contract()
    command: Command = options.chosen
    return command.run(options)


def _report(options: argparse.Namespace, outcome: Outcome, internal_error: str | None = None) -> int:
    """Report how a command ended, and return its exit status."""
    if options.json:
        print_document(options.command, outcome, internal_error, one_line=options.streams)
    elif outcome.problems:
        print_problems(outcome, options.all)
    return outcome.status


def _parser(arguments: list[str]) -> OptionParser:
    """The parser of the command that the arguments begin with, or else of all: those of the others are a hundredth of a
    build."""
    parser = OptionParser(
        prog=PROGRAM,
        description="Compile one contract of metrics to Grafana dashboards, Prometheus rules and their tests.",
        epilog="Exit status: 0 success, 1 a test failed, 2 problems or a bug, 130 Ctrl-C, 141 the reader of the output "
        "ended, 143 SIGTERM. docs/cli.md describes them, and --json.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    subparsers = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND")
    for command in [command for command in COMMANDS if [command.name] == arguments[:1]] or COMMANDS:
        subparser = subparsers.add_parser(
            command.name, help=command.help, description=f"{command.help[0].upper()}{command.help[1:]}."
        )
        subparser.add_argument(
            "--platform", type=Path, default=Path("platform.yaml"), help="the platform file (default: %(default)s)"
        )
        subparser.add_argument("--out", type=Path, default=Path("out"), help="the output folder (default: %(default)s)")
        subparser.set_defaults(chosen=command, streams=command.streams)
        if command.add_options:
            command.add_options(subparser)
    return parser


def _mutate_options(parser: argparse.ArgumentParser) -> None:
    # Alert tests are written for this platform: they cannot kill mutants of another platform's own thresholds.
    parser.set_defaults(platform=Path(os.path.relpath(alert_test_platform())))
    parser.add_argument("--quick", action="store_true", help="run one mutant in twelve")
    parser.add_argument("--only", default="", metavar="PREFIX", help="run the mutants of rules with this prefix")
    parser.add_argument(
        "--sample-equivalent",
        action="store_true",
        help="of the mutants that are listed as equivalent, which no test kills, run one in eight",
    )


def _build_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="overwrite files that were edited, or that no build wrote")
    _time_lapse_option(parser)


def _time_lapse_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--time-lapse",
        type=int,
        default=1,
        metavar="FACTOR",
        help="divide all durations of rules, panels, Prometheus and Alertmanager: hours are minutes in a test; "
        "without alert tests (default: %(default)s)",
    )


def _build(options: argparse.Namespace) -> Outcome:
    from generator.pipeline import build

    start = time.monotonic()
    try:
        report = build(options.platform, options.out, options.force, options.time_lapse)
    except IncompleteOutput as error:
        # Without an ending: something was written.
        return Outcome(2, problems=sorted(error.problems))
    _print_build(options, report, time.monotonic() - start)
    written = report.written
    return Outcome(
        result={
            "out": str(options.out),
            "files": len(report.compiled.written),
            "written": [*written.created, *written.replaced],
            "removed": [*written.removed],
            "unlisted": [*written.unlisted],
            "alert_tests_left_out": dict(report.left_out_tests),
            "renames_to_remove": report.ended_renames(date.today()),
            "counters_without_price": [*report.counters_without_price],
        }
    )


def _print_build(options: argparse.Namespace, report: BuildReport, seconds: float) -> None:
    for path in report.written.removed:
        print(f"removed {options.out}/{path}", file=sys.stderr)
    for path in report.written.unlisted:
        what = "no build lists this file, so it stays; remove it if an earlier version wrote it"
        print(f"{options.out}/{path}: {what}", file=sys.stderr)
    written, count = len(report.written.created) + len(report.written.replaced), len(report.compiled.written)
    print(f"{options.out}: {count} files of {options.platform}, {written} of them changed, in {seconds:.1f} s")
    for name, reason in report.left_out_tests:
        print(
            f"{options.out}/tests: left out: {name}, which is not possible on this platform: {reason}", file=sys.stderr
        )
    for place, what in report.ended_renames(date.today()).items():
        print(f"{place}: {what}; remove its renamed_from", file=sys.stderr)
    for place in report.counters_without_price:
        print(f"{place}: what it counts has no price in contract/billing.py: no cost contains it", file=sys.stderr)


def _check(options: argparse.Namespace) -> Outcome:
    from generator.external import find_promtool
    from generator.external.promtool import Promtool
    from generator.pipeline import check

    problems = check(options.platform, options.out, Promtool(find_promtool()))
    if not problems:
        print(f"{options.out} is up to date, passes all checks, and promtool accepts it")
    return Outcome(2 if problems else 0, {"out": str(options.out)}, sorted(problems))


def _test(options: argparse.Namespace) -> Outcome:
    from generator.external import find_promtool
    from generator.external.promtool import Promtool
    from generator.verify.needed_rules import AlertTestRunner

    files = sorted((options.out / ALERT_TESTS_FOLDER).glob("*.yaml"))
    if not files:
        hint = f"build {TEST_PLATFORM_NAME} there, or a platform with the same rules"
        raise BuildError([Problem(str(options.out / ALERT_TESTS_FOLDER), "there are no alert tests", hint)])
    runner = AlertTestRunner(Promtool(find_promtool()))
    passed = failed = 0
    results: list[dict[str, object]] = []
    for file in files:
        verdicts = runner.run(file)
        failures = [verdict for verdict in verdicts if verdict.failures]
        for verdict in failures:
            print(f"FAILED {file.stem} {verdict.name}\n" + "\n".join(verdict.failures))
        passed, failed = passed + len(verdicts) - len(failures), failed + len(failures)
        print(f"{file.stem}: {len(verdicts) - len(failures)} of {len(verdicts)} alert tests pass", flush=True)
        results += [
            {"file": str(file), "test": verdict.name, "passed": not verdict.failures, "failures": [*verdict.failures]}
            for verdict in verdicts
        ]
    if not results:
        hint = f"build {options.out} again: its alert tests are empty"
        raise BuildError([Problem(str(options.out / ALERT_TESTS_FOLDER), "no file there has an alert test", hint)])
    routes = _test_routes(options.out)
    wrong = [route for route in routes if not route["passed"]]
    print(f"{passed} passed, {failed} failed")
    data = {"passed": passed, "failed": failed, "alert_tests": results, "routes": routes}
    return Outcome(1 if failed or wrong else 0, data)


def _test_routes(out: Path) -> list[dict[str, object]]:
    """Return the receivers of every alert, by amtool; none for an output without them, or without amtool at hand."""
    from generator.external import find_amtool
    from generator.external.amtool import Amtool, routes_of
    from generator.external.tool import AMTOOL

    if not (out / ROUTES).is_file():
        return []
    try:
        amtool = Amtool(find_amtool())
    except BuildError as error:
        if os.environ.get(AMTOOL.environment_variable):
            raise
        # An adopter's CI has promtool alone, unless it installs both.
        print(f"routes are not tested: {error.problems[0]}")
        return []
    routes = routes_of(amtool, out / ALERTMANAGER_CONFIG, out / ROUTES)
    for route in routes:
        if not route["passed"]:
            print(f"FAILED route of {route['labels']}: {route['receiver']}, not {route['expected']}")
    print(f"routes: {sum(bool(route['passed']) for route in routes)} of {len(routes)} reach their receiver")
    return routes


def _bench(options: argparse.Namespace) -> Outcome:
    from generator.bench import bench

    seconds = bench(options.platform)
    return Outcome(result={"measurements": [{"name": name, "cpu_seconds": each} for name, each in seconds.items()]})


def _mutate(options: argparse.Namespace) -> Outcome:
    from generator.external import find_promtool
    from generator.external.promtool import Promtool
    from generator.pipeline import compiled
    from generator.verify.mutation.command import (
        EQUIVALENT_STEP,
        QUICK_STEP,
        MutantSelection,
        equivalent_mutants,
        format_report,
        mutate,
        report_data,
    )

    original = compiled(options.platform)
    equivalent_step = EQUIVALENT_STEP if options.sample_equivalent else 1
    selection = MutantSelection(options.only, QUICK_STEP if options.quick else 1, equivalent_step)
    result = mutate(original, Promtool(find_promtool()), equivalent_mutants(), selection)
    print(format_report(result, original.lowered))
    return Outcome(0 if result.passed else 1, report_data(result))


def _backtest(options: argparse.Namespace) -> Outcome:
    with development_packages():
        from generator.verify.backtest.command import command

    return command(options)


def _preview(options: argparse.Namespace) -> Outcome:
    with development_packages():
        from generator.view.preview.command import preview

    return preview(options)


def _pictures(options: argparse.Namespace) -> Outcome:
    with development_packages():
        from generator.view.preview.command import pictures

    return pictures(options)


def _diff(options: argparse.Namespace) -> Outcome:
    from generator.view.diff.command import diff

    return diff(options)


def _simulate(options: argparse.Namespace) -> Outcome:
    with development_packages():
        from generator.verify.simulation.command import command

    return command(options)


def _conformance(options: argparse.Namespace) -> Outcome:
    from generator.verify.conformance.command import command

    return command(options)


def _drift(options: argparse.Namespace) -> Outcome:
    from generator.verify.drift.command import command

    return command(options)


def _doctor(options: argparse.Namespace) -> Outcome:
    from generator.verify.doctor.command import command

    return command(options)


def _rehearse(options: argparse.Namespace) -> Outcome:
    with development_packages():
        from generator.verify.rehearse.command import command

    return command(options)


def _calibrate(options: argparse.Namespace) -> Outcome:
    with development_packages():
        from generator.verify.calibrate.command import command

    return command(options)


def _trace(options: argparse.Namespace) -> Outcome:
    from generator.logs.trace.command import trace

    return trace(options)


def _logs(options: argparse.Namespace) -> Outcome:
    with development_packages():
        from generator.logs.command import command

    return command(options)


@contextmanager
def development_packages() -> Iterator[None]:
    """Report the import of a package that a build does without, and that is not installed, as a problem."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("generator"):
            raise
        hint = 'install it: make check, or pip install "workers-ai-observability[dev]"'
        raise BuildError([Problem(str(error.name), "the package is not installed", hint)]) from None


@frozen
class Command:
    """A command: its name, its line in the help, what runs it, and what adds its options.

    `failure` is added to the number of its problems. A command that `streams` prints an event at a time with `--json`:
    each is a JSON document on a line of its own.
    """

    name: str
    help: str
    run: Callable[[argparse.Namespace], Outcome]
    add_options: Callable[[argparse.ArgumentParser], None] | None = None
    failure: str = ""
    streams: bool = False


def _init(options: argparse.Namespace) -> Outcome:
    from generator.adopt.init import init

    return init(options)


def _upgrade(options: argparse.Namespace) -> Outcome:
    from generator.adopt.upgrade import upgrade

    return upgrade(options)


COMMANDS = (
    Command(
        "build",
        "compile a platform file and the definitions into the output folder",
        _build,
        _build_options,
        failure="; nothing was written",
    ),
    Command("check", "verify that the output is up to date and that promtool accepts all of it", _check),
    Command("test", "run the alert tests of the output with promtool", _test),
    Command("diff", "compare the sources with a committed revision, by meaning", _diff, add_diff_options),
    Command(
        "preview",
        "serve the dashboards over a simulated day, and rebuild on changes",
        _preview,
        add_preview_options,
        streams=True,
    ),
    Command("pictures", "take a screenshot of each dashboard over a simulated day", _pictures, add_picture_options),
    Command(
        "mutate", "change every rule in small ways, and verify that the alert tests fail", _mutate, _mutate_options
    ),
    Command(
        "backtest", "replay the rules over simulated incidents, and report detection", _backtest, add_backtest_options
    ),
    Command(
        "simulate", "generate synthetic traffic: OpenMetrics samples and the expected values", _simulate, add_options
    ),
    Command(
        "conformance",
        "check a running Grafana with temporary copies of the dashboards, which it removes",
        _conformance,
        add_conformance_options,
    ),
    Command(
        "drift",
        "compare the output with what a Prometheus, an Alertmanager and a Grafana have loaded",
        _drift,
        add_drift_options,
    ),
    Command(
        "doctor",
        "check a running Prometheus, Alertmanager and Grafana against the contract",
        _doctor,
        add_doctor_options,
    ),
    Command(
        "rehearse",
        "evaluate the rules over the history of a running Prometheus: what would they have done?",
        _rehearse,
        add_rehearse_options,
    ),
    Command(
        "calibrate",
        "rehearse other values of a threshold over the history of a running Prometheus, and suggest one",
        _calibrate,
        add_calibrate_options,
    ),
    Command("trace", "show one request through services and bindings, from its log lines", _trace, add_trace_options),
    Command("logs", "validate log lines against the contract and scan them for leaks", _logs, add_logs_options),
    Command("init", "write a new repository: a platform file, CI, a pre-commit hook", _init, add_init_options),
    Command(
        "upgrade",
        "list the default definitions that changed since a version, and your own that they touch",
        _upgrade,
        add_upgrade_options,
    ),
    Command("bench", "measure builds of this platform and of one with 10,000 tenants", _bench),
)
