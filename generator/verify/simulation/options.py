"""Command-line options of `python -m generator simulate`. Imports nothing that a build does not need."""

from __future__ import annotations

import argparse
from pathlib import Path

from generator.option_parser import exclude


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of a simulation."""
    parser.add_argument("--to", type=Path, default=None, help="output folder for the OpenMetrics files and truth.json")
    parser.add_argument("--days", type=float, default=1, help="simulated time in days (default: %(default)s)")
    parser.add_argument(
        "--seed", type=int, default=1, help="random seed; the same seed gives the same bytes (default: %(default)s)"
    )
    parser.add_argument(
        "--tenants", type=int, default=8, help="number of tenants, listed ones included (default: %(default)s)"
    )
    parser.add_argument(
        "--sample",
        type=int,
        default=None,
        metavar="NUMBER",
        help="simulate so many of the listed tenants, of all sizes (default: all)",
    )
    parser.add_argument("--step", type=int, default=15, help="seconds between two samples (default: %(default)s)")
    parser.add_argument(
        "--incident", action="append", default=[], metavar="NAME", help="incident to simulate; may be repeated"
    )
    parser.add_argument("--bench", action="store_true", help="measure the speed instead, with 8 and with 1,000 tenants")
    exclude(parser, "--bench", ("--to", "--days", "--seed", "--tenants", "--sample", "--step", "--incident"))
