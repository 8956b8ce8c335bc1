"""The command: check log files, for a person or for CI, or measure how fast that goes."""

from __future__ import annotations

import argparse
import sys

from generator.config.load import load
from generator.logs.bench import bench
from generator.logs.reader import readable
from generator.logs.report import checked, problems, summary
from generator.logs.scan import tallies
from generator.rendering.log_schema import log_schema


def command(given: argparse.Namespace) -> int:
    """Do what was asked; the exit status is 2 where lines are at fault."""
    return bench(given.platform, given.lines) if given.task == "bench" else _check(given)


def _check(given: argparse.Namespace) -> int:
    readable(given.files)
    schema = log_schema(load(given.platform))
    result = checked(tallies(given.files, schema, given.raw))
    for problem in problems(result, given.strict):
        print(problem, file=sys.stderr)
    wrong = bool(result.counts(given.strict))
    print(summary(result, given.strict), file=sys.stderr if wrong else sys.stdout)
    return 2 if wrong else 0
