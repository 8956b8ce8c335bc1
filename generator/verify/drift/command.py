"""`drift`: where running servers differ from an output. It only reads: GitOps applies."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from generator.errors import BuildError, Problem
from generator.frozen import frozen
from generator.reporting import Outcome
from generator.verify.drift.dashboard_models import built_dashboards, compare_dashboards
from generator.verify.drift.difference import Difference
from generator.verify.drift.notification_config import built_config, compare_config
from generator.verify.drift.options import SERVERS
from generator.verify.drift.overrides import built_overrides, compare_overrides
from generator.verify.drift.rule_groups import built_groups, compare_rules
from generator.verify.drift.servers import named_servers
from generator.verify.json_api import JsonApi

Compare: TypeAlias = Callable[[JsonApi], tuple[str, list[Difference]]]


@frozen
class Compared:
    """A server that was compared: its version, which is empty where it is unknown, and how it differs."""

    server: str
    url: str
    version: str
    differences: list[Difference]

    @property
    def line(self) -> str:
        """The result in a line."""
        count = len(self.differences)
        result = f"{count} difference{'s' if count > 1 else ''}" if count else "as built"
        return f"{SERVERS[self.server]} {self.version or '(version unknown)'} at {self.url}: {result}"


def command(arguments: argparse.Namespace) -> Outcome:
    """Compare each server that is named, and print how it differs. The status is 1 for differences, and 2 where a
    server could not be compared; the others are compared then, too.

    Raises `BuildError` for wrong arguments and an output that cannot be read.
    """
    apis = named_servers(arguments, "drift", JsonApi)
    comparisons = {server: _comparison(server, arguments) for server in apis}
    compared: list[Compared] = []
    problems: list[Problem] = []
    for server, api in apis.items():
        try:
            version, differences = comparisons[server](api)
        except BuildError as error:
            problems += error.problems
            continue
        compared.append(Compared(server, api.url, version, differences))
    differences = [each for result in compared for each in result.differences]
    for line in (*differences, *(result.line for result in compared)):
        print(line)
    servers = [{"server": each.server, "url": each.url, "server_version": each.version or None} for each in compared]
    result = {"servers": servers, "differences": [each.data() for each in differences]}
    return Outcome(2 if problems else 1 if differences else 0, result, problems)


def _comparison(server: str, arguments: argparse.Namespace) -> Compare:
    """What compares a server with the output, whose files are read here."""
    if server == "prometheus":
        groups, overrides = built_groups(arguments.out), built_overrides(arguments.out)

        def compare(api: JsonApi) -> tuple[str, list[Difference]]:
            version, differences = compare_rules(api, groups)
            return version, [*differences, *compare_overrides(api, overrides)]

        return compare
    if server == "alertmanager":
        return partial(compare_config, expected=built_config(arguments.out))
    return partial(compare_dashboards, expected=built_dashboards(arguments.out))
