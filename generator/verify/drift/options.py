"""The options of `drift`: a URL, and the file of a token, for each server that is compared."""

from __future__ import annotations

import argparse
from pathlib import Path

SERVERS = {"prometheus": "Prometheus or another ruler", "alertmanager": "Alertmanager", "grafana": "Grafana"}


def add_drift_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of each server."""
    for server, title in SERVERS.items():
        parser.add_argument(f"--{server}", default="", metavar="URL", help=f"the URL of {title}")
    add_access_options(parser)


def add_access_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of tokens, and of the time for an answer."""
    for server in SERVERS:
        parser.add_argument(
            f"--{server}-token-file",
            type=Path,
            metavar="FILE",
            help="a file with its token, which only reads, or with user:password",
        )
    parser.add_argument(
        "--timeout", type=float, default=60, metavar="SECONDS", help="the time for an answer (default: %(default)s)"
    )
