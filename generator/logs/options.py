"""The options of `python -m generator logs` and `trace`, without the packages that only `logs check` needs."""

from __future__ import annotations

import argparse
from pathlib import Path

CHECK = "validate log lines by the contract's schema, and find text that should have been redacted"
BENCH = "measure `trace` and `logs check` with a million generated lines"


def add_logs_options(parser: argparse.ArgumentParser) -> None:
    """Add the tasks of `logs` and their options."""
    tasks = parser.add_subparsers(title="tasks", dest="task", metavar="TASK")
    description = f"{CHECK[0].upper()}{CHECK[1:]}. The exit status is 2 if there are violations."
    check = tasks.add_parser("check", help=CHECK, description=description)
    check.add_argument("files", nargs="+", metavar="FILE", help="NDJSON, plain or gzip; - is standard input")
    check.add_argument("--platform", type=Path, default=argparse.SUPPRESS, help="the platform's file (platform.yaml)")
    check.add_argument("--strict", action="store_true", help="report lines that are not log lines of our Workers")
    check.add_argument("--raw", action="store_true", help="allow raw prompts and responses, as while debugging")
    bench = tasks.add_parser("bench", help=BENCH, description=f"{BENCH[0].upper()}{BENCH[1:]}.")
    bench.add_argument("--lines", type=int, default=1_000_000, help="the number of lines (%(default)s)")
    bench.add_argument("--platform", type=Path, default=argparse.SUPPRESS, help="the platform's file (platform.yaml)")


def add_trace_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `trace`: the request, the logs, and the output format."""
    parser.add_argument(
        "request", metavar="REQUEST_ID", help="a log line's request_id or a response's x-request-id header"
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="NDJSON, plain or gzip; - is standard input")
    parser.add_argument("--stack", action="store_true", help="show stack traces (--json always has them)")
