"""Annotations read as Go templates."""

from __future__ import annotations

import pytest

from generator.checks.go_template import label_names, queries, without_actions


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ('{{ with query "time() * 1000" }}x{{ end }}', ["time() * 1000"]),
        ('{{ with printf "a:limit{route=%q}" $labels.route | query }}{{ . }}{{ end }}', ['a:limit{route=""}']),
        (r'{{ query "x{a=\"b\"}" }}', ['x{a="b"}']),
        ('{{ query `x{a=~"b|c"}` | first | value }}', ['x{a=~"b|c"}']),
        ('{{ query "x" }} and {{ query "y" }}', ["x", "y"]),
        ('{{ "query \\"x\\"" }} query "y"', []),
        ("{{ $value | humanize }}", []),
        ("no action", []),
    ],
)
def test_queries_of_a_template_are_found(template: str, expected: list[str]) -> None:
    """A query is the argument of `query`, or what is piped into it; a label that is inserted is an empty string."""
    assert list(queries(template)) == expected


def test_label_names_of_a_template_are_found() -> None:
    """Labels are those in actions, each once, and not those in the text."""
    template = "{{ $labels.route }} {{ $labels.tenant_id | urlquery }} {{ $labels.route }} $labels.model {{ $value }}"
    assert label_names(template) == ["route", "tenant_id"]


def test_actions_are_replaced() -> None:
    """Every action becomes the value, also one that contains braces in a string."""
    assert without_actions('a/{{ $labels.x }}/{{ "}}" }}?b={{ "{" }}', "x") == "a/x/x?b=x"
