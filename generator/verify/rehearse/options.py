"""The options of `rehearse`, without what only a run needs."""

from __future__ import annotations

import argparse
from pathlib import Path

MAX_SAMPLES = 2_000_000_000
SINCE = "30d"
"""How far back a rehearsal goes."""


def add_rehearse_options(parser: argparse.ArgumentParser) -> None:
    """Add the URL of a Prometheus or a recording, the time, what is compared, the limits of load, and the outputs."""
    add_server_options(parser, nargs="?")
    parser.add_argument(
        "--recording", type=Path, metavar="FILE", help="a recording in place of a server, which --export wrote"
    )
    parser.add_argument(
        "--expect", type=Path, metavar="FILE", help="end with status 1 unless the alerts do what this JSON result has"
    )
    parser.add_argument(
        "--export", type=Path, metavar="FILE", help="write a recording without names, and rehearse nothing"
    )
    parser.add_argument("--names", type=Path, metavar="FILE", help="keep the names that an export replaces in a file")
    parser.add_argument(
        "--hide-tenants", action="store_true", help="replace the names of tenants that the platform file has, too"
    )
    parser.add_argument("--base", default="", metavar="REV", help="compare with the output of this revision")
    parser.add_argument(
        "--incidents",
        default="",
        metavar="FILE|alerts",
        help="what happened, to see which alerts detect it: a file of incidents, annotations of Grafana, incidents of "
        "PagerDuty, or the server's own alerts",
    )
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the result as a page, too")
    parser.add_argument("--comment", type=Path, metavar="FILE", help="write it as a comment of a pull request, too")
    add_load_options(parser)


def add_server_options(parser: argparse.ArgumentParser, nargs: str | None = None) -> None:
    """Add the URL of a Prometheus, its token, and the time that is rehearsed."""
    url_help = "the URL of a Prometheus-compatible API, such as http://127.0.0.1:9090"
    parser.add_argument("url", nargs=nargs, metavar="PROMETHEUS_URL", help=url_help)
    parser.add_argument(
        "--token-file", type=Path, metavar="FILE", help="a file with its token, which only reads, or with user:password"
    )
    parser.add_argument("--since", default="", metavar="DURATION", help=f"how far back (default: {SINCE})")
    parser.add_argument("--until", default="", metavar="TIME", help="the end, as 2026-11-12T10:00:00Z (default: now)")
    parser.add_argument("--timezone", default="UTC", metavar="NAME", help="of days and nights (default: %(default)s)")


def add_load_options(parser: argparse.ArgumentParser) -> None:
    """Add the limits of what the server has to do."""
    parser.add_argument(
        "--max-samples",
        type=int,
        default=MAX_SAMPLES,
        metavar="N",
        help="stop where the server would read more samples (default: %(default)s)",
    )
    parser.add_argument("--yes", action="store_true", help="run whatever the estimate is")
    parser.add_argument(
        "--pause", type=float, default=0.05, metavar="SECONDS", help="between two requests (default: %(default)s)"
    )
    parser.add_argument(
        "--timeout", type=float, default=120, metavar="SECONDS", help="the time for an answer (default: %(default)s)"
    )
