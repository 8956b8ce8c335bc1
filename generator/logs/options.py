"""What `python -m generator logs` can be told. It asks for no library that a build has not."""

from __future__ import annotations

import argparse
from pathlib import Path

CHECK = "hold log lines against the contract's schema, and look for what the redaction should have taken out"
BENCH = "measure `trace` and `logs check` on a million lines made by a seed"


def add_logs_options(parser: argparse.ArgumentParser) -> None:
    """The two things that can be done with logs, and their options."""
    tasks = parser.add_subparsers(title="tasks", dest="task", required=True, metavar="TASK")
    check = tasks.add_parser("check", help=CHECK, description=f"{CHECK[0].upper()}{CHECK[1:]}. Faults: status 2.")
    check.add_argument("files", nargs="+", metavar="FILE", help="NDJSON, plain or gzip; - is standard input")
    check.add_argument("--platform", type=Path, default=argparse.SUPPRESS, help="the platform's file (platform.yaml)")
    check.add_argument("--strict", action="store_true", help="a line that is not ours is a fault")
    check.add_argument("--raw", action="store_true", help="raw prompts and answers are meant to be there (debugging)")
    bench = tasks.add_parser("bench", help=BENCH, description=f"{BENCH[0].upper()}{BENCH[1:]}.")
    bench.add_argument("--lines", type=int, default=1_000_000, help="how many (%(default)s)")
    bench.add_argument("--platform", type=Path, default=argparse.SUPPRESS, help="the platform's file (platform.yaml)")
