"""Expressions with a constant in the place of the series that a rule records of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from promql_parser import MatrixSelector, VectorSelector

from generator.errors import DefinitionError
from generator.promql.parser import STRING, double_quoted, name_of, nodes, parsed, selectors

NOTHING = "(vector(0) > 1)"
"""An expression without a result."""


def with_constants(text: str, name: str, constants: Sequence[tuple[Mapping[str, str], str]]) -> str | None:
    """Return an expression in which constants stand for the selectors of a name: those that rules record under it, by
    their labels and expressions, which read nothing.

    None: a selector is that of a range or names its series otherwise, so that no expression can stand for it.
    """
    tree = parsed(text)
    if any(isinstance(node, MatrixSelector) and name_of(node.vector_selector) == name for node in nodes(tree)):
        return None
    selector = re.compile(
        rf"{STRING.pattern} | (?P<selector>(?<![\w:]){re.escape(name)}(?![\w:])"
        r"""(?:\s*\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\})?)(?:\s+offset\s+-?\w+)?""",
        re.VERBOSE,
    )
    count = 0

    def replace(match: re.Match[str]) -> str:
        nonlocal count
        if not match["selector"]:
            return match[0]
        count += 1
        node = parsed(match["selector"])
        assert isinstance(node, VectorSelector)
        values = [_labelled(f"({expression})", labels) for labels, expression in constants if _selects(node, labels)]
        return f"({' or '.join(values)})" if values else NOTHING

    result = selector.sub(replace, double_quoted(text))
    try:
        parsed(result)
    except DefinitionError:
        return None
    return result if count == sum(name_of(each) == name for each in selectors(tree)) else None


def _labelled(expression: str, labels: Mapping[str, str]) -> str:
    """An expression whose result gets these labels."""
    for name, value in sorted(labels.items()):
        text = json.dumps(value.replace("$", "$$"), ensure_ascii=False)
        expression = f'label_replace({expression}, "{name}", {text}, "", "")'
    return expression


def _selects(selector: VectorSelector, labels: Mapping[str, str]) -> bool:
    """Whether a selector selects a series of its name with these labels."""
    for matcher in selector.matchers.matchers:
        value, operator = labels.get(matcher.name, ""), str(matcher.op).rpartition(".")[2]
        matched = re.fullmatch(matcher.value, value) if operator in ("Re", "NotRe") else matcher.value == value
        if bool(matched) is operator.startswith("Not"):
            return False
    return True
