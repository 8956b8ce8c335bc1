"""The command line: compile a platform, check and test the result, and look at it.

Problems go to standard error as `where: what; hint`, and the exit status is 2. `--debug` shows the traceback of an
internal error.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from generator import __version__
from generator.definitions import load_contract
from generator.errors import BuildError, Problem, print_internal_error
from generator.logs.options import add_logs_options, add_trace_options
from generator.output import ALERT_TESTS_FOLDER
from generator.project import TEST_PLATFORM_NAME
from generator.verify.backtest.options import add_backtest_options
from generator.verify.simulation.options import add_options
from generator.view.diff.options import add_diff_options
from generator.view.preview.options import add_preview_options

PROGRAM = "workers-ai-observability"


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status: 0, 1 where a test failed, 2 for problems, 130 after Ctrl-C."""
    options = _parser().parse_args(arguments)
    run_command: Callable[[argparse.Namespace], int] = options.run
    try:
        load_contract()
        return run_command(options)
    except BuildError as error:
        return _print_problems(error, "; nothing was written" if run_command is _build else "")
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except Exception as error:
        if options.debug:
            traceback.print_exc()
        return print_internal_error(error)


def run() -> None:
    """Run as a process: exit with the status of the command."""
    # SIGTERM unwinds the stack, as Ctrl-C does, so that the servers and folders of a command are removed.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    sys.exit(main())


def _print_problems(error: BuildError, ending: str = "") -> int:
    bold, plain = ("\033[31m", "\033[0m") if sys.stderr.isatty() else ("", "")
    for problem in sorted(error.problems):
        text = str(problem).removeprefix(problem.where)
        print(f"{bold}{problem.where}{plain}{text}", file=sys.stderr)
    count = len(error.problems)
    print(f"{count} {'problem' if count == 1 else 'problems'}{ending}.", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Compile one contract of metrics to Grafana dashboards, Prometheus rules and their tests.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an internal error")
    subparsers = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in COMMANDS:
        subparser = subparsers.add_parser(
            command.name, help=command.help, description=f"{command.help[0].upper()}{command.help[1:]}."
        )
        subparser.add_argument(
            "--platform", type=Path, default=Path("platform.yaml"), help="the platform file (default: %(default)s)"
        )
        subparser.add_argument("--out", type=Path, default=Path("out"), help="the output folder (default: %(default)s)")
        subparser.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        subparser.set_defaults(run=command.run)
        if command.add_options:
            command.add_options(subparser)
    return parser


def _mutate_options(parser: argparse.ArgumentParser) -> None:
    # Alert tests are written for this platform: they cannot kill mutants of another platform's own thresholds.
    parser.set_defaults(platform=Path(TEST_PLATFORM_NAME))
    parser.add_argument("--quick", action="store_true", help="run one mutant in twelve")
    parser.add_argument("--only", default="", metavar="PREFIX", help="run the mutants of rules with this prefix")


def _build(options: argparse.Namespace) -> int:
    from generator.pipeline import build

    start = time.monotonic()
    report = build(options.platform, options.out)
    for path in report.changes.stale:
        print(f"removed {options.out}/{path}", file=sys.stderr)
    written = len(report.changes.missing) + len(report.changes.different)
    seconds = time.monotonic() - start
    count = len(report.compiled.texts)
    print(f"{options.out}: {count} files of {options.platform}, {written} of them changed, in {seconds:.1f} s")
    for test, reason in report.left_out_tests:
        name = f"{test.module.rpartition('.')[2]}.{test.id}"
        print(
            f"{options.out}/tests: left out: {name}, which is not possible on this platform: {reason}", file=sys.stderr
        )
    return 0


def _check(options: argparse.Namespace) -> int:
    from generator.external import find_promtool
    from generator.external.promtool import Promtool
    from generator.pipeline import check

    problems = check(options.platform, options.out, Promtool(find_promtool()))
    if problems:
        return _print_problems(BuildError(problems))
    print(f"{options.out} is up to date, passes all checks, and promtool accepts it")
    return 0


def _test(options: argparse.Namespace) -> int:
    from generator.external import find_promtool
    from generator.external.promtool import Promtool

    files = sorted((options.out / ALERT_TESTS_FOLDER).glob("*.yaml"))
    if not files:
        hint = f"build {TEST_PLATFORM_NAME} there, or a platform with the same rules"
        raise BuildError([Problem(str(options.out / ALERT_TESTS_FOLDER), "there are no alert tests", hint)])
    promtool = Promtool(find_promtool())
    passed = failed = 0
    for file in files:
        verdicts = promtool.test_rules([file]).results
        failures = [verdict for verdict in verdicts if verdict.failures]
        for verdict in failures:
            print(f"FAILED {file.stem} {verdict.name}\n" + "\n".join(verdict.failures))
        passed, failed = passed + len(verdicts) - len(failures), failed + len(failures)
        print(f"{file.stem}: {len(verdicts) - len(failures)} of {len(verdicts)} alert tests pass", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def _bench(options: argparse.Namespace) -> int:
    from generator.bench import bench

    bench(options.platform)
    return 0


def _mutate(options: argparse.Namespace) -> int:
    from generator.external import find_promtool
    from generator.external.promtool import Promtool
    from generator.pipeline import compiled
    from generator.verify.mutation.command import equivalent_mutants, format_report, mutate

    original = compiled(options.platform)
    result = mutate(original, Promtool(find_promtool()), equivalent_mutants(), options.quick, options.only)
    print(format_report(result, original.lowered))
    return 0 if result.passed else 1


def _backtest(options: argparse.Namespace) -> int:
    with development_packages():
        from generator.verify.backtest.command import command

    return command(options)


def _preview(options: argparse.Namespace) -> int:
    with development_packages():
        from generator.view.preview.command import preview

    return preview(options)


def _pictures(options: argparse.Namespace) -> int:
    with development_packages():
        from generator.view.preview.command import pictures

    return pictures(options)


def _diff(options: argparse.Namespace) -> int:
    from generator.view.diff.command import diff

    return diff(options)


def _simulate(options: argparse.Namespace) -> int:
    with development_packages():
        from generator.verify.simulation.command import command

    return command(options)


def _trace(options: argparse.Namespace) -> int:
    from generator.logs.trace.command import trace

    return trace(options)


def _logs(options: argparse.Namespace) -> int:
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


@dataclass(frozen=True)
class Command:
    """A command: its name, its line in the help, what runs it, and what adds its options."""

    name: str
    help: str
    run: Callable[[argparse.Namespace], int]
    add_options: Callable[[argparse.ArgumentParser], None] | None = None


COMMANDS = (
    Command("build", "compile a platform file and the definitions into the output folder", _build),
    Command("check", "verify that the output is up to date and that promtool accepts all of it", _check),
    Command("test", "run the alert tests of the output with promtool", _test),
    Command("diff", "compare the sources with a committed revision, by meaning", _diff, add_diff_options),
    Command(
        "preview", "serve the dashboards over a simulated day, and rebuild on changes", _preview, add_preview_options
    ),
    Command("pictures", "take a screenshot of each dashboard over a simulated day", _pictures, add_preview_options),
    Command(
        "mutate", "change every rule in small ways, and verify that the alert tests fail", _mutate, _mutate_options
    ),
    Command(
        "backtest", "replay the rules over simulated incidents, and report detection", _backtest, add_backtest_options
    ),
    Command(
        "simulate", "generate synthetic traffic: OpenMetrics samples and the expected values", _simulate, add_options
    ),
    Command("trace", "show one request through services and bindings, from its log lines", _trace, add_trace_options),
    Command("logs", "validate log lines against the contract and scan them for leaks", _logs, add_logs_options),
    Command("bench", "measure builds of this platform and of one with 10,000 tenants", _bench),
)
