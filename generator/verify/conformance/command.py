"""`python -m generator conformance URL`: check a running Grafana, report, and leave nothing behind."""

from __future__ import annotations

import argparse
import sys

from generator.errors import BuildError, Problem
from generator.reporting import Outcome
from generator.verify.access import read_access
from generator.verify.conformance.grafana_api import GrafanaApi
from generator.verify.conformance.interruption import Interruption
from generator.verify.conformance.result import ConformanceResult
from generator.verify.conformance.run import ConformanceRun
from generator.verify.conformance.shipped_output import ShippedOutput, read_output
from generator.verify.conformance.temporary_folder import TemporaryFolder
from generator.verify.simulation.progress import reported_progress


def command(arguments: argparse.Namespace) -> Outcome:
    """Run, and print the result. The status is 1 for failures, and 2 where the run could not end or something is left.

    Raises `BuildError` for wrong arguments and an output that cannot be read.
    """
    if not arguments.timeout > 0:
        what, hint = "a server cannot answer in this time", "give a number of seconds above 0"
        raise BuildError([Problem(f"--timeout {arguments.timeout:g}", what, hint)])
    access = read_access(arguments.url, arguments.token_file)
    output = read_output(arguments.out)
    result = ConformanceResult(access.url)
    problems = check(GrafanaApi(access, arguments.timeout), output, result, arguments.data_source)
    if result.has_begun:
        print("\n".join(result.lines(arguments.all)))
    status = 2 if problems else 1 if result.failures else 0
    return Outcome(status, result.data(), problems)


def check(api: GrafanaApi, output: ShippedOutput, result: ConformanceResult, data_source: str = "") -> list[Problem]:
    """Check a Grafana, and remove what that made. Returns why the run ended early, and what is left.

    Where a signal or an exception ends the run, what is left is printed to standard error.
    """
    folder, interruption, problems = TemporaryFolder(api), Interruption(), list[Problem]()
    finished = False
    with interruption.handled():
        try:
            try:
                with reported_progress("conformance") as progress:
                    ConformanceRun(api, output, folder, result, progress).run(data_source)
                finished = True
            except BuildError as error:
                problems += error.problems
                finished = True
            finally:
                # From here on signals wait, also one that arrives between this line and the next.
                interruption.waits = True
        finally:
            left = folder.remove()
            result.left += [f"{problem.where}: {problem.what}" for problem in left]
            if not finished:
                for problem in left:
                    print(problem, file=sys.stderr)
    return problems + left
