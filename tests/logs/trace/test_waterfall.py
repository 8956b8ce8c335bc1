"""Pictures of flows: where bars begin and end, what stands beside them, and that nothing in them is hostile."""

from __future__ import annotations

import pytest

from generator.logs.trace.terminal import Screen, width
from generator.logs.trace.tree import flow
from generator.logs.trace.waterfall import milliseconds, waterfall
from tests.logs.trace.made import REQUEST, THROUGH, Line, answer, arrival, call, found, line

FAILED: Line = {
    "level": "error",
    "error": {"message": "AiError: 3040", "stack": "AiError: 3040\n    at run (a.js:1:2)"},
}


def drawn(
    *lines: Line, columns: int = 100, encoding: str = "utf-8", colour: bool = False, stack: bool = False
) -> list[str]:
    """The rows of a picture."""
    searched = found(*lines)
    return waterfall(searched, flow(searched.lines), Screen(columns, encoding, colour), stack).splitlines()


def row(rows: list[str], name: str) -> str:
    """The one row of a step."""
    (only,) = [one for one in rows if one[2:].strip().startswith(name)]
    return only


def test_the_head_says_whose_request_it_was_and_how_it_ended() -> None:
    """Id, tenant, route, status, how long, when, and how many lines were searched."""
    assert drawn(*THROUGH)[:4] == [
        f"request  {REQUEST}",
        "tenant   com-mrrainbowsmoke",
        "route    /chat: 200 in 100 ms, at 2026-11-24 18:25:26.000 UTC",
        "lines    10 of 10 searched",
    ]


def test_a_row_says_status_start_and_duration() -> None:
    """Each step stands in by its depth; a call without a status has none."""
    rows = drawn(*THROUGH)
    assert row(rows, "worker-api").split()[:5] == ["worker-api", "/chat", "200", "0", "100"]
    assert row(rows, "CACHE get").split()[:4] == ["CACHE", "get", "15", "15"]
    assert row(rows, "vectorize write").split()[:4] == ["vectorize", "write", "1,000", "50"]
    assert [
        one.index(name) for one, name in zip(rows[6:9], ["worker-api", "INGEST", "ingest-worker"], strict=True)
    ] == [2, 4, 6]


def test_bars_lie_where_their_times_lie() -> None:
    """Of 100 ms on 64 cells, a call from 25 to 75 ms begins at cell 16 and fills 32; what takes no time is a line."""
    rows = drawn(
        arrival(0), call(75, 50, meta={"binding": "OTHER"}), call(75, 0, meta={"binding": "NONE"}), answer(100, 100)
    )
    visit, other, none = (row(rows, name) for name in ("worker-api", "OTHER", "NONE"))
    axis = visit.index("█")
    cells = 100 - axis
    assert visit[axis:] == "█" * cells
    assert other[axis:].rstrip("▏▎▍▌▋▊▉").count("█") in (cells // 2, cells // 2 - 1)
    assert other.index("█") - axis == cells // 4
    assert none.index("▏") - axis == 3 * cells // 4


def test_a_long_wait_is_drawn_short() -> None:
    """900 idle ms between visits of 100 and 50 ms leave them bars of two to one that fill most of the axis."""
    rows = drawn(*THROUGH)
    first, second = row(rows, "worker-api"), [one for one in rows if "ingest-worker" in one][1]
    assert abs(first.count("█") - 2 * second.count("█")) <= 2
    assert first.count("█") + second.count("█") > 0.8 * (100 - first.index("█"))
    assert "- times without any step are drawn short" in rows


@pytest.mark.parametrize("columns", [60, 80, 100, 200])
def test_no_row_is_wider_than_the_terminal(columns: int) -> None:
    """Names are cut, texts are wrapped."""
    long = line(5, "message", message="words and 漢字 " * 40)
    rows = drawn(arrival(0), long, answer(9, 9, error={"message": "no way " * 30}), columns=columns)
    assert max(width(one) for one in rows) <= columns


def test_a_failure_is_marked_and_told() -> None:
    """With a mark, its code, its message below, and its stack where it is asked for."""
    lines = (arrival(0), call(50, 50, meta={"model": "m", "ai_code": 3040}, **FAILED), answer(60, 60))
    rows = drawn(*lines)
    assert row(rows, "m ").startswith("✗   m")
    assert " 3040 " in row(rows, "m ")
    assert rows[rows.index(row(rows, "m ")) + 1].strip() == "AiError: 3040"
    assert "at run" not in "\n".join(rows)
    assert "      at run (a.js:1:2)" in drawn(*lines, stack=True)


def test_only_failures_are_red() -> None:
    """A warning has a mark of its own; where all is well there is no colour."""
    lines = (arrival(0), line(1, "message", level="warn", message="again"), call(5, 2, **FAILED), answer(9, 9))
    red = [one for one in drawn(*lines, colour=True) if "\x1b" in one]
    assert [one for one in red if not one.startswith("\x1b[31m") or not one.endswith("\x1b[0m")] == []
    assert ["the call" in red[0], "AiError: 3040" in red[1], len(red)] == [True, True, 2]
    assert row(drawn(*lines), "again").startswith("!")
    assert "\x1b" not in "\n".join(drawn(*lines))


def test_a_visit_without_an_answer_has_no_status() -> None:
    """What was cut short says so in its row, in the head and below."""
    rows = drawn(arrival(0), call(70, 10))
    assert row(rows, "worker-api /chat").split()[2] == "none"
    assert "/chat: no answer is told, at" in rows[2]


@pytest.mark.parametrize("field", ["message", "service", "tenant_id", "route"])
def test_hostile_texts_cannot_steer_the_terminal(field: str) -> None:
    """Escapes and new lines in any field, stack traces too, come out as text."""
    evil = "x\x1b]0;owned\x07\nrequest  forged\u202e"
    failure = {"message": evil, "stack": evil}
    hostile = line(5, "message", error=failure) | {field: evil}
    text = "\n".join(drawn(arrival(0) | {field: evil}, hostile, answer(9, 9), stack=True))
    assert not [sign for sign in text.replace("\n", "") if not sign.isprintable()]
    assert [one for one in text.splitlines() if one.startswith("request")] == [f"request  {REQUEST}"]


def test_ascii_is_enough() -> None:
    """Where the encoding has no blocks, the picture is ASCII."""
    text = "\n".join(drawn(*THROUGH, call(95, 1, **FAILED), encoding="ascii"))
    assert text.isascii()
    assert "####" in text


@pytest.mark.parametrize(
    ("time", "shown"), [(0, "0"), (0.4, "0.4"), (7, "7"), (9.96, "10.0"), (12.5, "12"), (1240, "1,240")]
)
def test_milliseconds(time: float, shown: str) -> None:
    """Whole from ten on, to a tenth below."""
    assert milliseconds(time) == shown
