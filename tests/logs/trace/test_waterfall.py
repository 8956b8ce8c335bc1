"""Waterfalls: the positions of bars, the texts beside them, and the escaping of hostile texts."""

from __future__ import annotations

import pytest

from generator.logs.trace.spans import build_trace
from generator.logs.trace.terminal import Screen, width
from generator.logs.trace.waterfall import milliseconds, waterfall
from tests.logs.trace.sample_request import (
    BINDING_AND_QUEUE,
    REQUEST_ID,
    Record,
    answer,
    arrival,
    call,
    line,
    search_result,
)

FAILED: Record = {
    "level": "error",
    "error": {"message": "AiError: 3040", "stack": "AiError: 3040\n    at run (a.js:1:2)"},
}


def waterfall_rows(
    *records: Record, columns: int = 100, encoding: str = "utf-8", colour: bool = False, stack: bool = False
) -> list[str]:
    """The rows of a waterfall."""
    result = search_result(*records)
    return waterfall(result, build_trace(result.lines), Screen(columns, encoding, colour), stack).splitlines()


def row(rows: list[str], name: str) -> str:
    """The only row of a span with this name."""
    (only,) = [text for text in rows if text[2:].strip().startswith(name)]
    return only


def test_the_head_describes_the_request() -> None:
    """The head has the id, tenant, route, status, latency and time, and the number of searched lines."""
    assert waterfall_rows(*BINDING_AND_QUEUE)[:4] == [
        f"request  {REQUEST_ID}",
        "tenant   com-mrrainbowsmoke",
        "route    /chat: 200 in 100 ms, at 2026-11-24 18:25:26.000 UTC",
        "lines    10 of 10 searched",
    ]


def test_a_row_has_the_status_start_and_duration() -> None:
    """Each row is indented by its depth and has its start and duration, and its status if there is one."""
    rows = waterfall_rows(*BINDING_AND_QUEUE)
    assert row(rows, "worker-api").split()[:5] == ["worker-api", "/chat", "200", "0", "100"]
    assert row(rows, "CACHE get").split()[:4] == ["CACHE", "get", "15", "15"]
    assert row(rows, "vectorize write").split()[:4] == ["vectorize", "write", "1,000", "50"]
    assert [
        text.index(name) for text, name in zip(rows[6:9], ["worker-api", "INGEST", "ingest-worker"], strict=True)
    ] == [2, 4, 6]


def test_bars_are_at_their_times() -> None:
    """A call from 25 to 75 of 100 ms starts at a quarter of the axis and fills half of it; a call of 0 ms is a line."""
    rows = waterfall_rows(
        arrival(0), call(75, 50, meta={"binding": "OTHER"}), call(75, 0, meta={"binding": "NONE"}), answer(100, 100)
    )
    server, other, none = (row(rows, name) for name in ("worker-api", "OTHER", "NONE"))
    axis = server.index("█")
    cells = 100 - axis
    assert server[axis:] == "█" * cells
    assert other[axis:].rstrip("▏▎▍▌▋▊▉").count("█") in (cells // 2, cells // 2 - 1)
    assert other.index("█") - axis == cells // 4
    assert none.index("▏") - axis == 3 * cells // 4


def test_a_long_wait_is_shortened() -> None:
    """With 900 idle ms between spans of 100 and 50 ms, their bars are still two to one and fill most of the axis."""
    rows = waterfall_rows(*BINDING_AND_QUEUE)
    first, second = row(rows, "worker-api"), [text for text in rows if "ingest-worker" in text][1]
    assert abs(first.count("█") - 2 * second.count("█")) <= 2
    assert first.count("█") + second.count("█") > 0.8 * (100 - first.index("█"))
    assert "- idle time is shortened on the time axis" in rows


@pytest.mark.parametrize("columns", [60, 80, 100, 200])
def test_rows_fit_the_terminal(columns: int) -> None:
    """Long names are truncated and long messages are wrapped."""
    long = line(5, "message", message="words and 漢字 " * 40)
    rows = waterfall_rows(arrival(0), long, answer(9, 9, error={"message": "no way " * 30}), columns=columns)
    assert max(width(text) for text in rows) <= columns


def test_a_failure_is_marked_and_explained() -> None:
    """A failed row has a mark and the error's code, and below it the message and, with `stack`, the stack trace."""
    records = (arrival(0), call(50, 50, meta={"model": "m", "ai_code": 3040}, **FAILED), answer(60, 60))
    rows = waterfall_rows(*records)
    assert row(rows, "m ").startswith("✗   m")
    assert " 3040 " in row(rows, "m ")
    assert rows[rows.index(row(rows, "m ")) + 1].strip() == "AiError: 3040"
    assert "at run" not in "\n".join(rows)
    assert "      at run (a.js:1:2)" in waterfall_rows(*records, stack=True)


def test_only_failures_are_red() -> None:
    """Only failed rows are red; a warning has its own mark."""
    records = (arrival(0), line(1, "message", level="warn", message="again"), call(5, 2, **FAILED), answer(9, 9))
    red = [text for text in waterfall_rows(*records, colour=True) if "\x1b" in text]
    assert [text for text in red if not text.startswith("\x1b[31m") or not text.endswith("\x1b[0m")] == []
    assert ["the call" in red[0], "AiError: 3040" in red[1], len(red)] == [True, True, 2]
    assert row(waterfall_rows(*records), "again").startswith("!")
    assert "\x1b" not in "\n".join(waterfall_rows(*records))


def test_a_server_span_without_an_answer_has_no_status() -> None:
    """A missing answer is stated in the row's status and in the head."""
    rows = waterfall_rows(arrival(0), call(70, 10))
    assert row(rows, "worker-api /chat").split()[2] == "none"
    assert "/chat: no answer line, at" in rows[2]


@pytest.mark.parametrize("field", ["message", "service", "tenant_id", "route"])
def test_hostile_texts_cannot_control_the_terminal(field: str) -> None:
    """Control characters and newlines in any field, and in stack traces, are escaped."""
    hostile = "x\x1b]0;owned\x07\nrequest  forged\u202e"
    error = {"message": hostile, "stack": hostile}
    record = line(5, "message", error=error) | {field: hostile}
    text = "\n".join(waterfall_rows(arrival(0) | {field: hostile}, record, answer(9, 9), stack=True))
    assert not [character for character in text.replace("\n", "") if not character.isprintable()]
    assert [row for row in text.splitlines() if row.startswith("request")] == [f"request  {REQUEST_ID}"]


def test_the_waterfall_can_be_ascii() -> None:
    """If the encoding has no block characters, the waterfall is ASCII."""
    text = "\n".join(waterfall_rows(*BINDING_AND_QUEUE, call(95, 1, **FAILED), encoding="ascii"))
    assert text.isascii()
    assert "####" in text


@pytest.mark.parametrize(
    ("time", "shown"), [(0, "0"), (0.4, "0.4"), (7, "7"), (9.96, "10.0"), (12.5, "12"), (1240, "1,240")]
)
def test_milliseconds(time: float, shown: str) -> None:
    """Times from 10 ms on are whole numbers, shorter ones have a decimal."""
    assert milliseconds(time) == shown
