"""Rule files: recording rules by the area of the contract that they read, alerting rules by family."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from generator.ir.build import Lowered
from generator.ir.rule_files import RenderedGroup, RenderedRule, RuleFile
from generator.ir.rules import FAST_INTERVAL, AlertRule, RecordingRule
from generator.rendering import annotation_text, promql


def rule_files(lowered: Lowered) -> tuple[RuleFile, ...]:
    """The rule files of a build, in the order in which promtool must evaluate them: files that are read come first."""
    areas = sorted({rule.area for rule in lowered.recording_rules}, key=lambda area: (area == "limits", area))
    families = sorted({rule.alert.family for rule in lowered.alerts})
    return (
        *(RuleFile(f"recorded-{area}", _recording_groups(area, lowered.recording_rules)) for area in areas),
        *(RuleFile(family, (_alert_group(lowered, family),)) for family in families),
    )


def _recording_groups(area: str, rules: Iterable[RecordingRule]) -> tuple[RenderedGroup, ...]:
    of_area = sorted((rule for rule in rules if rule.area == area), key=lambda rule: (_group(rule), rule.key))
    return tuple(
        RenderedGroup(f"{area}-{name}", str(members[0].interval), tuple(map(_recording_rule, members)))
        for (_, name), group in groupby(of_area, key=_group)
        if (members := list(group))
    )


def _group(rule: RecordingRule) -> tuple[int, str]:
    """The order and name of a rule's group. Long windows are summed from other series and evaluated less often; rules that
    join constants have a group of their own, for there may be many constants."""
    if rule.interval != FAST_INTERVAL:
        return (1, "long-windows")
    return (2, "joined") if rule.depth > 1 else (0, "recorded")


def _recording_rule(rule: RecordingRule) -> RenderedRule:
    labels = {label.name: value for label, value in rule.static_labels}
    return RenderedRule("record", rule.name, promql.text(rule.expression), labels, is_constant=rule.is_constant)


def _alert_group(lowered: Lowered, family: str) -> RenderedGroup:
    rules = tuple(_alert_rule(lowered, rule) for rule in lowered.alerts if rule.alert.family == family)
    return RenderedGroup(family, str(FAST_INTERVAL), rules)


def _alert_rule(lowered: Lowered, rule: AlertRule) -> RenderedRule:
    alert = rule.alert
    texts = {
        "summary": annotation_text.template(rule, alert.alert_text.summary),
        "description": annotation_text.template(rule, alert.alert_text.description),
        "runbook_url": f"{lowered.platform.links.runbooks}/{alert.runbook}.md",
    }
    if (link := lowered.link(alert)) is not None:
        texts["dashboard_url"] = annotation_text.link_template(link, rule.lookback)
    return RenderedRule(
        "alert",
        alert.name,
        promql.text(rule.expression),
        {"severity": alert.severity.value, "owner": rule.owner},
        texts,
        str(rule.for_) if rule.for_ else "",
        str(rule.keep_firing_for) if rule.keep_firing_for else "",
    )
