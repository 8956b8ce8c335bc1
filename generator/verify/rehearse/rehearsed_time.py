"""The time that is rehearsed, and the time zone of its days, from the options."""

from __future__ import annotations

import argparse
import time
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from generator.errors import BuildError, Problem
from generator.frozen import frozen
from generator.verify.drift.durations import seconds_of
from generator.verify.rehearse.options import SINCE


@frozen
class RehearsedTime:
    """From `start` to `end`, in seconds since 1970; days and nights are those of `zone`."""

    start: float
    end: float
    zone: tzinfo

    def text(self, at: float) -> str:
        """A time in the zone, to the second: 2026-11-12T10:00:00Z."""
        return datetime.fromtimestamp(round(at), self.zone).isoformat().replace("+00:00", "Z")


def rehearsed_time(arguments: argparse.Namespace) -> RehearsedTime:
    """Read the options of the time. Raises `BuildError` with the problems of all of them."""
    problems: list[Problem] = []
    end, length = time.time(), 0.0
    zone: tzinfo = UTC
    with suppress(ValueError):
        length = seconds_of(arguments.since or SINCE)
    if not length:
        hint = "give a duration such as 7d or 12h"
        problems.append(Problem(f"--since {arguments.since}", "this is no duration", hint))
    if arguments.until:
        try:
            end = read_time(arguments.until)
        except ValueError:
            hint = "give a time with its time zone, such as 2026-11-12T10:00:00Z"
            problems.append(Problem(f"--until {arguments.until}", "this is no time", hint))
    try:
        zone = UTC if arguments.timezone == "UTC" else ZoneInfo(arguments.timezone)
    except (OSError, ValueError, LookupError):
        hint = "give a name such as Europe/Berlin"
        problems.append(Problem(f"--timezone {arguments.timezone}", "there is no such time zone", hint))
    for name in ("timeout", "pause"):
        if getattr(arguments, name) < (name == "timeout"):
            hint = "give a number of seconds, at least 1" if name == "timeout" else "give 0 or more seconds"
            problems.append(Problem(f"--{name} {getattr(arguments, name):g}", "this is too short", hint))
    if problems:
        raise BuildError(sorted(problems))
    return RehearsedTime(end - length, end, zone)


def read_time(text: str) -> float:
    """Seconds since 1970 of a time with its time zone. Raises `ValueError` for another text."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return at.timestamp()
