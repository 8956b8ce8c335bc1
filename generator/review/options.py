"""What `review` can be told."""

from __future__ import annotations

import argparse


def add_review_options(parser: argparse.ArgumentParser) -> None:
    """The option of a review."""
    parser.add_argument("--base", default="HEAD", help="the revision to compare with (%(default)s)")
