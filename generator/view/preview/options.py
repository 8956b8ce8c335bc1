"""What `preview` and `pictures` can be told. It asks for no library that a build has not."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_preview_options(parser: argparse.ArgumentParser) -> None:
    """The options of both commands."""
    parser.add_argument("--prometheus", default="", help="a Prometheus of your own (left out: a simulated day)")
    parser.add_argument("--port", type=int, default=0, help="where the page is served (left out: any free port)")
    parser.add_argument("--into", type=Path, default=Path("docs/pictures"), help="where pictures go (%(default)s)")
    parser.add_argument("--light", action="store_true", help="pictures in Grafana's light theme")
