"""The annotations of alerts: as Go templates for Prometheus, and rendered, as alert tests expect them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from itertools import pairwise
from urllib.parse import quote_plus

from contract.labels import THRESHOLD
from generator.dsl.chance import WINDOWS, decided_by, offset_of, shown_comparison
from generator.dsl.metrics import Age, Forecast, Quantile, percentile
from generator.dsl.query import Comparison, Condition, Query, ThresholdSeries, value_conditions
from generator.dsl.query_parts import parts_of, same_for_all
from generator.dsl.text import Placeholder, TemplatePart
from generator.dsl.units import Duration, Quantity, Unit, ValueFormat
from generator.errors import DefinitionError, did_you_mean
from generator.frozen import frozen
from generator.ir.expression import Expression, selectors
from generator.ir.links import PanelLink, link_before, link_width
from generator.ir.rules import AlertRule, AnnotationQuery
from generator.rendering import promql
from generator.rendering.go_format import format_value, number_text

TEMPLATES = {
    ValueFormat.RATIO: "{{{{ {value} | humanizePercentage }}}}",
    ValueFormat.MILLISECONDS: '{{{{ {value} | printf "%.0f" }}}} ms',
    ValueFormat.SECONDS: "{{{{ {value} | humanizeDuration }}}}",
    ValueFormat.DOLLARS: '${{{{ {value} | printf "%.2f" }}}}',
    ValueFormat.FACTOR: '{{{{ {value} | printf "%.4g" }}}}×',
    ValueFormat.TIME_LEFT: "{{{{ if gt ({value}) 0.0 }}}}in {{{{ {value} | humanizeDuration }}}}"
    "{{{{ else }}}}now{{{{ end }}}}",
}
EXACT_FORMATS = {ValueFormat.MILLISECONDS: "{} ms", ValueFormat.DOLLARS: "${}", ValueFormat.FACTOR: "{}×"}
"""How a threshold is written that is the text of a label, which `printf` cannot round."""
SHARE_DECIMALS = 9
SHARE_TEMPLATE = (
    f'{{{{ printf "%.{SHARE_DECIMALS}f" $value | reReplaceAll "^[24]" "0" | reReplaceAll "^[35]" "1" '
    "| humanizePercentage }}"
)
"""The share that the value of an alert has beside its window. Templates cannot subtract, and replace digits of a
text: a share of 1 is the only one whose first digit is odd."""
RESULT = ". | first | value"
DIFFERENT = {"value": "units", "threshold": "thresholds", "window": "windows"}
"""Placeholders that are those of every alternative of a condition, or of none."""
QUERY_TEXTS = ("quantile", "recent", "max_value")
"""Placeholders that the query of an alert's value may fill."""


@frozen
class FiringMoment:
    """A firing alert at a time (seconds since 1970), with its labels, its value, and the results of the queries in its
    annotations by their placeholder. `since` is when it began to be true, where a query in its link says so."""

    labels: Mapping[str, str]
    value: float
    time: int
    values: Mapping[str, float] = field(default_factory=dict)
    since: int | None = None


def template(rule: AlertRule, parts: tuple[TemplatePart, ...]) -> str:
    """A text as a Go template. Raises DefinitionError for a placeholder that the alert cannot fill."""
    return "".join(_escaped(part) if isinstance(part, str) else _template_of(rule, part) for part in parts)


def rendered(rule: AlertRule, parts: tuple[TemplatePart, ...], moment: FiringMoment) -> str:
    """A text as Prometheus renders it for a firing alert."""
    return "".join(part if isinstance(part, str) else _value_of(rule, part, moment) for part in parts)


def link_template(link: PanelLink, lookback: Duration | None, start: Expression | None = None) -> str:
    """The URL of a panel as a Go template: variables from the alert's labels, and the time range around the evaluation.
    With a query of the start, it is from there to now, if the query has a result."""
    around = f'time={{{{ now | printf "%.0f" }}}}000&time.window={link_width(link_before(lookback))}'
    if start is None:
        return url_template(link, around)
    since = f'from={{{{ {RESULT} | printf "%.0f" }}}}&to=now'
    return url_template(link, f"{{{{ with {_query_pipeline(start)} }}}}{since}{{{{ else }}}}{around}{{{{ end }}}}")


def url_template(link: PanelLink, time_range: str) -> str:
    """The URL of a panel with a time range, as a Go template: variables from the alert's labels."""
    variables = "".join(f"&var-{name}={{{{ $labels.{label} | urlquery }}}}" for label, name in link.variables)
    return f"{link.dashboard_url}&{time_range}{variables}&viewPanel=panel-{link.panel_id}"


def link_rendered(link: PanelLink, lookback: Duration | None, moment: FiringMoment) -> str:
    """The URL of a panel as Prometheus renders it for a firing alert."""
    variables = "".join(f"&var-{name}={quote_plus(moment.labels[label])}" for label, name in link.variables)
    before = link_before(lookback)
    time_range = f"time={moment.time}000&time.window={link_width(before)}"
    if moment.since is not None and moment.since < moment.time - before.seconds:
        time_range = f"from={1000 * (moment.since - before.seconds)}&to=now"
    return f"{link.dashboard_url}&{time_range}{variables}&viewPanel=panel-{link.panel_id}"


def threshold_label(rule: AlertRule, labels: Mapping[str, str]) -> dict[str, str]:
    """The label with the threshold that the alert of these labels has, if any."""
    if (series := rule.labelled_threshold) is None:
        return {}
    threshold = series.value_for(labels[series.label.name])
    return {} if threshold is None else {THRESHOLD.name: number_text(float(threshold.amount))}


def constant_text(rule: AlertRule, placeholder: Placeholder) -> str | None:
    """The text of a placeholder that is the same whenever the alert fires, or None."""
    match placeholder.name:
        case "threshold" if (same := _threshold_of_all(rule)) is not None:
            return _quantity(same)
        case "window" if rule.window is not None:
            return rule.window.window_text()
        case name if name in QUERY_TEXTS and (text := _query_texts(rule).get(name)) is not None:
            return text
    match rule.values.get(placeholder.name):
        case Quantity() as quantity:
            return _quantity(quantity)
        case Duration() as duration:
            return duration.text()
    return None


def _shown_queries(condition: Condition) -> Iterator[Query]:
    return (shown_comparison(condition) if isinstance(condition, Comparison) else condition).queries()


def _query_texts(rule: AlertRule) -> Mapping[str, str]:
    """What the query of the alert's value gives: its quantile, the recent window of a forecast, and the greatest age
    that is found, as the value shows it. Alternatives of a condition may differ in these and give none."""
    conditions = value_conditions(rule.condition)
    texts: dict[str, str] = {}
    for query in _shown_queries(conditions[0]) if len(conditions) == 1 else ():
        for part in parts_of(query):
            match part:
                case Quantile(q=q):
                    texts.setdefault("quantile", percentile(q))
                case Forecast(recent_window=window):
                    texts.setdefault("recent", window.window_text())
                case Age(lookback=lookback):
                    texts.setdefault("max_value", format_value(lookback.seconds, part.unit))
        break
    return texts


def _escaped(literal: str) -> str:
    # Each brace by itself: two may meet where two parts do.
    return literal.replace("{", '{{ "{" }}')


def _placeholders(rule: AlertRule) -> list[str]:
    names = [label.name for label in rule.labels]
    names += ["value"] * (rule.unit is not None)
    names += ["threshold"] * (rule.threshold is not None)
    names += ["window"] * (rule.window is not None or rule.value_names_window)
    return [*names, *_query_texts(rule), *rule.values]


def _template_of(rule: AlertRule, placeholder: Placeholder) -> str:
    name, known = placeholder.name, _placeholders(rule)
    if name not in known and name in DIFFERENT and len(value_conditions(rule.condition)) > 1:
        what = f"{rule.alert.name} cannot fill {{{name}}}: the conditions joined by | have different {DIFFERENT[name]}"
        raise DefinitionError(what, "give each a placeholder of its own: @alert(…, values=function)")
    if name not in known:
        raise DefinitionError(f"{rule.alert.name} cannot fill {{{name}}}", did_you_mean(name, known))
    constant = constant_text(rule, placeholder)
    if constant is not None:
        return _escaped(constant)
    if name in rule.queries:
        return _query_template(rule.queries[name])
    match name:
        case "value":
            assert rule.unit is not None
            return SHARE_TEMPLATE if rule.value_names_window else _formatted("$value", rule.unit)
        case "window":
            return _window_template()
        case "threshold":
            assert isinstance(rule.threshold, ThresholdSeries)
            exact = EXACT_FORMATS.get(rule.threshold.unit.format)
            label = f"$labels.{THRESHOLD.name}"
            return _formatted(label, rule.threshold.unit) if exact is None else exact.format(f"{{{{ {label} }}}}")
    return f"{{{{ $labels.{name} }}}}"


def _window_template() -> str:
    """The text of the window that decided, by the value of the alert."""
    text = WINDOWS[-1].window_text()
    for window, longer in reversed(tuple(pairwise(WINDOWS))):
        text = f"{{{{ if lt $value {offset_of(longer)}.0 }}}}{window.window_text()}{{{{ else }}}}{text}{{{{ end }}}}"
    return text


def _formatted(value: str, unit: Unit) -> str:
    if unit.format is ValueFormat.COUNT:
        return f"{{{{ {value} | humanize }}}} {unit.name}"
    return TEMPLATES[unit.format].format(value=value)


def _threshold_of_all(rule: AlertRule) -> Quantity | None:
    """The threshold of an alert that does not differ by label value."""
    return same_for_all(rule.threshold.table) if isinstance(rule.threshold, ThresholdSeries) else rule.threshold


def _query_template(query: AnnotationQuery) -> str:
    value = _formatted(RESULT, query.unit)
    return f"{{{{ with {_query_pipeline(query.expression)} }}}}{value}{{{{ else }}}}unknown{{{{ end }}}}"


def _query_pipeline(expression: Expression) -> str:
    """Go's `printf` inserts the values of the alert's labels, quoted, for the matchers that have variables."""
    matchers = [matcher for selector in selectors(expression) for matcher in selector.matchers if matcher.variable]
    text = promql.flat(expression).replace("%", "%%")
    for matcher in matchers:
        text = text.replace(promql.matcher(matcher), f"{matcher.label.name}=%q", 1)
    arguments = "".join(f" $labels.{matcher.label.name}" for matcher in matchers)
    return f"printf {promql.quoted(text)}{arguments} | query"


def _value_of(rule: AlertRule, placeholder: Placeholder, moment: FiringMoment) -> str:
    constant = constant_text(rule, placeholder)
    if constant is not None:
        return constant
    if placeholder.name in rule.queries:
        return format_value(moment.values[placeholder.name], rule.queries[placeholder.name].unit)
    match placeholder.name:
        case "value":
            assert rule.unit is not None
            share = round(decided_by(moment.value)[1], SHARE_DECIMALS)
            return format_value(share if rule.value_names_window else moment.value, rule.unit)
        case "window":
            return decided_by(moment.value)[0].window_text()
        case "threshold":
            assert isinstance(rule.threshold, ThresholdSeries)
            threshold = rule.threshold.value_for(moment.labels[rule.threshold.label.name])
            return _as_from_label(threshold) if threshold is not None else ""
    return moment.labels[placeholder.name]


def _as_from_label(threshold: Quantity) -> str:
    """A threshold that comes as a label, in whose text numbers have all of their digits."""
    if threshold.unit.format in EXACT_FORMATS:
        number = number_text(float(threshold.amount))
        return EXACT_FORMATS[threshold.unit.format].format(number)
    return format_value(float(threshold.amount), threshold.unit)


def _quantity(quantity: Quantity) -> str:
    """A quantity that is the same for all. Milliseconds are formatted as the value beside them, never in seconds."""
    if quantity.unit.format is ValueFormat.MILLISECONDS:
        return format_value(float(quantity.amount), quantity.unit)
    return quantity.text()
