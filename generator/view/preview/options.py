"""Options of the `preview` and `pictures` commands. The module imports nothing that a build does not need."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_preview_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `preview`."""
    _add_prometheus(parser)
    parser.add_argument("--port", type=int, default=0, help="port of the page (default: any free port)")


def add_picture_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `pictures`."""
    _add_prometheus(parser)
    parser.add_argument("--into", type=Path, default=Path("docs/pictures"), help="folder of the pictures (%(default)s)")


def _add_prometheus(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--prometheus", default="", help="URL of your own Prometheus (default: a simulated day)")
