"""The options of `python -m generator conformance`, without what only a run needs."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_conformance_options(parser: argparse.ArgumentParser) -> None:
    """Add the URL of a Grafana, and the options of a run."""
    parser.add_argument("url", metavar="URL", help="the URL of a running Grafana, such as http://127.0.0.1:3000")
    parser.add_argument(
        "--token-file", type=Path, metavar="FILE", help="a file with the token of a service account (role Editor)"
    )
    parser.add_argument(
        "--data-source", default="", metavar="UID", help="query this data source (default: that of the dashboards)"
    )
    parser.add_argument(
        "--timeout",
        type=float,
        default=60,
        metavar="SECONDS",
        help="the time for an answer (default: %(default)s)",
    )
