"""`python -m tests.outage [TENANTS]`: the notifications of an outage of a route for so many tenants (200), and of one
tenant that fails on another route, through a real Prometheus and a real Alertmanager in a time lapse."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from generator.errors import BuildError, Problem
from generator.option_parser import ProblemParser, run_module
from tests.outage.run import DOWN, OTHER, RECEIVERS, Notification, run

LIMITS = {DOWN: 2, OTHER: 1}
"""The most firing notifications that a receiver gets of a route that is down, and of one tenant that fails on another
route."""


def main() -> int:
    """Print what the receivers got; exit status 1 where it is more than an incident needs. Raises BuildError for a
    wrong argument."""
    parser = ProblemParser(prog="python -m tests.outage", description="Count the notifications of an outage.")
    parser.add_argument("tenants", nargs="?", type=int, default=200, metavar="TENANTS", help="(default: 200)")
    tenants = parser.parse_args().tenants
    if tenants < 20:
        what, hint = f"{tenants} tenants are too few: one that fails would be an outage", "give at least 20"
        raise BuildError([Problem("python -m tests.outage TENANTS", what, hint)])
    with tempfile.TemporaryDirectory() as folder:
        received = run(Path(folder), tenants)
    for each in received:
        state = "firing" if each.firing else "resolved"
        labels = ", ".join(f"{name}={value}" for name, value in sorted(each.labels.items()))
        print(f"{each.receiver}: {state}, {each.alerts} alerts: {labels}")
    violations = [*violations_of(received)]
    print("\n".join(violations) or f"{tenants} tenants: no more notifications than the incidents need")
    return 1 if violations else 0


def violations_of(received: Sequence[Notification]) -> Iterator[str]:
    """What is wrong with the notifications of both incidents."""
    for route, limit in LIMITS.items():
        of_route = [each for each in received if each.route == route]
        for receiver in RECEIVERS:
            of_receiver = [each for each in of_route if each.receiver == receiver]
            firing = sum(each.firing for each in of_receiver)
            resolved = len(of_receiver) - firing
            if firing > limit:
                yield f"{receiver} got {firing} firing notifications of {route}, and at most {limit} are needed"
            if resolved > firing:
                yield f"{receiver} got {resolved} resolved notifications of {route}, and {firing} firing ones"
        if not any(each.firing for each in of_route):
            yield f"nobody was notified of {route}"
        unresolved = [each.receiver for each in of_route if each.firing and not _resolved(each, of_route)]
        yield from (f"{receiver} got no resolved notification of {route}" for receiver in unresolved)
    foreign = [each for each in received if each.firing and each.route not in LIMITS]
    yield from (f"{each.receiver} was notified of something else: {dict(each.labels)}" for each in foreign)


def _resolved(notification: Notification, others: Sequence[Notification]) -> bool:
    alert = notification.labels.get("alertname")
    return any(not other.firing and other.labels.get("alertname") == alert for other in others)


if __name__ == "__main__":
    sys.exit(run_module(main))
