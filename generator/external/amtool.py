"""amtool as a subprocess: which receivers an alert is routed to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from generator.errors import BuildError, Problem
from generator.external.process import run
from generator.frozen import frozen

ANOTHER_AMTOOL = "set $AMTOOL to the path of amtool 0.28 or newer, or unset it"


@frozen
class Amtool:
    """The amtool at `path`. A command that runs longer than `seconds` is killed."""

    path: Path
    seconds: float = 30.0

    def receivers(self, configuration: Path, labels: Mapping[str, str]) -> str:
        """Return the names of the receivers of an alert, as amtool prints them. Raises `BuildError`: it failed."""
        matchers = [f"{name}={value}" for name, value in labels.items()]
        flags = ["config", "routes", "test", f"--config.file={configuration}"]
        result = run([str(self.path), *flags, *matchers], seconds=self.seconds)
        if result.status != 0:
            what = f"amtool cannot test its routes: {result.excerpt(lines=1)}"
            raise BuildError([Problem(str(configuration), what, ANOTHER_AMTOOL)])
        return result.output.strip()


def routes_of(amtool: Amtool, configuration: Path, routes: Path) -> list[dict[str, object]]:
    """Return the receivers of the alerts of a file of routes, with those that are expected. Raises `BuildError`."""
    results: list[dict[str, object]] = []
    for route in json.loads(routes.read_text(encoding="utf-8"))["routes"]:
        labels, expected = route["labels"], route["receiver"]
        receiver = amtool.receivers(configuration, labels)
        passed = receiver == expected
        results.append({"labels": labels, "expected": expected, "receiver": receiver, "passed": passed})
    return results
