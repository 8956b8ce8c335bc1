"""The configuration of an Alertmanager: routes, receivers and inhibitions, and the one that a build has written."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from generator.errors import BuildError, Problem
from generator.output import ALERTMANAGER_CONFIG
from generator.verify.drift.difference import Difference, changed, missing_values, unmatched
from generator.verify.drift.durations import seconds_of
from generator.verify.json_api import JsonApi

Tree: TypeAlias = Mapping[str, Any]

SERVER = "Alertmanager"
NOT_ALERTMANAGER = "give the URL of Alertmanager, with its path where it is below one (--web.route-prefix)"
BUILD_HINT = "build the output, or give its folder: --out FOLDER"
DURATIONS = ("group_wait", "group_interval", "repeat_interval")
SETS = ("matchers", "source_matchers", "target_matchers", "equal", "group_by")
"""Lists whose order has no meaning."""


def built_config(out: Path) -> Tree:
    """The configuration that a build has written. Raises `BuildError` where it cannot be read."""
    path = out / ALERTMANAGER_CONFIG
    try:
        config = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {"route": config["route"], "receivers": config["receivers"], **config}
    except (OSError, TypeError, LookupError, ValueError, yaml.YAMLError) as error:
        raise BuildError([Problem(str(path), f"it is not a file of a build ({error})", BUILD_HINT)]) from None


def compare_config(api: JsonApi, expected: Tree) -> tuple[str, list[Difference]]:
    """Return the version of an Alertmanager, and where its configuration differs. Raises `BuildError`: it is none."""
    status = api.get("/api/v2/status").data
    try:
        version = api.public(str(status["versionInfo"]["version"]))
        actual = yaml.safe_load(status["config"]["original"])
        differences = list(_compare(expected, actual))
    except (TypeError, LookupError, ValueError, AttributeError, yaml.YAMLError):
        raise BuildError([Problem(api.url, "it answers, but not like an Alertmanager", NOT_ALERTMANAGER)]) from None
    return version, differences


def _compare(expected: Tree, actual: Tree) -> Iterator[Difference]:
    yield from _compare_routes(_route_title(expected["route"]), expected["route"], actual["route"])
    built, loaded = ({each["name"]: each for each in config["receivers"]} for config in (expected, actual))
    for what in unmatched(built, loaded):
        yield Difference(SERVER, "receivers", what)
    for name in sorted(built.keys() & loaded.keys()):
        # Receivers have defaults, which the server writes out.
        for what in (*missing_values(built[name], loaded[name]), *_kinds_beside(built[name], loaded[name])):
            yield Difference(SERVER, f'receiver "{name}"', what)
    rules = [{_inhibition(rule) for rule in config.get("inhibit_rules") or ()} for config in (expected, actual)]
    for what in unmatched(*rules):
        yield Difference(SERVER, "inhibitions", what)
    templates = [{os.path.basename(path) for path in config.get("templates") or ()} for config in (expected, actual)]
    for what in unmatched(*templates):
        yield Difference(SERVER, "templates", what)
    intervals = [{each["name"]: each for each in config.get("time_intervals") or ()} for config in (expected, actual)]
    for what in missing_values(intervals[0], intervals[1]):
        yield Difference(SERVER, "time intervals", what)


def _compare_routes(where: str, expected: Tree, actual: Tree) -> Iterator[Difference]:
    for name in sorted((expected.keys() | actual.keys()) - {"routes"}):
        before, after = (_comparable(name, route.get(name)) for route in (expected, actual))
        if before != after:
            yield Difference(SERVER, where, changed(name, expected.get(name), actual.get(name)))
    built, loaded = ({_route_title(each): each for each in route.get("routes") or ()} for route in (expected, actual))
    for what in unmatched(built, loaded):
        yield Difference(SERVER, where, what)
    for title in built.keys() & loaded.keys():
        yield from _compare_routes(title, built[title], loaded[title])
    if built.keys() == loaded.keys() and list(built) != list(loaded):
        yield Difference(SERVER, where, "its routes are in another order, in which they are tried")


def _route_title(route: Tree) -> str:
    matchers = ", ".join(sorted(map(str, route.get("matchers") or ())))
    return f'route to "{route["receiver"]}"{f" of {matchers}" if matchers else ""}'


def _comparable(name: str, value: Any) -> Any:
    if value is None or value is False:
        return None
    if name in DURATIONS:
        return seconds_of(value)
    return sorted(map(str, value)) if name in SETS else value


def _kinds_beside(expected: Tree, actual: Tree) -> Iterator[str]:
    """What a receiver notifies through in addition to what was built."""
    for name in sorted(actual.keys() - expected.keys()):
        yield f"{name} is there; no build wrote it"


def _inhibition(rule: Tree) -> str:
    sides = {name: " and ".join(sorted(map(str, rule.get(name) or ()))) for name in SETS}
    return f"{sides['target_matchers']} by {sides['source_matchers']} with equal {sides['equal'].replace(' and', ',')}"
