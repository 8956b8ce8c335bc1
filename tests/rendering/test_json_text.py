"""JSON as text: the same as Python's own encoder writes."""

from __future__ import annotations

import json

import pytest

from generator.rendering.json_text import json_text

DOCUMENTS = [
    {},
    [],
    {"b": 1, "a": [True, False, None, 1.5, -2, 10**20, 'é " \\ \n \u2028 </script>'], "c": {}, "d": []},
    [[[1], {"x": {"y": (1, 2)}}], "text"],
    "text",
    None,
]


@pytest.mark.parametrize("document", DOCUMENTS, ids=range(len(DOCUMENTS)))
@pytest.mark.parametrize("sort_keys", [True, False])
def test_the_text_is_that_of_pythons_encoder(document: object, sort_keys: bool) -> None:
    """Every type of value, empty and nested ones, is written as json.dumps writes it with an indent of two."""
    expected = json.dumps(document, indent=2, sort_keys=sort_keys, ensure_ascii=False)
    assert json_text(document, sort_keys) == expected
