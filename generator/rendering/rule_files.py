"""Rule files: recording rules by the area of the contract that they read, alerting rules by family; and their YAML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import groupby

from generator.dsl.units import Duration
from generator.ir.build import Lowered
from generator.ir.rule_files import RenderedGroup, RenderedRule, RuleFile
from generator.ir.rules import FAST_INTERVAL, GROWTH_INTERVAL, AlertRule, RecordingRule
from generator.lowering import costs, thresholds
from generator.lowering.ids import rule_namespace
from generator.lowering.time_lapse import shorter
from generator.output import rule_file_path
from generator.rendering import annotation_text, promql
from generator.rendering.group_sizes import check_count, numbered, slices, split
from generator.rendering.templates import render

_ORDER = {thresholds.OF_PRICES: -1, costs.AREA: 1, thresholds.AREA: 2}
"""The areas that others read, and that read others: costs read prices and what is counted, thresholds what they are
for."""


def rule_files(lowered: Lowered) -> tuple[RuleFile, ...]:
    """The rule files of a build, in evaluation order: files come after those whose series they read."""
    recorded = {rule.area for rule in lowered.recording_rules} - {thresholds.OVERRIDES}
    areas = sorted(recorded, key=lambda area: (_ORDER.get(area, 0), area))
    files = (
        *(RuleFile(f"recorded-{area}", _recording_groups(area, lowered)) for area in areas),
        *alert_files(lowered, partial(alert_rule, lowered)),
    )
    check_count([group.name for file in files for group in file.groups], lowered.platform.backend.max_groups)
    namespace = rule_namespace(lowered.platform)
    return tuple(replace(file, namespace=namespace) for file in files) if namespace else files


def alert_files(lowered: Lowered, rendered: Callable[[AlertRule], RenderedRule]) -> Iterator[RuleFile]:
    """The rule file of each family of alerts, with each of its rules as it is rendered."""
    for family in sorted({rule.alert.family for rule in lowered.alerts}):
        members = tuple(rendered(rule) for rule in lowered.alerts if rule.alert.family == family)
        interval, limit = _interval(lowered, FAST_INTERVAL), lowered.platform.backend.max_rules
        parts = slices(members, limit)
        names = numbered(lowered.platform.rule_group(family), len(parts))
        yield RuleFile(
            family, tuple(RenderedGroup(name, interval, part) for name, part in zip(names, parts, strict=True))
        )


def rules(files: Iterable[RuleFile]) -> dict[str, str]:
    """The text of each rule file, by its path."""
    return {rule_file_path(file.file_name): rule_file_yaml(file) for file in files}


def rule_file_yaml(file: RuleFile) -> str:
    """A rule file in Prometheus' format."""
    return render("rules.yaml.j2", groups=file.groups, pad="")


def _recording_groups(area: str, lowered: Lowered) -> tuple[RenderedGroup, ...]:
    rules = (rule for rule in lowered.recording_rules if rule.area == area)
    of_area = sorted(rules, key=lambda rule: (_group(rule), rule.key))
    groups: list[RenderedGroup] = []
    for (_, name), group in groupby(of_area, key=_group):
        parts = split(list(group), lowered.platform.backend.max_rules)
        names = numbered(lowered.platform.rule_group(f"{area}-{name}"), len(parts))
        groups += [
            RenderedGroup(name, _interval(lowered, part[0].interval), tuple(map(_recording_rule, part)))
            for name, part in zip(names, parts, strict=True)
        ]
    return tuple(groups)


def _group(rule: RecordingRule) -> tuple[int, str]:
    """The order and name of a rule's group. Growth and its cursors are evaluated one after the other, and seldom; rules
    of long windows are evaluated less often than others; rules that join constants have their own group, because there
    can be many constants."""
    if rule.interval == GROWTH_INTERVAL:
        return (1, "growth")
    if rule.interval is not FAST_INTERVAL and rule.interval != FAST_INTERVAL:
        return (2, "long-windows")
    return (3, "joined") if rule.depth > 1 else (0, "recorded")


def _recording_rule(rule: RecordingRule) -> RenderedRule:
    labels = {label.name: value for label, value in rule.static_labels}
    return RenderedRule("record", rule.name, promql.text(rule.expression), labels, is_constant=rule.is_constant)


def _interval(lowered: Lowered, interval: Duration) -> str:
    return str(shorter(interval, lowered.time_lapse))


def alert_rule(lowered: Lowered, rule: AlertRule) -> RenderedRule:
    """An alerting rule for Prometheus."""
    alert = rule.alert
    annotations = {
        "summary": annotation_text.template(rule, alert.alert_text.summary),
        "description": annotation_text.template(rule, alert.alert_text.description),
        "runbook_url": rule.runbook_url,
    }
    if (link := lowered.link(alert)) is not None:
        annotations["dashboard_url"] = annotation_text.link_template(link, rule.lookback, rule.link_start)
    return RenderedRule(
        "alert",
        alert.name,
        promql.text(rule.expression),
        rule.static_labels,
        annotations,
        str(rule.for_) if rule.for_ is not None else "",
        str(rule.keep_firing_for) if rule.keep_firing_for is not None else "",
    )
