"""The options of `python -m generator backtest`, without the packages that only a back-test needs."""

from __future__ import annotations

import argparse
from pathlib import Path

from generator.option_parser import exclude


def add_backtest_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of a back-test."""
    parser.add_argument(
        "--case", action="append", default=[], metavar="NAME", help="run only this case, without a report; repeatable"
    )
    parser.add_argument("--to", type=Path, default=Path("docs"), help="directory of the report (default: %(default)s)")
    parser.add_argument("--months", action="store_true", help="replay three months without incidents instead (hours)")
    parser.add_argument(
        "--month",
        action="append",
        default=[],
        metavar="NAME",
        help="replay only this month, and keep what the report says of the others; repeatable",
    )
    exclude(parser, "--case", ("--to", "--months", "--month"))
