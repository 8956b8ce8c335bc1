"""All rules as text: recorded series by the area of the contract they come from, alerts by their family."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from generator.dsl.alert import Alert
from generator.dsl.platform import Platform
from generator.ir.rule_text import GroupText, RuleFile, RuleText
from generator.lowering.alerts import LoweredAlert
from generator.lowering.recording_rules import PROMPT, Recorded
from generator.rendering import annotations as annotation
from generator.rendering import promql
from generator.rendering.annotations import Link

Leads = Callable[[Alert], Link | None]


def rule_files(
    platform: Platform, recorded: Sequence[Recorded], alerts: Sequence[LoweredAlert], leads: Leads
) -> tuple[RuleFile, ...]:
    """The files in the order in which promtool should evaluate them: what is read before what reads it."""
    areas = sorted({rule.file for rule in recorded}, key=lambda file: (file == "limits", file))
    families = sorted({lowered.alert.family for lowered in alerts})
    return (
        *(RuleFile(f"recorded-{area}", _recorded(area, recorded)) for area in areas),
        *(RuleFile(family, (_alerts(platform, family, alerts, leads),)) for family in families),
    )


def _recorded(area: str, recorded: Iterable[Recorded]) -> tuple[GroupText, ...]:
    mine = sorted((rule for rule in recorded if rule.file == area), key=lambda rule: (_group(rule), rule.key))
    return tuple(
        GroupText(f"{area}-{name}", str(rules[0].every), tuple(_record(rule) for rule in rules))
        for (_, name), each in groupby(mine, key=_group)
        if (rules := list(each))
    )


def _group(rule: Recorded) -> tuple[int, str]:
    """Windows added up are evaluated after what they are made of, and less often; a large list of constants is a group
    of its own."""
    if rule.every != PROMPT:
        return (1, "long-windows")
    return (2, "joined") if rule.depth > 1 else (0, "recorded")


def _record(rule: Recorded) -> RuleText:
    static = {label.name: value for label, value in rule.static}
    return RuleText("record", rule.name, promql.text(rule.expression), static)


def _alerts(platform: Platform, family: str, alerts: Iterable[LoweredAlert], leads: Leads) -> GroupText:
    rules = tuple(_alert(platform, one, leads(one.alert)) for one in alerts if one.alert.family == family)
    return GroupText(family, str(PROMPT), rules)


def _alert(platform: Platform, lowered: LoweredAlert, link: Link | None) -> RuleText:
    alert = lowered.alert
    annotations = {
        "summary": annotation.template(lowered, alert.prose.summary),
        "description": annotation.template(lowered, alert.prose.description),
        "runbook_url": f"{platform.links.runbooks}/{alert.runbook}.md",
    }
    if link is not None:
        annotations["dashboard_url"] = annotation.link_template(link, lowered.reach)
    return RuleText(
        "alert",
        alert.name,
        promql.text(lowered.expression),
        {"severity": alert.severity.value, "owner": lowered.owner},
        annotations,
        str(lowered.lasting) if lowered.lasting else "",
        str(lowered.lingering) if lowered.lingering else "",
    )
