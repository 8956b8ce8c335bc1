"""The options of `calibrate`, without what only a run needs."""

from __future__ import annotations

import argparse

from generator.verify.rehearse.options import add_load_options, add_server_options


def add_calibrate_options(parser: argparse.ArgumentParser) -> None:
    """Add the URL of a Prometheus, the threshold and its values, what is acceptable, and the limits of load."""
    add_server_options(parser)
    parser.add_argument("key", metavar="KEY", help="a number of the platform file: tenant_default.error_percent")
    parser.add_argument(
        "--values",
        default="",
        metavar="VALUE,…",
        help="the values to rehearse (default: half, three quarters, one and a half times and twice the current one)",
    )
    parser.add_argument(
        "--incidents",
        default="",
        metavar="FILE|alerts",
        help="what happened, as in rehearse; without it every notification is a false one",
    )
    parser.add_argument(
        "--false-per-week",
        type=float,
        default=1,
        metavar="N",
        help="how many false notifications a week are acceptable (default: %(default)s)",
    )
    parser.add_argument("--write", action="store_true", help="write the suggestion into the platform file")
    add_load_options(parser)
