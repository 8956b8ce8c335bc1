"""The options of `doctor`: the URL of Prometheus, and of the other servers that are examined, too."""

from __future__ import annotations

import argparse

from generator.verify.drift.options import SERVERS, add_access_options


def add_doctor_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of each server."""
    parser.add_argument("prometheus", metavar="PROMETHEUS_URL", help="the URL of a server with the API of Prometheus")
    for server in ("alertmanager", "grafana"):
        parser.add_argument(f"--{server}", default="", metavar="URL", help=f"the URL of {SERVERS[server]}")
    add_access_options(parser)
