"""Options of the `diff` command. The module imports nothing that a build does not need."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_diff_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `diff`."""
    parser.add_argument("--base", default="HEAD", help="the revision to compare with (%(default)s)")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--text", action="store_true", help="print the changes only: no page, no screenshots")
    output.add_argument(
        "--page", type=Path, default=Path(".cache/diff/index.html"), help="the file of the page (%(default)s)"
    )
