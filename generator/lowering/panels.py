"""Panels as queries and colours: one function for each kind of body."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from generator.dsl.dashboard import Bars, Ceiling, Dial, Heat, Line, Lines, Number, Panel, Spread, Table
from generator.dsl.labels import BUCKET_BOUND, Label
from generator.dsl.limit import LimitPer
from generator.dsl.measure import Leaf, Measure, Window
from generator.dsl.metric import Histogram
from generator.dsl.units import ONE, Quantity
from generator.errors import DefinitionError
from generator.ir.dashboard import Colour, DrawnColumn, DrawnPanel, Kind, Place, Shape, Step, Target
from generator.ir.expression import Aggregate, Binary, Call, Expression, Scalar, Selector
from generator.lowering.legend import known_names, left_out, legend
from generator.lowering.queries import Reader
from generator.lowering.thresholds import limit_series

REFS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PLAIN = (Step(Colour.PLAIN, None),)


@dataclass(frozen=True)
class Sheet:
    """What the panels of a dashboard share: how measures are read, which labels are picked, where links lead."""

    reader: Reader
    picks: tuple[Label, ...]
    opens: Callable[[str, str], str]
    same: tuple[Label, ...] = ()
    """Labels of which a dashboard shows one value at a time."""

    def called(self, measure: Measure, name: str = "") -> str:
        """What the lines of a measure are called."""
        return legend(measure, name, self.same)

    def read(self, measure: Measure) -> Expression:
        """A measure, narrowed by the dashboard's variables on the labels that its metrics have."""
        return self.reader.read(self.narrowed(measure))

    def narrowed(self, measure: Measure) -> Measure:
        """A measure with the matchers of the variables that narrow it."""

        def narrow(leaf: Leaf) -> Leaf:
            picks = self.picks if leaf.picks is None else leaf.picks
            return leaf.matching(tuple(x.picked() for x in picks if x in self.picks and x in leaf.labels))

        return measure.each(narrow)


def draw(sheet: Sheet, panel: Panel, place: Place, id: int) -> DrawnPanel:
    """A panel, ready to be written. Refuses what cannot be read."""
    blank = DrawnPanel(
        id, panel.name, Kind.LINES, panel.title, panel.description, ONE.grafana, place, (), PLAIN, "No traffic"
    )
    body = panel.shows(sheet.reader.platform)
    match body:
        case Lines():
            return _lines(sheet, blank, body)
        case Number():
            return _number(sheet, blank, body)
        case Dial():
            return _dial(sheet, blank, body)
        case Bars():
            return _bars(sheet, blank, body)
        case Heat(histogram=histogram):
            return _buckets(sheet, blank, histogram, Window.STEP)
        case Spread(histogram=histogram):
            return _buckets(sheet, blank, histogram, Window.RANGE)
        case Table():
            return _table(sheet, blank, body)
    raise DefinitionError(f"{type(body).__name__} cannot be drawn", "teach generator/lowering/panels.py how")


def steps(warn: Quantity | None, bad: Quantity | None, falling: bool = False) -> tuple[Step, ...]:
    """Colours by value: green, orange from `warn`, red from `bad`; where less is worse, the other way round."""
    given = [(colour, float(q.amount)) for colour, q in ((Colour.WARN, warn), (Colour.BAD, bad)) if q is not None]
    if not given:
        return PLAIN
    if not falling:
        return (Step(Colour.GOOD, None), *(Step(colour, value) for colour, value in given))
    colours = [*(colour for colour, _ in reversed(given)), Colour.GOOD]
    bounds = [None, *(value for _, value in reversed(given))]
    return tuple(Step(colour, value) for colour, value in zip(colours, bounds, strict=True))


def _lines(sheet: Sheet, blank: DrawnPanel, body: Lines) -> DrawnPanel:
    units = {line.measure.unit for line in body.lines}
    if len(units) != 1:
        raise DefinitionError(
            f"lines in {' and '.join(sorted(unit.name for unit in units))} on one axis", "give each a panel"
        )
    targets = [_line(sheet, ref, line) for ref, line in zip(REFS, body.lines, strict=False)]
    bound, dashed = _ceiling(sheet, body.ceiling, REFS[len(targets)], body.lines[0].measure)
    group = body.lines[0].measure.group
    fixed = body.ceiling if isinstance(body.ceiling, Quantity) else None
    return replace(
        blank,
        unit=units.pop().grafana,
        targets=(*targets, *bound),
        steps=steps(body.warn, fixed),
        empty=body.empty,
        dashed=dashed or body.warn is not None,
        stacked=body.stacked,
        least=0,
        names=() if body.lines[0].name else known_names(group, sheet.reader.platform, sheet.same),
        left_out=left_out(group),
    )


def _line(sheet: Sheet, ref: str, line: Line) -> Target:
    return Target(ref, sheet.read(line.measure), sheet.called(line.measure, line.name))


def _ceiling(sheet: Sheet, ceiling: Ceiling | None, ref: str, drawn: Measure) -> tuple[tuple[Target, ...], bool]:
    if ceiling is not None and ceiling.unit != drawn.unit:
        raise DefinitionError(
            f"a ceiling in {ceiling.unit.name} over {drawn.unit.name}", f"give it in {drawn.unit.name}"
        )
    if not isinstance(ceiling, LimitPer):
        return (), ceiling is not None
    matchers = (ceiling.label.picked(),) if ceiling.label in sheet.picks else ()
    series = Selector(limit_series(sheet.reader, ceiling), matchers)
    return (Target(ref, series, f"limit · {{{{{ceiling.label.name}}}}}", limit=True),), False


def _number(sheet: Sheet, blank: DrawnPanel, body: Number) -> DrawnPanel:
    target = Target("A", sheet.read(body.measure), sheet.called(body.measure), instant=not body.trend)
    return replace(
        blank,
        kind=Kind.NUMBER,
        unit=body.measure.unit.grafana,
        targets=(target,),
        steps=steps(body.warn, body.bad, body.falling),
        empty=body.empty,
        trend=body.trend,
    )


def _dial(sheet: Sheet, blank: DrawnPanel, body: Dial) -> DrawnPanel:
    target = Target("A", sheet.read(body.measure), sheet.called(body.measure), instant=True)
    coloured = steps(body.warn, body.bad, body.falling)
    unit = body.measure.unit.grafana
    return replace(
        blank, kind=Kind.DIAL, unit=unit, targets=(target,), steps=coloured, empty=body.empty, least=0, most=1
    )


def _bars(sheet: Sheet, blank: DrawnPanel, body: Bars) -> DrawnPanel:
    longest = Aggregate(
        "bottomk" if body.falling else "topk", sheet.read(body.measure), (), Scalar(Fraction(body.most))
    )
    ranked = Call("sort" if body.falling else "sort_desc", (longest,))
    target = Target("A", ranked, sheet.called(body.measure), instant=True)
    coloured = steps(body.warn, body.bad, body.falling)
    unit = body.measure.unit.grafana
    return replace(
        blank,
        kind=Kind.BARS,
        unit=unit,
        targets=(target,),
        steps=coloured,
        empty=body.empty,
        least=0,
        left_out=left_out(body.measure.group),
    )


def _buckets(sheet: Sheet, blank: DrawnPanel, histogram: Histogram, over: Window) -> DrawnPanel:
    heat = over is Window.STEP
    read = sheet.read(histogram.spread(over))
    target = Target("A", read, f"{{{{{BUCKET_BOUND.name}}}}}", instant=not heat, shape=Shape.HEATMAP)
    # Bars count what fell into a bucket, and are named by its bound; a heatmap's axis is in the histogram's own unit.
    unit = histogram.unit.grafana if heat else "short"
    return replace(
        blank, kind=Kind.HEAT if heat else Kind.BARS, unit=unit, targets=(target,), least=None if heat else 0
    )


def _table(sheet: Sheet, blank: DrawnPanel, body: Table) -> DrawnPanel:
    worst = Aggregate("topk", sheet.read(body.columns[0].measure), (), Scalar(Fraction(body.most)))
    targets: list[Target] = []
    columns: list[DrawnColumn] = []
    for ref, column in zip(REFS, body.columns, strict=False):
        if column.measure.group != (body.label,):
            raise DefinitionError(
                f'the column "{column.title}" is not told by {body.label.name}', "tell it by that label alone"
            )
        read = worst if not targets else Binary("and", sheet.read(column.measure), worst, on=(body.label,))
        targets.append(Target(ref, read, column.title, instant=True, shape=Shape.TABLE))
        columns.append(DrawnColumn(ref, column.title, column.measure.unit.grafana, steps(column.warn, column.bad)))
    return replace(
        blank,
        kind=Kind.TABLE,
        targets=tuple(targets),
        empty=body.empty,
        label=body.label,
        opens=sheet.opens(body.opens, body.label.variable) if body.opens else "",
        columns=tuple(columns),
    )
