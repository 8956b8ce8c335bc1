"""The annotations of alerts: as Go templates for Prometheus, and rendered, as alert tests expect them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote_plus

from generator.dsl.query import ThresholdSeries
from generator.dsl.text import Placeholder, TemplatePart
from generator.dsl.units import Duration, Quantity, Unit, ValueFormat, hours, minutes
from generator.errors import DefinitionError, did_you_mean
from generator.ir.links import PanelLink
from generator.ir.rules import AlertRule
from generator.rendering import promql
from generator.rendering.go_format import format_value

LINK_BEFORE = hours(1)
"""A link's time range begins this long before the alert fires, or as long as the alert looks back if that is longer."""
LINK_AFTER = minutes(30)
TEMPLATES = {
    ValueFormat.RATIO: "{{{{ {value} | humanizePercentage }}}}",
    ValueFormat.MILLISECONDS: '{{{{ {value} | printf "%.0f" }}}} ms',
    ValueFormat.SECONDS: "{{{{ {value} | humanizeDuration }}}}",
    ValueFormat.DOLLARS: '${{{{ {value} | printf "%.2f" }}}}',
}


@dataclass(frozen=True)
class FiringMoment:
    """A firing alert at a time (seconds since 1970), with its labels and its value."""

    labels: Mapping[str, str]
    value: float
    time: int


def template(rule: AlertRule, parts: tuple[TemplatePart, ...]) -> str:
    """A text as a Go template. Raises DefinitionError for a placeholder that the alert cannot fill."""
    return "".join(_escaped(part) if isinstance(part, str) else _template_of(rule, part) for part in parts)


def rendered(rule: AlertRule, parts: tuple[TemplatePart, ...], moment: FiringMoment) -> str:
    """A text as Prometheus renders it for a firing alert."""
    return "".join(part if isinstance(part, str) else _value_of(rule, part, moment) for part in parts)


def link_template(link: PanelLink, lookback: Duration | None) -> str:
    """The URL of a panel as a Go template: variables from the alert's labels, the time range around the alert."""
    variables = "".join(f"&var-{name}={{{{ $labels.{label} | urlquery }}}}" for label, name in link.variables)
    first_value = '{{ . | first | value | printf "%.0f" }}'
    start, end = (
        f'{{{{ with query "(time() {sign} {seconds}) * 1000" }}}}{first_value}{{{{ end }}}}'
        for sign, seconds in (("-", _before(lookback)), ("+", LINK_AFTER.seconds))
    )
    return f"{link.dashboard_url}?from={start}&to={end}{variables}&viewPanel=panel-{link.panel_id}"


def link_rendered(link: PanelLink, lookback: Duration | None, moment: FiringMoment) -> str:
    """The URL of a panel as Prometheus renders it for a firing alert."""
    variables = "".join(f"&var-{name}={quote_plus(moment.labels[label])}" for label, name in link.variables)
    start = (moment.time - _before(lookback)) * 1000
    end = (moment.time + LINK_AFTER.seconds) * 1000
    return f"{link.dashboard_url}?from={start}&to={end}{variables}&viewPanel=panel-{link.panel_id}"


def _before(lookback: Duration | None) -> int:
    return max(LINK_BEFORE, lookback or LINK_BEFORE).seconds


def _escaped(literal: str) -> str:
    # Each brace by itself: two may meet where two parts do.
    return literal.replace("{", '{{ "{" }}')


def _placeholders(rule: AlertRule) -> list[str]:
    names = [label.name for label in rule.labels]
    names += ["value"] * (rule.unit is not None)
    names += ["limit"] * (rule.threshold is not None)
    names += ["window"] * (rule.window is not None)
    return names


def _template_of(rule: AlertRule, placeholder: Placeholder) -> str:
    known = _placeholders(rule)
    if placeholder.name not in known:
        raise DefinitionError(
            f"{rule.alert.name} cannot fill {{{placeholder.name}}}", did_you_mean(placeholder.name, known)
        )
    match placeholder.name:
        case "value":
            assert rule.unit is not None
            return _formatted("$value", rule.unit)
        case "limit":
            return _threshold_template(rule)
        case "window":
            assert rule.window is not None
            return rule.window.window_text()
    return f"{{{{ $labels.{placeholder.name} }}}}"


def _formatted(value: str, unit: Unit) -> str:
    if unit.format is ValueFormat.COUNT:
        return f"{{{{ {value} | humanize }}}} {unit.name}"
    return TEMPLATES[unit.format].format(value=value)


def _threshold_template(rule: AlertRule) -> str:
    threshold = rule.threshold
    if isinstance(threshold, ThresholdSeries):
        query = promql.quoted(f"{threshold.series}{{{threshold.label.name}=%q}}")
        value = _formatted(". | first | value", threshold.unit)
        return f"{{{{ with printf {query} $labels.{threshold.label.name} | query }}}}{value}{{{{ end }}}}"
    assert threshold is not None
    return _fixed(threshold)


def _value_of(rule: AlertRule, placeholder: Placeholder, moment: FiringMoment) -> str:
    match placeholder.name:
        case "value":
            assert rule.unit is not None
            return format_value(moment.value, rule.unit)
        case "limit":
            return _threshold_at(rule.threshold, moment)
        case "window":
            assert rule.window is not None
            return rule.window.window_text()
    return moment.labels[placeholder.name]


def _threshold_at(threshold: Quantity | ThresholdSeries | None, moment: FiringMoment) -> str:
    assert threshold is not None
    if isinstance(threshold, ThresholdSeries):
        value = threshold.value_for(moment.labels[threshold.label.name])
        return format_value(float(value.amount), threshold.unit) if value else ""
    return _fixed(threshold)


def _fixed(threshold: Quantity) -> str:
    """A threshold that is the same for all. Milliseconds are formatted as the value beside them, never in seconds."""
    if threshold.unit.format is ValueFormat.MILLISECONDS:
        return format_value(float(threshold.amount), threshold.unit)
    return threshold.text()
