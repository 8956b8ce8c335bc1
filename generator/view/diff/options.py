"""What `review` can be told."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_review_options(parser: argparse.ArgumentParser) -> None:
    """The options of a review."""
    parser.add_argument("--base", default="HEAD", help="the revision to compare with (%(default)s)")
    parser.add_argument("--text", action="store_true", help="print the changes and no more: no page, no pictures")
    parser.add_argument(
        "--page", type=Path, default=Path(".cache/review/index.html"), help="where the page goes (%(default)s)"
    )
