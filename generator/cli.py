"""The command: build, check, test and more. Faults go to standard error, and the exit status is 2."""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from generator.definitions import load_contract
from generator.errors import BuildError, Problem
from generator.logs.options import add_logs_options
from generator.logs.trace.options import add_trace_options
from generator.verify.backtest.options import add_backtest_options
from generator.verify.simulation.options import add_options
from generator.view.diff.options import add_diff_options
from generator.view.preview.options import add_preview_options

BUILD = "compile a platform: Grafana dashboards, Prometheus rules and tests, runbooks, Alertmanager, Kubernetes"
CHECK = "see that the output is fresh, both ways, and that promtool takes every rule and every panel's query"
TEST = "let promtool judge the stories in the output on the rules in the output"
BENCH = "measure a build of this platform, and of one with 10,000 tenants"
MUTATE = "make every rule wrong, one way at a time, and see whether the stories notice"
BACKTEST = "replay the rules in the output over incidents and ordinary days, and report what is told of each"
PREVIEW = "serve a page that draws the dashboards in the output over a simulated day, and redraws what is edited"
PICTURES = "take a picture of each dashboard in the output over a simulated day"
DIFF = "show what the sources change since another revision: metrics, alerts, panels, and what each change affects"
SIMULATE = "let a platform that never was send its requests, and write its metrics and the truth"
TRACE = "follow one request through services and bindings by its log lines, and draw how it went"
LOGS = "hold log lines against the contract and look for leaks, or measure how fast that goes"


def main(arguments: list[str] | None = None) -> int:
    """Run a command; its exit status: 0, 1 where a story failed, 2 where something is wrong."""
    given = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = given.command
    try:
        load_contract()
        return command(given)
    except BuildError as several:
        return _say(several, "; nothing was written" if command is _build else "")
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130


def _say(several: BuildError, ending: str = "") -> int:
    red, plain = ("\033[31m", "\033[0m") if sys.stderr.isatty() else ("", "")
    for problem in sorted(several.problems):
        print(f"{red}{problem.where}{plain}: {problem.what}; {problem.hint}.", file=sys.stderr)
    count = len(several.problems)
    print(f"{count} {'fault' if count == 1 else 'faults'}{ending}.", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m generator", description=__doc__)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, text, command in COMMANDS:
        one = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        one.add_argument(
            "--platform", type=Path, default=Path("platform.yaml"), help="the platform's file (%(default)s)"
        )
        one.add_argument("--out", type=Path, default=Path("out"), help="the folder of the output (%(default)s)")
        one.set_defaults(command=command)
        for add in OPTIONS.get(name, ()):
            add(one)
    return parser


def _mutate_options(parser: argparse.ArgumentParser) -> None:
    # Stories are told of this platform: what is another's own, its routes' limits say, they cannot notice.
    parser.set_defaults(platform=Path("alerts/tests/platform.yaml"))
    parser.add_argument("--quick", action="store_true", help="judge one mutant in twelve")
    parser.add_argument("--only", default="", help="judge those of rules whose name begins so")


OPTIONS: dict[str, tuple[Callable[[argparse.ArgumentParser], None], ...]] = {
    "mutate": (_mutate_options,),
    "backtest": (add_backtest_options,),
    "preview": (add_preview_options,),
    "pictures": (add_preview_options,),
    "diff": (add_diff_options,),
    "simulate": (add_options,),
    "trace": (add_trace_options,),
    "logs": (add_logs_options,),
}
"""What a command can be told besides the platform and the folder."""


def _build(given: argparse.Namespace) -> int:
    from generator.build import build, told_aside

    start = time.monotonic()
    result, found = build(given.platform, given.out)
    for path in found.stale:
        print(f"removed {given.out}/{path}", file=sys.stderr)
    written = len(found.missing) + len(found.different)
    took = time.monotonic() - start
    print(f"{given.out}: {len(result.texts)} files of {given.platform}, {written} of them changed, in {took:.1f} s")
    if aside := told_aside(result):
        print(f"{given.out}/tests: left out: {aside}", file=sys.stderr)
    return 0


def _check(given: argparse.Namespace) -> int:
    from generator.build import check
    from generator.external import find_promtool
    from generator.external.promtool import Promtool

    problems = check(given.platform, given.out, Promtool(find_promtool()))
    if problems:
        return _say(BuildError(problems))
    print(f"{given.out} is fresh, lawful, and understood by promtool")
    return 0


def _test(given: argparse.Namespace) -> int:
    from generator.external import find_promtool
    from generator.external.promtool import Promtool

    files = sorted((given.out / "tests").glob("*.yaml"))
    if not files:
        hint = "build production there: stories are told in its numbers, and of no other platform"
        raise BuildError([Problem(f"{given.out}/tests", "it holds no stories", hint)])
    judge = Promtool(find_promtool())
    passed = failed = 0
    for file in files:
        verdicts = judge.test_rules([file]).verdicts
        wrong = [verdict for verdict in verdicts if verdict.failures]
        for verdict in wrong:
            print(f"FAILED {file.stem} {verdict.name}\n" + "\n".join(verdict.failures))
        passed, failed = passed + len(verdicts) - len(wrong), failed + len(wrong)
        print(f"{file.stem}: {len(verdicts) - len(wrong)} of {len(verdicts)} stories hold", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def _bench(given: argparse.Namespace) -> int:
    from generator.bench import bench

    bench(given.platform)
    return 0


def _mutate(given: argparse.Namespace) -> int:
    from generator.build import compiled
    from generator.external import find_promtool
    from generator.external.promtool import Promtool
    from generator.verify.mutation.command import equivalents, mutate, report

    right = compiled(given.platform)
    verdict = mutate(right, Promtool(find_promtool()), equivalents(), given.quick, given.only)
    print(report(verdict, right.lowered))
    return 0 if verdict.sound else 1


def _backtest(given: argparse.Namespace) -> int:
    status: int = _room("generator.verify.backtest.command").command(given)
    return status


def _preview(given: argparse.Namespace) -> int:
    status: int = _room("generator.view.preview.command").preview(given)
    return status


def _pictures(given: argparse.Namespace) -> int:
    status: int = _room("generator.view.preview.command").pictures(given)
    return status


def _diff(given: argparse.Namespace) -> int:
    from generator.view.diff.command import diff

    return diff(given)


def _simulate(given: argparse.Namespace) -> int:
    status: int = _room("generator.verify.simulation.command").command(given)
    return status


def _trace(given: argparse.Namespace) -> int:
    from generator.logs.trace.command import trace

    return trace(given)


def _logs(given: argparse.Namespace) -> int:
    status: int = _room("generator.logs.command").command(given)
    return status


def _room(module: str) -> ModuleType:
    """A module that needs more packages than a build does."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as missing:
        hint = "make the set-up of the tests once: make check"
        raise BuildError([Problem(module, f"the package {missing.name} is not installed", hint)]) from None


COMMANDS = (
    ("build", BUILD, _build),
    ("check", CHECK, _check),
    ("test", TEST, _test),
    ("bench", BENCH, _bench),
    ("mutate", MUTATE, _mutate),
    ("backtest", BACKTEST, _backtest),
    ("preview", PREVIEW, _preview),
    ("pictures", PICTURES, _pictures),
    ("diff", DIFF, _diff),
    ("simulate", SIMULATE, _simulate),
    ("trace", TRACE, _trace),
    ("logs", LOGS, _logs),
)
"""Each command, with what it is for."""


def run() -> None:
    """The process: run the command and exit with its status."""
    # SIGTERM unwinds the stack, as Ctrl-C does, so that the servers and folders of a command are removed.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    sys.exit(main())
