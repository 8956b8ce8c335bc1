"""Reads the servers of a system one after the other, and compares what they have loaded with the output."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

from generator.errors import BuildError, Problem
from generator.frozen import frozen
from generator.verify.doctor.dashboards import read_grafana
from generator.verify.doctor.notifications import read_alertmanager
from generator.verify.doctor.prometheus import read_prometheus
from generator.verify.doctor.read_only import ReadOnlyApi
from generator.verify.doctor.subject import Subject
from generator.verify.doctor.system import AlertmanagerState, GrafanaState, System
from generator.verify.drift.dashboard_models import built_dashboards, compare_dashboards
from generator.verify.drift.difference import Difference
from generator.verify.drift.notification_config import built_config, compare_config
from generator.verify.drift.rule_groups import compare_rules
from generator.verify.json_api import JsonApi

Compare: TypeAlias = Callable[[JsonApi], tuple[str, list[Difference]]]


@frozen(eq=False)
class Examination:
    """What was read, and the problems of what could not be read."""

    system: System
    problems: list[Problem]


def examine(subject: Subject, apis: Mapping[str, ReadOnlyApi]) -> Examination:
    """Read each server that is named. One that does not answer, but for Prometheus, is a problem, and the others are
    read all the same. Raises `BuildError` where Prometheus does not answer, or the output cannot be read."""
    comparisons = _comparisons(subject, apis)
    prometheus, problems = read_prometheus(apis["prometheus"], subject)
    alertmanager: AlertmanagerState | None = None
    grafana: GrafanaState | None = None
    differences: list[Difference] = []
    for server, api in apis.items():
        try:
            if server == "alertmanager":
                alertmanager = read_alertmanager(api, subject)
            elif server == "grafana":
                grafana = read_grafana(api, subject)
            differences += comparisons[server](api)[1]
        except BuildError as error:
            problems += error.problems
    return Examination(System(prometheus, alertmanager, grafana, differences), problems)


def _comparisons(subject: Subject, apis: Mapping[str, ReadOnlyApi]) -> dict[str, Compare]:
    """What compares each server with the output, whose files are read here."""
    result: dict[str, Compare] = {"prometheus": partial(compare_rules, expected=subject.groups)}
    if "alertmanager" in apis:
        result["alertmanager"] = partial(compare_config, expected=built_config(subject.out))
    if "grafana" in apis:
        result["grafana"] = partial(compare_dashboards, expected=built_dashboards(subject.out))
    return result
