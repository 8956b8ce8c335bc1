"""What `python -m generator backtest` can be told. It asks for no library that a build has not."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_backtest_options(parser: argparse.ArgumentParser) -> None:
    """The options of a back-test."""
    parser.add_argument(
        "--case", action="append", default=[], metavar="NAME", help="only this one, and no report; may be given again"
    )
    parser.add_argument("--to", type=Path, default=Path("docs"), help="the folder of the report (%(default)s)")
