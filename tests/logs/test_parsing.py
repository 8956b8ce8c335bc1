"""JSON values in entries, with other text around them or cut off."""

from __future__ import annotations

import json

import pytest

from generator.logs.parsing import CUT, MAX_FAILURES, NOT_TEXT, TOO_DEEP, ParsedText, parse, parse_string


@pytest.mark.parametrize(
    ("data", "values", "text"),
    [
        (b'{"a":1}', ({"a": 1},), ""),
        (b'[{"a":1},2]', ([{"a": 1}, 2],), ""),
        (b'{"a":1}{"b":2}\t{"c":3}', ({"a": 1}, {"b": 2}, {"c": 3}), ""),
        (b'[{"a":1},', ({"a": 1},), ""),
        (b'before {"a":{"b":1}} after', ({"a": {"b": 1}},), "before   after"),
        (b'{"a":"\\ud800"}', ({"a": "\ud800"},), ""),
        (b"plain {text} {", (), "plain {text} {"),
        (b'"text"', ("text",), ""),
        (b'time,"{""a"":""b""}",x', ({"a": "b"},), 'time," ",x'),
        (b"12", (), "12"),
    ],
)
def test_values_and_the_text_around_them(data: bytes, values: tuple[object, ...], text: str) -> None:
    """Objects are found anywhere; commas and brackets between them are no text, and everything could be read."""
    assert parse(data) == ParsedText(values, text)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"service":"a","request_id":"8d', CUT),
        (b'{"a":1,', CUT),
        (b'prefix {"a":tru', CUT),
        (b'"request_id":"8d3f2b1a","route":"/chat"}', CUT),
        (b'{"a":1} {"b":', CUT),
        (b'{"a":"\xe9"}', NOT_TEXT),
        (b"\x89PNG\0", NOT_TEXT),
        (b"text\0\0\0", NOT_TEXT),
        (b'{"a":' * 100_000, TOO_DEEP),
        (b"[" * 100_000, TOO_DEEP),
    ],
)
def test_what_could_not_be_read_is_said(data: bytes, reason: str) -> None:
    """A value that is cut at its end or its beginning, another encoding, binary data and extreme depth are
    unreadable."""
    assert parse(data).unreadable == reason


def test_a_name_that_occurs_twice_hides_nothing() -> None:
    """Of an object with a name twice, the last value has the name, as in JavaScript, and the first one another."""
    assert parse(b'{"a":1,"b":{"c":2,"c":3},"a":4}').values == ({"a": 4, "b": {"c": 3, "c (0)": 2}, "a (0)": 1},)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_json_in_a_string_is_parsed(times: int) -> None:
    """A string that is JSON, and the JSON of such a string, have their value."""
    text = json.dumps({"a": "b"})
    for _ in range(times - 1):
        text = json.dumps(text)
    value: object = text
    while isinstance(value, str):
        (value,) = parse_string(value).values
    assert value == {"a": "b"}


def test_unreadable_data_is_still_text() -> None:
    """The text of a cut value is there to be searched, and Latin-1 is read as Latin-1, with its values."""
    assert parse(b'{"a":"secret').text == '{"a":"secret'
    assert parse('{"a":"é"}'.encode("latin-1")).values == ({"a": "é"},)


def test_the_effort_for_a_hostile_line_is_bounded() -> None:
    """Of many beginnings of objects that are none, the first ones are tried, and the line is unreadable."""
    text = '{"a":!' * (2 * MAX_FAILURES) + '{"a":1}'
    assert parse(text.encode()) == ParsedText((), text, CUT)
