"""The options of `init` and `upgrade`, without the packages that the commands need."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_init_options(parser: argparse.ArgumentParser) -> None:
    """Add the folder of the new repository."""
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path(), metavar="FOLDER", help="where to write it (default: here)"
    )


def add_upgrade_options(parser: argparse.ArgumentParser) -> None:
    """Add the version to compare with."""
    parser.add_argument("old_version", metavar="OLD_VERSION", help="the version that you used before, such as 0.1.0")
