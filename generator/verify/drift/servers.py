"""The servers that a command reads: their URLs and tokens, from its options, and how messages call them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import TypeVar

from generator.errors import BuildError, Problem
from generator.verify.access import Access, AccessOptions, read_access
from generator.verify.conformance.grafana_api import NOT_GRAFANA
from generator.verify.drift.notification_config import NOT_ALERTMANAGER
from generator.verify.drift.options import SERVERS
from generator.verify.drift.rule_groups import NOT_PROMETHEUS
from generator.verify.json_api import JsonApi, ServerNames

Api = TypeVar("Api", bound=JsonApi)
PORTS = {"prometheus": 9090, "alertmanager": 9093, "grafana": 3000}
NOT_THIS = {"prometheus": NOT_PROMETHEUS, "alertmanager": NOT_ALERTMANAGER, "grafana": NOT_GRAFANA}
URL_OPTIONS = {server: f"--{server}" for server in SERVERS}
"""The options that give the URLs; a command may take one of them as an argument."""


def named_servers(
    arguments: argparse.Namespace,
    command: str,
    make: Callable[[ServerNames, Access, float], Api],
    url_options: Mapping[str, str] = URL_OPTIONS,
) -> dict[str, Api]:
    """The APIs of the servers that are named. Raises `BuildError` with all problems of their URLs, tokens and of the
    time-out; also where none is named."""
    problems: list[Problem] = []
    if not arguments.timeout > 0:
        what, hint = "a server cannot answer in this time", "give a number of seconds above 0"
        problems.append(Problem(f"--timeout {arguments.timeout:g}", what, hint))
    if not any(getattr(arguments, server) for server in SERVERS):
        hint = f"give at least one of {', '.join(f'{option} URL' for option in url_options.values())}"
        problems.append(Problem(command, "no server is named", hint))
    apis: dict[str, Api] = {}
    for server in SERVERS:
        url, token_file = getattr(arguments, server), getattr(arguments, f"{server}_token_file")
        if not url:
            if token_file:
                hint = f"give the URL, too: --{server} URL"
                problems.append(Problem(f"--{server}-token-file", "the server of this token is not named", hint))
            continue
        try:
            access = read_access(url, token_file, _access_options(server, url_options[server]))
            apis[server] = make(_names(server), access, arguments.timeout)
        except BuildError as error:
            problems += error.problems
    if problems:
        raise BuildError(sorted(problems))
    return apis


def _access_options(server: str, url_option: str) -> AccessOptions:
    url_hint = f"give the URL of {SERVERS[server]}, such as http://127.0.0.1:{PORTS[server]}"
    token_hint = "write a token, or user:password, into it, and nothing else"
    return AccessOptions(url_option, f"--{server}-token-file", url_hint, token_hint)


def _names(server: str) -> ServerNames:
    valid = f"give a token that is valid, or user:password: --{server}-token-file FILE"
    hints = {401: valid, 403: f"give a token that may read: --{server}-token-file FILE", 404: NOT_THIS[server]}
    return ServerNames(SERVERS[server], NOT_THIS[server], hints)
