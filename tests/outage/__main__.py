"""`python -m tests.outage [TENANTS]`: the notifications of an outage of a route for so many tenants (200), and of one
tenant that fails on another route, through a real Prometheus and a real Alertmanager in a time lapse."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from generator.errors import BuildError, Problem
from generator.option_parser import ProblemParser, run_module
from tests.outage.run import DOWN, OTHER, Notification, Outcome, run

LIMITS = {DOWN: {"page": 2, "ticket": 0}, OTHER: {"page": 0, "ticket": 1}}
"""The most firing notifications that each receiver gets of a route that is down, whose tenants' tickets nobody needs,
and of one tenant that fails on another route."""


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
        outcome = run(Path(folder), tenants)
    for each in outcome.received:
        state = "firing" if each.firing else "resolved"
        labels = ", ".join(f"{name}={value}" for name, value in sorted(each.labels.items()))
        print(f"{each.receiver}: {state}, {each.alerts} alerts: {labels}")
    print(f"{outcome.held_back} tickets of tenants on {DOWN} lasted longer than its pages")
    violations = [*violations_of(outcome)]
    print("\n".join(violations) or f"{tenants} tenants: no more notifications than the incidents need")
    return 1 if violations else 0


def violations_of(outcome: Outcome) -> Iterator[str]:
    """What is wrong with the notifications of both incidents."""
    received = outcome.received
    for route, limits in LIMITS.items():
        of_route = [each for each in received if each.route == route]
        for receiver, limit in limits.items():
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
    if not outcome.held_back:
        yield f"no ticket of a tenant on {DOWN} lasted longer than its pages: none could be late"
    foreign = [each for each in received if each.firing and each.route not in LIMITS]
    yield from (f"{each.receiver} was notified of something else: {dict(each.labels)}" for each in foreign)


def _resolved(notification: Notification, others: Sequence[Notification]) -> bool:
    alert = notification.labels.get("alertname")
    return any(not other.firing and other.labels.get("alertname") == alert for other in others)


if __name__ == "__main__":
    sys.exit(run_module(main))
