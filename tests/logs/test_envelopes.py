"""The Workers' lines in what platforms wrap around them."""

from __future__ import annotations

import json

import pytest

from generator.logs.envelopes import contents
from generator.logs.parsing import CUT, parse
from tests.logs.exports import EXPORTS
from tests.logs.sample_lines import LINE

RECORD = {"service": "worker-api", "request_id": "8d3f2b1a", "metadata": {"service": "x", "request_id": "y"}}


def test_a_line_is_found_at_any_depth() -> None:
    """A line is found as an object and as JSON text, in lists and objects; its own fields are not searched again."""
    inside = contents([{"a": [{"b": RECORD}], "c": f"text {json.dumps(RECORD | {'n': 1})} more"}])
    assert inside.records == [RECORD, RECORD | {"n": 1}]
    assert inside.texts == [(("c",), "text   more")]
    assert [path for path, _ in inside.named] == [("a",), ("c",), ("a", "b")]


def test_a_line_that_its_envelope_repeats_is_one_line() -> None:
    """Workers Logs can have a line as an object and as its message; two equal lines of a list are two."""
    assert len(contents([{"source": RECORD, "$metadata": {"message": json.dumps(RECORD)}}]).records) == 1
    assert len(contents([[RECORD, RECORD]]).records) == 2


def test_fields_of_the_platform_are_not_fields_of_the_line() -> None:
    """What begins with `$` beside the fields of a line is searched, and does not belong to it."""
    inside = contents([RECORD | {"$workers": {"scriptName": "a"}}])
    assert inside.records == [RECORD]
    assert inside.texts == [(("$workers", "scriptName"), "a")]


def test_a_message_that_is_cut_off_is_unreadable() -> None:
    """A line that an export shortened is unreadable, and its text can be searched."""
    inside = contents([{"Logs": [{"Message": [json.dumps(RECORD)[:60]]}]}])
    assert (inside.records, inside.unreadable) == ([], CUT)
    assert inside.texts[0][1].startswith('{"service"')


@pytest.mark.parametrize("export", ["logpush", "tail json", "workers logs", "workers logs events", "journald json"])
def test_lines_of_each_export_are_unchanged(export: str) -> None:
    """The line in an export is the line that the Worker wrote."""
    assert contents(parse(EXPORTS[export]([json.dumps(LINE).encode()])).values).records == [LINE]
