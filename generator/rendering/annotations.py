"""What an alert's annotations say: as Go templates for Prometheus, and rendered for the stories that expect them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote_plus

from generator.dsl.limit import LimitPer
from generator.dsl.text import Hole, Piece
from generator.dsl.units import Duration, Quantity, Spoken, Unit, hours, minutes
from generator.errors import DefinitionError, did_you_mean
from generator.lowering.alerts import LoweredAlert
from generator.rendering import promql
from generator.rendering.go_format import spoken

AROUND = hours(1)
AFTER = minutes(30)
TEMPLATES = {
    Spoken.SHARE: "{{{{ {value} | humanizePercentage }}}}",
    Spoken.MILLISECONDS: '{{{{ {value} | printf "%.0f" }}}} ms',
    Spoken.SECONDS: "{{{{ {value} | humanizeDuration }}}}",
    Spoken.DOLLARS: '${{{{ {value} | printf "%.2f" }}}}',
}


@dataclass(frozen=True)
class Link:
    """Where an alert leads on Grafana: a URL without variables, and the variable that each label fills."""

    base: str
    variables: Mapping[str, str]
    panel: int


@dataclass(frozen=True)
class Moment:
    """An alert as it fires: its labels, its value, and when (seconds since 1970)."""

    labels: Mapping[str, str]
    value: float
    time: int


def template(lowered: LoweredAlert, pieces: tuple[Piece, ...]) -> str:
    """A text as Prometheus' template. Refuses a hole that this alert cannot fill."""
    return "".join(_escaped(piece) if isinstance(piece, str) else _hole(lowered, piece) for piece in pieces)


def rendered(lowered: LoweredAlert, pieces: tuple[Piece, ...], moment: Moment) -> str:
    """A text as Prometheus renders it at a moment."""
    return "".join(piece if isinstance(piece, str) else _filled(lowered, piece, moment) for piece in pieces)


def link_template(link: Link, reach: Duration | None) -> str:
    """The URL of a dashboard as Prometheus' template: its variables from the labels, its time around the alert."""
    variables = "".join(
        f"&var-{variable}={{{{ $labels.{label} | urlquery }}}}" for label, variable in link.variables.items()
    )
    start, end = (
        f'{{{{ with query "{text}" }}}}{{{{ . | first | value | printf "%.0f" }}}}{{{{ end }}}}'
        for text in _span(reach)
    )
    return f"{link.base}?from={start}&to={end}{variables}&viewPanel=panel-{link.panel}"


def link_rendered(link: Link, reach: Duration | None, moment: Moment) -> str:
    """The same URL as Prometheus renders it at a moment."""
    variables = "".join(
        f"&var-{variable}={quote_plus(moment.labels[label])}" for label, variable in link.variables.items()
    )
    start = (moment.time - max(AROUND, reach or AROUND).seconds) * 1000
    end = (moment.time + AFTER.seconds) * 1000
    return f"{link.base}?from={start}&to={end}{variables}&viewPanel=panel-{link.panel}"


def _span(reach: Duration | None) -> tuple[str, str]:
    before = max(AROUND, reach or AROUND).seconds
    return f"(time() - {before}) * 1000", f"(time() + {AFTER.seconds}) * 1000"


def _escaped(literal: str) -> str:
    # Each brace by itself: two may meet where two pieces do.
    return literal.replace("{", '{{ "{" }}')


def _holes(lowered: LoweredAlert) -> list[str]:
    known = [label.name for label in lowered.labels]
    known += ["value"] * (lowered.unit is not None)
    known += ["limit"] * (lowered.threshold is not None)
    known += ["window"] * (lowered.window is not None)
    return known


def _hole(lowered: LoweredAlert, hole: Hole) -> str:
    known = _holes(lowered)
    if hole.name not in known:
        raise DefinitionError(f"{lowered.alert.name} cannot fill {{{hole.name}}}", did_you_mean(hole.name, known))
    match hole.name:
        case "value":
            assert lowered.unit is not None
            return _said("$value", lowered.unit)
        case "limit":
            return _limit(lowered)
        case "window":
            assert lowered.window is not None
            return lowered.window.span()
    return f"{{{{ $labels.{hole.name} }}}}"


def _said(value: str, unit: Unit) -> str:
    if unit.spoken is Spoken.COUNT:
        return f"{{{{ {value} | humanize }}}} {unit.name}"
    return TEMPLATES[unit.spoken].format(value=value)


def _limit(lowered: LoweredAlert) -> str:
    threshold = lowered.threshold
    if isinstance(threshold, LimitPer):
        asked = promql.quoted(f"{threshold.series}{{{threshold.label.name}=%q}}")
        said = _said(". | first | value", threshold.unit)
        return f"{{{{ with printf {asked} $labels.{threshold.label.name} | query }}}}{said}{{{{ end }}}}"
    assert threshold is not None
    return _fixed(threshold)


def _filled(lowered: LoweredAlert, hole: Hole, moment: Moment) -> str:
    match hole.name:
        case "value":
            assert lowered.unit is not None
            return spoken(moment.value, lowered.unit)
        case "limit":
            return _limit_at(lowered.threshold, moment)
        case "window":
            assert lowered.window is not None
            return lowered.window.span()
    return moment.labels[hole.name]


def _limit_at(threshold: Quantity | LimitPer | None, moment: Moment) -> str:
    assert threshold is not None
    if isinstance(threshold, LimitPer):
        limit = threshold.of(moment.labels[threshold.label.name])
        return spoken(float(limit.amount), threshold.unit) if limit else ""
    return _fixed(threshold)


def _fixed(threshold: Quantity) -> str:
    """A threshold that is the same for all; milliseconds as the value beside it is said, never in seconds."""
    if threshold.unit.spoken is Spoken.MILLISECONDS:
        return spoken(float(threshold.amount), threshold.unit)
    return threshold.spoken()
