"""Alerting rules for Grafana-managed alerting: Grafana imports rule files of Prometheus and evaluates them itself.

Its templates have no queries: `query` finds nothing. Older versions have no time of the evaluation either (`now`).
So an annotation has neither: a sentence that a query would fill is left out, and the range of a link ends when it is
opened.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from generator.dsl.sentences import only_sentences, placeholders
from generator.dsl.text import TemplatePart
from generator.dsl.units import Duration, hours
from generator.ir.build import Lowered
from generator.ir.links import PanelLink, link_before
from generator.ir.rule_files import RenderedRule
from generator.ir.rules import AlertRule
from generator.output import managed_alerts_path
from generator.rendering import annotation_text
from generator.rendering.rule_files import alert_files, alert_rule, rule_file_yaml

OPENED_WITHIN = hours(6)
"""A link shows the start of an alert to who opens it so soon after it."""
UNKNOWN = "unknown"
"""The result of a query in a text that has no other sentence."""


def managed_alerts(lowered: Lowered) -> dict[str, str]:
    """The rule files of the alerts by their paths, where the platform wants them. What they read is recorded by
    Prometheus."""
    if not lowered.platform.grafana.managed_alerts:
        return {}
    files = alert_files(lowered, partial(_managed, lowered))
    return {managed_alerts_path(file.name): rule_file_yaml(file) for file in files}


def without_queries(rule: AlertRule, parts: tuple[TemplatePart, ...]) -> tuple[TemplatePart, ...]:
    """A text without the sentences that a query would fill. Where none is left, all stay, and say that it is
    unknown."""
    kept = only_sentences(parts, lambda sentence: not rule.queries.keys() & set(placeholders(sentence)))
    if kept:
        return kept
    return tuple(part if isinstance(part, str) or part.name not in rule.queries else UNKNOWN for part in parts)


def managed_link_template(link: PanelLink, lookback: Duration | None) -> str:
    """The URL of a panel as a Go template: variables from the alert's labels, and the time since before the alert."""
    minutes = (link_before(lookback) + OPENED_WITHIN).seconds // 60
    return annotation_text.url_template(link, f"from=now-{minutes}m&to=now")


def _managed(lowered: Lowered, rule: AlertRule) -> RenderedRule:
    text, rendered = rule.alert.alert_text, alert_rule(lowered, rule)
    annotations = {
        **rendered.annotations,
        "summary": annotation_text.template(rule, without_queries(rule, text.summary)),
        "description": annotation_text.template(rule, without_queries(rule, text.description)),
    }
    if (link := lowered.link(rule.alert)) is not None:
        annotations["dashboard_url"] = managed_link_template(link, rule.lookback)
    return replace(rendered, annotations=annotations)
