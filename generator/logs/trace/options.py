"""What `python -m generator trace` can be told."""

from __future__ import annotations

import argparse


def add_trace_options(parser: argparse.ArgumentParser) -> None:
    """The request, the logs, and how to show it."""
    parser.add_argument(
        "request", metavar="REQUEST_ID", help="the id: a log line's request_id, an answer's x-request-id"
    )
    parser.add_argument("files", nargs="+", metavar="LOGS", help="NDJSON, plain or gzip; - is standard input")
    parser.add_argument("--stack", action="store_true", help="show stack traces too")
    parser.add_argument("--json", action="store_true", help="print JSON instead, for machines")
