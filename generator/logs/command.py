"""The command `logs`: check log files, or measure how fast they are read."""

from __future__ import annotations

import argparse
import sys

from generator.config.load import load
from generator.logs.bench import bench
from generator.logs.reader import require_readable
from generator.logs.scan import scan_files
from generator.logs.violations import problems, scan_report, summary
from generator.rendering.log_schema import log_schema


def command(arguments: argparse.Namespace) -> int:
    """Run the task; the exit status is 2 if a line violates the contract."""
    return bench(arguments.platform, arguments.lines) if arguments.task == "bench" else _check(arguments)


def _check(arguments: argparse.Namespace) -> int:
    require_readable(arguments.files)
    schema = log_schema(load(arguments.platform))
    report = scan_report(scan_files(arguments.files, schema, arguments.raw))
    for problem in problems(report, arguments.strict):
        print(problem, file=sys.stderr)
    failed = bool(report.counts(arguments.strict))
    print(summary(report, arguments.strict), file=sys.stderr if failed else sys.stdout)
    return 2 if failed else 0
