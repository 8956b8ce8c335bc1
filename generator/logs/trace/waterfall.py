"""A request's flow, drawn: a row for each step, its times relative to the first arrival, and a bar."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from generator.logs.trace.notes import remarks
from generator.logs.trace.scale import Scale, scale
from generator.logs.trace.search import Searched
from generator.logs.trace.terminal import Screen, width
from generator.logs.trace.tree import Flow, Kind, Step

STATUS, NUMBER, INDENT = 6, 8, 2
"""Columns of the status and of a number, and how far a step stands in from what it lies in."""


@dataclass(frozen=True)
class Frame:
    """What all rows share: the screen, the axis, where time begins, and how wide names and bars are."""

    screen: Screen
    scale: Scale
    origin: float
    names: int
    bars: int
    stack: bool


def waterfall(searched: Searched, flow: Flow, screen: Screen, stack: bool = False) -> str:
    """The whole picture as text: head, rows, remarks. With `stack`, stack traces too."""
    frame = _frame(flow, screen, stack)
    end = max(step.end for step, _ in _flat(flow.steps))
    axis = "0 ms" + f"{milliseconds(end - flow.origin)} ms".rjust(frame.bars - 4)
    titles = f"{'':{frame.names + 2}}{'status':>{STATUS}}{'at ms':>{NUMBER}}{'took ms':>{NUMBER}}  {axis}"
    rows = [row for step, depth in _flat(flow.steps) for row in _rows(step, depth, frame)]
    short = ["times without any step are drawn short"] * (len(frame.scale.spans) > 1)
    below = [*remarks(searched, flow), *short]
    told = [line for remark in below for line in _wrapped(f"- {screen.safe(remark)}", "  ", screen)]
    parts = [*_head(searched, flow, screen), "", titles, *rows, *([""] if told else []), *told]
    return "\n".join(line.rstrip() for line in parts) + "\n"


def milliseconds(time: float) -> str:
    """A time in milliseconds as it is shown: whole, but for a fraction of a short one."""
    return f"{time:,.0f}" if abs(time) >= 10 or time == round(time) else f"{time:.1f}"


def _head(searched: Searched, flow: Flow, screen: Screen) -> list[str]:
    first, counts = flow.first, searched.counts
    line = first.lines[0]
    answer = first.answer
    took = (
        "no answer is told"
        if answer is None
        else f"{answer.status or 'no status'} in {milliseconds(first.end - first.start)} ms"
    )
    when = datetime.fromtimestamp(flow.origin / 1000, UTC).isoformat(" ", "milliseconds").removesuffix("+00:00")
    foreign = f", {counts.foreign:,} of them without a request id" if counts.foreign else ""
    return [
        f"request  {searched.request}",
        f"tenant   {screen.safe(line.tenant)}",
        f"route    {screen.safe(line.route)}: {took}, at {when} UTC",
        f"lines    {len(searched.lines):,} of {counts.lines:,} searched{foreign}",
    ]


def _frame(flow: Flow, screen: Screen, stack: bool) -> Frame:
    longest = max(INDENT * depth + width(screen.safe(step.name)) for step, depth in _flat(flow.steps))
    fixed = 2 + STATUS + 2 * NUMBER + 2
    names = min(longest, (screen.columns - fixed) // 2)
    return Frame(screen, scale(flow.steps), flow.origin, names, screen.columns - fixed - names, stack)


def _flat(steps: tuple[Step, ...], depth: int = 0) -> Iterator[tuple[Step, int]]:
    for step in steps:
        yield step, depth
        yield from _flat(step.steps, depth + 1)


def _rows(step: Step, depth: int, frame: Frame) -> Iterator[str]:
    screen, line = frame.screen, step.line
    warned = line is not None and line.level == "warn"
    mark = screen.signs.failed if step.failed else screen.signs.warned if warned else " "
    name = screen.fit(" " * INDENT * depth + screen.safe(step.name), frame.names)
    took = "" if step.kind is Kind.SAID else milliseconds(step.end - step.start)
    numbers = f"{_status(step):>{STATUS}}{milliseconds(step.start - frame.origin):>{NUMBER}}{took:>{NUMBER}}"
    row = f"{mark} {name}{numbers}  {_bar(step, frame)}"
    yield screen.red(row.rstrip()) if step.failed else row
    if line is not None and line.failure is not None:
        margin = " " * (2 + INDENT * (depth + 1))
        yield from map(screen.red, _wrapped(margin + screen.safe(line.failure.message), margin, screen))
        if frame.stack:
            yield from (margin + screen.safe(one.strip()) for one in line.failure.stack.splitlines())


def _status(step: Step) -> str:
    line = step.line
    if line is None:
        return "none"
    return str(line.status or line.metadata.get("ai_code") or ("failed" if step.failed else ""))[:STATUS]


def _bar(step: Step, frame: Frame) -> str:
    """The step's place on the axis, in eighths of a cell at its end; at least a thin line."""
    signs, cells = frame.screen.signs, frame.bars
    start, end = (frame.scale.at(time) * cells for time in (step.start, step.end))
    before = min(int(start), cells - 1)
    if step.kind is Kind.SAID:
        return " " * before + signs.said
    eighths = round((end - start) * 8)
    full, part = divmod(eighths, 8)
    bar = signs.full * full + (signs.ends[part - 1] if part and signs.ends else "")
    return " " * before + ((bar or signs.instant)[: cells - before])


def _wrapped(text: str, margin: str, screen: Screen) -> list[str]:
    return textwrap.wrap(text, screen.columns, subsequent_indent=margin) or [""]
