"""Draws a trace as a waterfall: a row for each span with its times relative to the first arrival, and a bar."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from generator.frozen import frozen
from generator.logs.trace.notes import notes
from generator.logs.trace.search import SearchResult
from generator.logs.trace.spans import Span, SpanKind, Trace
from generator.logs.trace.terminal import Screen, width

STATUS_COLUMNS, NUMBER_COLUMNS, INDENT = 6, 8, 2
MAX_IDLE_FRACTION = 0.25
"""An idle time longer than this fraction of the busy time is shortened, so that a wait does not hide the rest."""
SHORTENED_FRACTION = 0.05
"""The length of a shortened idle time, as a fraction of the busy time."""


@frozen
class WaterfallAxis:
    """The mapping from times to positions.

    `busy` has the start and end in milliseconds of each time with spans, and the drawn milliseconds before it.
    """

    busy: tuple[tuple[float, float, float], ...]

    def position(self, time: float) -> float:
        """Return a time's position from 0 to 1; a time within a shortened idle time has the position of its end."""
        last_start, last_end, drawn_before_last = self.busy[-1]
        total = drawn_before_last + last_end - last_start
        for start, end, drawn_before in self.busy:
            if time <= end:
                return (drawn_before + max(time - start, 0.0)) / total if total else 0.0
        return 1.0


def time_axis(spans: Iterable[Span]) -> WaterfallAxis:
    """Return the axis for spans and their descendants."""
    extents = sorted(extent for span in spans for extent in _extents(span))
    busy_time = sum(end - start for start, end in _merged(extents, 0.0))
    busy: list[tuple[float, float, float]] = []
    drawn = 0.0
    for start, end in _merged(extents, MAX_IDLE_FRACTION * busy_time):
        busy.append((start, end, drawn))
        drawn += end - start + SHORTENED_FRACTION * busy_time
    return WaterfallAxis(tuple(busy))


@frozen
class WaterfallLayout:
    """What all rows share: the screen, the time axis and its origin, the columns of names and bars, and whether stack
    traces are shown."""

    screen: Screen
    axis: WaterfallAxis
    origin: float
    name_columns: int
    bar_columns: int
    stack: bool


def waterfall(result: SearchResult, trace: Trace, screen: Screen, stack: bool = False) -> str:
    """Return the whole picture as text: head, rows and notes. With `stack`, it includes stack traces."""
    layout = _layout(trace, screen, stack)
    end = max(span.end for span, _ in _flattened(trace.spans))
    scale = "0 ms" + f"{milliseconds(end - trace.origin)} ms".rjust(layout.bar_columns - 4)
    numbers = f"{'status':>{STATUS_COLUMNS}}{'at ms':>{NUMBER_COLUMNS}}{'took ms':>{NUMBER_COLUMNS}}"
    titles = f"{'':{layout.name_columns + 2}}{numbers}  {scale}"
    rows = [row for span, depth in _flattened(trace.spans) for row in _rows(span, depth, layout)]
    shortened = ["idle time is shortened on the time axis"] * (len(layout.axis.busy) > 1)
    all_notes = [*notes(result, trace), *shortened]
    note_lines = [line for note in all_notes for line in _wrapped(f"- {screen.safe(note)}", "  ", screen)]
    parts = [*_head(result, trace, screen), "", titles, *rows, *([""] if note_lines else []), *note_lines]
    return "\n".join(line.rstrip() for line in parts) + "\n"


def milliseconds(time: float) -> str:
    """Format milliseconds: whole numbers from 10 on, with one decimal below if there is a fraction."""
    return f"{time:,.0f}" if abs(time) >= 10 or time == round(time) else f"{time:.1f}"


def _extents(span: Span) -> list[tuple[float, float]]:
    """Return the time of a span with its descendants, and after it the times of what queues delivered, maybe much
    later."""
    own = [(span.start, span.end)]
    delivered: list[tuple[float, float]] = []
    for child in span.children:
        first, *others = _extents(child)
        (delivered if child.is_delivered else own).append(first)
        delivered += others
    return [(min(start for start, _ in own), max(end for _, end in own)), *delivered]


def _merged(extents: Iterable[tuple[float, float]], idle: float) -> list[tuple[float, float]]:
    """Merge sorted extents that are at most `idle` milliseconds apart."""
    merged: list[tuple[float, float]] = []
    for start, end in extents:
        if merged and start - merged[-1][1] <= idle:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _head(result: SearchResult, trace: Trace, screen: Screen) -> list[str]:
    root, counts = trace.root, result.counts
    line = root.lines[0]
    outcome = (
        "no answer line"
        if root.answer is None
        else f"{root.answer.status or 'no status'} in {milliseconds(root.end - root.start)} ms"
    )
    when = datetime.fromtimestamp(trace.origin / 1000, UTC).isoformat(" ", "milliseconds").removesuffix("+00:00")
    without_id = f", {counts.without_request_id:,} of them without a request id" if counts.without_request_id else ""
    return [
        f"request  {result.request_id}",
        f"tenant   {screen.safe(line.tenant)}",
        f"route    {screen.safe(line.route)}: {outcome}, at {when} UTC",
        f"lines    {len(result.lines):,} of {counts.searched:,} searched{without_id}",
    ]


def _layout(trace: Trace, screen: Screen, stack: bool) -> WaterfallLayout:
    longest = max(INDENT * depth + width(screen.safe(span.name)) for span, depth in _flattened(trace.spans))
    fixed = 2 + STATUS_COLUMNS + 2 * NUMBER_COLUMNS + 2
    names = min(longest, (screen.columns - fixed) // 2)
    return WaterfallLayout(screen, time_axis(trace.spans), trace.origin, names, screen.columns - fixed - names, stack)


def _flattened(spans: tuple[Span, ...], depth: int = 0) -> Iterator[tuple[Span, int]]:
    for span in spans:
        yield span, depth
        yield from _flattened(span.children, depth + 1)


def _rows(span: Span, depth: int, layout: WaterfallLayout) -> Iterator[str]:
    screen, line = layout.screen, span.line
    warning = line is not None and line.level == "warn"
    mark = screen.glyphs.failed if span.failed else screen.glyphs.warning if warning else " "
    name = screen.fit(" " * INDENT * depth + screen.safe(span.name), layout.name_columns)
    start = milliseconds(span.start - layout.origin)
    duration = "" if span.kind is SpanKind.EVENT else milliseconds(span.end - span.start)
    numbers = f"{_status(span):>{STATUS_COLUMNS}}{start:>{NUMBER_COLUMNS}}{duration:>{NUMBER_COLUMNS}}"
    row = f"{mark} {name}{numbers}  {_bar(span, layout)}"
    yield screen.red(row.rstrip()) if span.failed else row
    if line is not None and line.error is not None:
        margin = " " * (2 + INDENT * (depth + 1))
        yield from map(screen.red, _wrapped(margin + screen.safe(line.error.message), margin, screen))
        if layout.stack:
            yield from (margin + screen.safe(frame.strip()) for frame in line.error.stack.splitlines())


def _status(span: Span) -> str:
    line = span.line
    if line is None:
        return "none"
    return str(line.status or line.metadata.get("ai_code") or ("failed" if span.failed else ""))[:STATUS_COLUMNS]


def _bar(span: Span, layout: WaterfallLayout) -> str:
    """Return the span's bar, its end exact to an eighth of a cell; at least a thin line."""
    glyphs, cells = layout.screen.glyphs, layout.bar_columns
    start, end = (layout.axis.position(time) * cells for time in (span.start, span.end))
    before = min(int(start), cells - 1)
    if span.kind is SpanKind.EVENT:
        return " " * before + glyphs.event
    full, eighths = divmod(round((end - start) * 8), 8)
    bar = glyphs.full * full + (glyphs.partial[eighths - 1] if eighths and glyphs.partial else "")
    return " " * before + ((bar or glyphs.instant)[: cells - before])


def _wrapped(text: str, margin: str, screen: Screen) -> list[str]:
    return textwrap.wrap(text, screen.columns, subsequent_indent=margin) or [""]
