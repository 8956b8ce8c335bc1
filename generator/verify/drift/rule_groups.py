"""Rules: those of the output's rule files, and those that a Prometheus or another ruler has loaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from generator.dsl.backends import PROMETHEUS_VERSIONS
from generator.errors import BuildError, Problem
from generator.frozen import frozen
from generator.output import RULES_FOLDER
from generator.promql.equality import same_expression
from generator.verify.drift.difference import Difference, changed, unmatched
from generator.verify.drift.durations import seconds_of
from generator.verify.json_api import JsonApi

SERVER = "Prometheus"
NOT_PROMETHEUS = "give the URL of Prometheus, or the prefix of a ruler's API, such as https://mimir.example/prometheus"
WITH_OR_WITHOUT = (200, 400, 404, 501)
"""A ruler may have no page of its build."""
BUILD_HINT = "build the output, or give its folder: --out FOLDER"


@frozen
class LoadedRule:
    """A rule by what decides its results, durations in seconds; an alert by what its notifications say, too."""

    kind: str
    name: str
    labels: Mapping[str, str]
    expr: str
    annotations: Mapping[str, str]
    hold: float
    keep_firing: float

    @property
    def title(self) -> str:
        """The rule in a message."""
        severity = self.labels.get("severity")
        return f"{self.kind} {self.name}{f' ({severity})' if severity and self.kind == 'alert' else ''}"


@frozen
class RuleGroup:
    """A group: its interval in seconds, and its rules in their order. `last_evaluation` is in seconds since 1970, and 0
    where it is unknown."""

    name: str
    interval: float
    rules: Sequence[LoadedRule]
    last_evaluation: float = 0


def built_groups(out: Path) -> list[RuleGroup]:
    """The groups of the rule files of an output. Raises `BuildError` where there are none, or one cannot be read."""
    groups: list[RuleGroup] = []
    folder = path = out / RULES_FOLDER
    try:
        for path in sorted(folder.glob("*.yaml")):
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
            groups += [_built_group(group) for group in document["groups"]]
    except (OSError, TypeError, LookupError, ValueError, yaml.YAMLError) as error:
        raise BuildError([Problem(str(path), f"it is not a file of a build ({error})", BUILD_HINT)]) from None
    if not groups:
        raise BuildError([Problem(str(folder), "there are no rules", BUILD_HINT)])
    return groups


def loaded_groups(api: JsonApi) -> list[RuleGroup]:
    """The groups that a server has loaded, those of others included. Raises `BuildError`: it has no API of rules."""
    answer = api.get("/api/v1/rules").data
    try:
        return [_loaded_group(group) for group in answer["data"]["groups"]]
    except (TypeError, LookupError, ValueError):
        raise BuildError([Problem(api.url, "its rules have an unknown form", NOT_PROMETHEUS)]) from None


def prometheus_version(api: JsonApi) -> str:
    """The version of a Prometheus; empty for another ruler, and where it is unknown."""
    answer = api.get("/api/v1/status/buildinfo", WITH_OR_WITHOUT)
    data = answer.data.get("data") if answer.status == WITH_OR_WITHOUT[0] and isinstance(answer.data, dict) else None
    is_prometheus = isinstance(data, dict) and not data.get("application") and data.get("goVersion")
    return api.public(str(data["version"])) if is_prometheus and data and data.get("version") else ""


def compare_rules(api: JsonApi, expected: Sequence[RuleGroup]) -> tuple[str, list[Difference]]:
    """Return the version of the server, and where its rules differ from these."""
    version = prometheus_version(api)
    is_old = PROMETHEUS_VERSIONS.is_older(version)
    whole = [f"version {version} is older than {PROMETHEUS_VERSIONS.first}"] if is_old else []
    groups = {group.name: group for group in expected}
    prefixes = {name.partition(":")[0] + ":" for name in groups if ":" in name}
    actual = [group for group in loaded_groups(api) if group.name in groups or group.name.startswith(tuple(prefixes))]
    loaded = {group.name: group for group in actual}
    differences = [Difference(SERVER, "server", what) for what in whole]
    differences += [Difference(SERVER, "rule groups", what) for what in unmatched(groups, loaded)]
    for name, count in Counter(group.name for group in actual).items():
        if count > 1:
            differences.append(Difference(SERVER, f"group {name}", f"it is loaded {count} times, from several files"))
    for name in sorted(groups.keys() & loaded.keys()):
        differences += _compare_group(groups[name], loaded[name])
    return version, differences


def _built_group(group: Mapping[str, Any]) -> RuleGroup:
    rules = [
        LoadedRule(
            kind="alert" if "alert" in rule else "record",
            name=rule.get("alert") or rule["record"],
            labels=rule.get("labels", {}),
            expr=rule["expr"],
            annotations=rule.get("annotations", {}),
            hold=seconds_of(rule.get("for", "0s")),
            keep_firing=seconds_of(rule.get("keep_firing_for", "0s")),
        )
        for rule in group["rules"]
    ]
    return RuleGroup(group["name"], seconds_of(group["interval"]), rules)


def _loaded_group(group: Mapping[str, Any]) -> RuleGroup:
    rules = [
        LoadedRule(
            kind="alert" if rule["type"] == "alerting" else "record",
            name=rule["name"],
            labels=rule.get("labels") or {},
            expr=rule["query"],
            annotations=rule.get("annotations") or {},
            hold=float(rule.get("duration") or 0),
            keep_firing=float(rule.get("keepFiringFor") or rule.get("keep_firing_for") or 0),
        )
        for rule in group["rules"]
    ]
    last = str(group.get("lastEvaluation") or "")
    return RuleGroup(group["name"], float(group["interval"]), rules, _seconds_since_1970(last))


def _seconds_since_1970(time: str) -> float:
    """A time as a ruler writes it; 0 before the first evaluation, whose year is 1, and for another text."""
    try:
        return max(datetime.fromisoformat(time).timestamp(), 0)
    except (ValueError, OverflowError):
        return 0


def _compare_group(expected: RuleGroup, actual: RuleGroup) -> Iterator[Difference]:
    where = f"group {expected.name}"
    if expected.interval != actual.interval:
        yield Difference(SERVER, where, changed("interval", f"{expected.interval:g}s", f"{actual.interval:g}s"))
    pairs, missing, extra = _pairs(expected.rules, actual.rules)
    for rule in missing:
        yield Difference(SERVER, where, f"{rule.title} is missing")
    for rule in extra:
        yield Difference(SERVER, where, f"{rule.title} is there; no build wrote it")
    for built, loaded in pairs:
        for what in _compare_rule(built, loaded):
            yield Difference(SERVER, f"{where}, {built.title}", what)
    if not missing and not extra and [loaded for _, loaded in pairs] != list(actual.rules):
        yield Difference(SERVER, where, "its rules are in another order, in which they are evaluated")


def _pairs(
    expected: Sequence[LoadedRule], actual: Sequence[LoadedRule]
) -> tuple[list[tuple[LoadedRule, LoadedRule]], list[LoadedRule], list[LoadedRule]]:
    """Pair rules of the same name, those of the same labels first, in their order; also return what is left of both."""
    left = list(actual)
    partners: dict[int, LoadedRule] = {}
    for same_labels in (True, False):
        for index, rule in enumerate(expected):
            partner = next((each for each in left if _may_be(rule, each, same_labels)), None)
            if index not in partners and partner is not None:
                left.remove(partner)
                partners[index] = partner
    pairs = [(expected[index], partner) for index, partner in sorted(partners.items())]
    return pairs, [rule for index, rule in enumerate(expected) if index not in partners], left


def _may_be(built: LoadedRule, loaded: LoadedRule, same_labels: bool) -> bool:
    return (built.kind, built.name) == (loaded.kind, loaded.name) and (
        not same_labels or dict(built.labels) == dict(loaded.labels)
    )


def _compare_rule(expected: LoadedRule, actual: LoadedRule) -> Iterator[str]:
    if not same_expression(expected.expr, actual.expr):
        yield changed("expr", expected.expr, actual.expr)
    for name, before, after in (
        ("for", expected.hold, actual.hold),
        ("keep_firing_for", expected.keep_firing, actual.keep_firing),
    ):
        if before != after:
            yield changed(name, f"{before:g}s", f"{after:g}s")
    for kind, built, loaded in (
        ("label", expected.labels, actual.labels),
        ("annotation", expected.annotations, actual.annotations),
    ):
        for name in sorted(built.keys() | loaded.keys()):
            if built.get(name) != loaded.get(name):
                yield changed(f"{kind} {name}", built.get(name), loaded.get(name))
