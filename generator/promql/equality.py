"""Whether two texts are the same expression: Prometheus writes its own text of a tree, with matchers by name."""

from __future__ import annotations

import re

from promql_parser import Expr

from generator.errors import DefinitionError
from generator.promql.parser import double_quoted, parsed, selectors

STRING = r'"(?:[^"\\]|\\.)*"'
MATCHER = re.compile(rf"\w+\s*(?:=~|!~|!=|=)\s*{STRING}")
SELECTOR = re.compile(rf"\{{(?:[^{{}}\"]|{STRING})*\}}")


def same_expression(text: str, other: str) -> bool:
    """Whether two texts are the same expression; a text that is no PromQL is the same as itself alone."""
    if text == other:
        return True
    try:
        before, after = (parsed(_with_sorted_matchers(each)) for each in (text, other))
    except DefinitionError:
        return False
    # The parser's own text loses the escapes of strings, so that the values of labels are compared by themselves.
    return str(before) == str(after) and _label_values(before) == _label_values(after)


def _with_sorted_matchers(text: str) -> str:
    return SELECTOR.sub(lambda braces: f"{{{','.join(sorted(MATCHER.findall(braces[0])))}}}", double_quoted(text))


def _label_values(tree: Expr) -> list[str]:
    return [matcher.value for selector in selectors(tree) for matcher in selector.matchers.matchers]
