"""Dashboards: what one reader asks, from the top down. A panel is a function; its docstring is the tooltip."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from generator.dsl.labels import Label
from generator.dsl.limit import LimitPer
from generator.dsl.measure import Measure
from generator.dsl.metric import Histogram, Metric
from generator.dsl.platform import Platform
from generator.dsl.text import one_line
from generator.dsl.units import Quantity
from generator.errors import DefinitionError, place_of

Ceiling: TypeAlias = Quantity | LimitPer


@dataclass(frozen=True)
class Line:
    """A measure and what its line is called; without a name, the values of its labels say what it is."""

    measure: Measure
    name: str = ""


@dataclass(frozen=True)
class Lines:
    """How something goes over time. `ceiling` is drawn as a dashed red line, `warn` as an orange one; `stacked` fills
    and adds up."""

    lines: tuple[Line, ...]
    ceiling: Ceiling | None = None
    warn: Quantity | None = None
    stacked: bool = False
    empty: str = "No traffic"


@dataclass(frozen=True)
class Number:
    """One number, with its trend behind it where `trend` is set. Orange from `warn` on and red from `bad` on; where
    less is worse, `falling`. `empty` is said where there is nothing to show."""

    measure: Measure
    warn: Quantity | None = None
    bad: Quantity | None = None
    falling: bool = False
    trend: bool = True
    empty: str = "No traffic"


@dataclass(frozen=True)
class Dial:
    """One number between none and all, as a gauge."""

    measure: Measure
    warn: Quantity | None = None
    bad: Quantity | None = None
    falling: bool = False
    empty: str = "No traffic"


@dataclass(frozen=True)
class Bars:
    """One bar for each series, the longest first."""

    measure: Measure
    warn: Quantity | None = None
    bad: Quantity | None = None
    falling: bool = False
    most: int = 9
    empty: str = "No traffic"


@dataclass(frozen=True)
class Heat:
    """How a histogram's values spread over time, the more the stronger."""

    histogram: Histogram


@dataclass(frozen=True)
class Spread:
    """How a histogram's values spread over all that the dashboard shows: a bar for each bucket."""

    histogram: Histogram


@dataclass(frozen=True)
class Column:
    """A column of a table. A cell is orange from `warn` on and red from `bad` on."""

    title: str
    measure: Measure
    warn: Quantity | None = None
    bad: Quantity | None = None


@dataclass(frozen=True)
class Table:
    """The worst of a label's values by the first column, `most` of them; a click on one opens the dashboard `opens`."""

    label: Label
    columns: tuple[Column, ...]
    opens: str = ""
    most: int = 20
    empty: str = "No traffic"


Body: TypeAlias = Lines | Number | Dial | Bars | Heat | Spread | Table
Shows: TypeAlias = Callable[[Platform], Body]


@dataclass(frozen=True)
class Panel:
    """A panel's definition. `name` is the function's; the panel's id in Grafana comes from it."""

    name: str
    title: str
    description: str
    shows: Shows
    where: str


@dataclass(frozen=True)
class Row:
    """Panels side by side, told by their widths in 24ths of the page (left out: shared evenly), under one question."""

    title: str
    panels: tuple[Panel, ...]
    widths: tuple[int, ...] = ()
    height: int = 8


@dataclass(frozen=True)
class Pick:
    """A variable: a label by whose values the reader narrows the dashboard, listed from the series of `of`."""

    label: Label
    of: Metric
    several: bool = True


@dataclass(frozen=True)
class Dashboard:
    """A dashboard's definition. `name` is the module's; the UID comes from it and the platform."""

    name: str
    title: str
    question: str
    picks: tuple[Pick, ...]
    rows: tuple[Row, ...]
    tags: tuple[str, ...]


def panel(title: str) -> Callable[[Shows], Panel]:
    """Make a panel of a function of the platform. Refuses one without a docstring."""

    def define(shows: Shows) -> Panel:
        description = one_line(inspect.getdoc(shows) or "")
        if not description:
            raise DefinitionError(
                f"the panel {shows.__name__} has no docstring", "say in a sentence what a reader sees in it"
            )
        return Panel(shows.__name__, title, description, shows, place_of(shows))

    return define
