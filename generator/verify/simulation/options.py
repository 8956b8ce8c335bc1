"""What `python -m generator simulate` can be told. It asks for no library that a build has not."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of a simulation."""
    parser.add_argument("--to", type=Path, default=None, help="the folder to write OpenMetrics and truth.json into")
    parser.add_argument("--days", type=float, default=1, help="how long it lasts (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same bytes (%(default)s)")
    parser.add_argument("--tenants", type=int, default=8, help="how many, those that are listed included (%(default)s)")
    parser.add_argument("--step", type=int, default=15, help="seconds between two samples (%(default)s)")
    parser.add_argument(
        "--incident", action="append", default=[], metavar="NAME", help="what goes wrong; may be given again"
    )
    parser.add_argument("--bench", action="store_true", help="measure instead: this platform, and 1,000 tenants")
