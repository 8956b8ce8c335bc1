"""The options of `python -m generator logs` and `trace`, without the packages that only `logs lint` needs."""

from __future__ import annotations

import argparse
from pathlib import Path

LINT = "validate log lines by the contract's schema, and find text that should have been redacted"
BENCH = "measure `trace` and `logs lint` with a million generated lines"
FILES = "a log in any form that docs/logs.md lists, plain, gzip or zstd; - is standard input"


def add_logs_options(parser: argparse.ArgumentParser) -> None:
    """Add the tasks of `logs` and their options."""
    tasks = parser.add_subparsers(title="tasks", dest="task", metavar="TASK")
    description = (
        f"{LINT[0].upper()}{LINT[1:]}. The exit status is 2 for violations, for lines that could not be read, and for "
        "files in which nothing was checked."
    )
    lint = tasks.add_parser("lint", aliases=["check"], help=LINT, description=description)
    lint.add_argument("files", nargs="+", metavar="FILE", help=FILES)
    lint.add_argument("--platform", type=Path, default=argparse.SUPPRESS, help="the platform's file (platform.yaml)")
    lint.add_argument("--strict", action="store_true", help="report lines that are not log lines of our Workers")
    lint.add_argument("--raw", action="store_true", help="allow raw prompts and responses, as while debugging")
    lint.add_argument(
        "--origin-routes", action="store_true", help="allow routes of other services, as queues and RPC carry them"
    )
    lint.add_argument("--github", action="store_true", help="print violations as annotations of GitHub Actions")
    bench = tasks.add_parser("bench", help=BENCH, description=f"{BENCH[0].upper()}{BENCH[1:]}.")
    bench.add_argument("--lines", type=int, default=1_000_000, help="the number of lines (%(default)s)")
    bench.add_argument("--platform", type=Path, default=argparse.SUPPRESS, help="the platform's file (platform.yaml)")


def add_trace_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `trace`: the request, the logs, and the output format."""
    parser.add_argument(
        "request",
        nargs="?",
        metavar="REQUEST_ID",
        help="a log line's request_id or trace_id, or a response's x-request-id header",
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help=FILES)
    parser.add_argument("--stack", action="store_true", help="show stack traces (--json always has them)")
    parser.set_defaults(usage=parser.prog)
    parser.add_argument("--otlp", action="store_true", help="print the trace as OTLP/JSON, for tools of OpenTelemetry")
    parser.add_argument(
        "--follow",
        action="store_true",
        help="read standard input while it is written, and show each request, or that of the id, once it is complete",
    )
