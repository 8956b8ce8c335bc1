"""`drift`: where running servers differ from an output. It only reads: GitOps applies."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from generator.errors import BuildError, Problem
from generator.frozen import frozen
from generator.reporting import Outcome
from generator.verify.access import AccessOptions, read_access
from generator.verify.conformance.grafana_api import NOT_GRAFANA
from generator.verify.drift.dashboard_models import built_dashboards, compare_dashboards
from generator.verify.drift.difference import Difference
from generator.verify.drift.notification_config import NOT_ALERTMANAGER, built_config, compare_config
from generator.verify.drift.options import SERVERS
from generator.verify.drift.rule_groups import NOT_PROMETHEUS, built_groups, compare_rules
from generator.verify.json_api import JsonApi, ServerNames

Compare: TypeAlias = Callable[[JsonApi], tuple[str, list[Difference]]]
PORTS = {"prometheus": 9090, "alertmanager": 9093, "grafana": 3000}
NOT_THIS = {"prometheus": NOT_PROMETHEUS, "alertmanager": NOT_ALERTMANAGER, "grafana": NOT_GRAFANA}


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
    apis = _apis(arguments)
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


def _apis(arguments: argparse.Namespace) -> dict[str, JsonApi]:
    """The servers that are named. Raises `BuildError` with all problems of their URLs and tokens."""
    problems: list[Problem] = []
    if not arguments.timeout > 0:
        what, hint = "a server cannot answer in this time", "give a number of seconds above 0"
        problems.append(Problem(f"--timeout {arguments.timeout:g}", what, hint))
    if not any(getattr(arguments, server) for server in SERVERS):
        hint = f"give at least one of {', '.join(f'--{server} URL' for server in SERVERS)}"
        problems.append(Problem("drift", "no server is named", hint))
    apis: dict[str, JsonApi] = {}
    for server in SERVERS:
        url, token_file = getattr(arguments, server), getattr(arguments, f"{server}_token_file")
        if not url:
            if token_file:
                hint = f"give the URL, too: --{server} URL"
                problems.append(Problem(f"--{server}-token-file", "the server of this token is not named", hint))
            continue
        try:
            access = read_access(url, token_file, _access_options(server))
            apis[server] = JsonApi(_names(server), access, arguments.timeout)
        except BuildError as error:
            problems += error.problems
    if problems:
        raise BuildError(sorted(problems))
    return apis


def _comparison(server: str, arguments: argparse.Namespace) -> Compare:
    """What compares a server with the output, whose files are read here."""
    if server == "prometheus":
        return partial(compare_rules, expected=built_groups(arguments.out))
    if server == "alertmanager":
        return partial(compare_config, expected=built_config(arguments.out))
    return partial(compare_dashboards, expected=built_dashboards(arguments.out))


def _access_options(server: str) -> AccessOptions:
    url_hint = f"give the URL of {SERVERS[server]}, such as http://127.0.0.1:{PORTS[server]}"
    token_hint = "write a token, or user:password, into it, and nothing else"
    return AccessOptions(f"--{server}", f"--{server}-token-file", url_hint, token_hint)


def _names(server: str) -> ServerNames:
    valid = f"give a token that is valid, or user:password: --{server}-token-file FILE"
    hints = {401: valid, 403: f"give a token that may read: --{server}-token-file FILE", 404: NOT_THIS[server]}
    return ServerNames(SERVERS[server], NOT_THIS[server], hints)
