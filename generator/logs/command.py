"""The command `logs`: check log files, or measure how fast they are read."""

from __future__ import annotations

import argparse

from generator.config.load import load
from generator.definitions import project_contract
from generator.logs.bench import bench
from generator.logs.github import github_commands
from generator.logs.log_file import require_readable
from generator.logs.scan import Policy, scan_files
from generator.logs.validator import routes_by_service
from generator.logs.violations import problems, scan_data, scan_report, summary
from generator.rendering.log_schema import log_schema
from generator.reporting import Outcome


def command(arguments: argparse.Namespace) -> Outcome:
    """Run the task; the exit status is 2 for violations, and for what could not be checked."""
    if arguments.task == "bench":
        return bench(arguments.platform, arguments.lines)
    return _lint(arguments)


def _lint(arguments: argparse.Namespace) -> Outcome:
    names = list(dict.fromkeys(arguments.files))
    require_readable(names)
    platform = load(arguments.platform)
    routes = None if arguments.origin_routes else routes_by_service(platform)
    policy = Policy(log_schema(platform, project_contract()), arguments.raw, routes)
    report = scan_report(names, scan_files(names, policy))
    text, data = summary(report, arguments.strict), scan_data(report, arguments.strict)
    listed = problems(report, arguments.strict)
    if arguments.github:
        print("\n".join(github_commands(listed, text)))
    if not report.fails(arguments.strict):
        if not arguments.github:
            print(text)
        return Outcome(result=data)
    return Outcome(2, data, listed, summary=text)
