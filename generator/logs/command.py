"""The command `logs`: check log files, or measure how fast they are read."""

from __future__ import annotations

import argparse

from generator.config.load import load
from generator.definitions import project_contract
from generator.logs.bench import bench
from generator.logs.reader import require_readable
from generator.logs.scan import scan_files
from generator.logs.violations import problems, scan_data, scan_report, summary
from generator.rendering.log_schema import log_schema
from generator.reporting import Outcome


def command(arguments: argparse.Namespace) -> Outcome:
    """Run the task; the exit status is 2 if a line violates the contract."""
    if arguments.task == "bench":
        return bench(arguments.platform, arguments.lines)
    return _check(arguments)


def _check(arguments: argparse.Namespace) -> Outcome:
    require_readable(arguments.files)
    schema = log_schema(load(arguments.platform), project_contract())
    report = scan_report(scan_files(arguments.files, schema, arguments.raw))
    text, data = summary(report, arguments.strict), scan_data(report, arguments.strict)
    if not report.counts(arguments.strict):
        print(text)
        return Outcome(result=data)
    return Outcome(2, data, problems(report, arguments.strict), summary=text)
