"""Annotations as Go templates: the queries that they run, and the labels that they contain."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

STRING = r'"(?:[^"\\]|\\.)*"|`[^`]*`'
ACTION = re.compile(rf'\{{\{{(?P<pipeline>(?:{STRING}|[^"`])*?)\}}\}}', re.DOTALL)
TOKEN = re.compile(rf"{STRING}|\||[^\s|()\"`]+")
KEYWORDS = {"if", "with", "range", "else", "end"}
LABEL = "$labels."


def queries(template: str) -> Iterator[str]:
    """The PromQL expressions that a template runs. A value that it inserts with `%q` becomes an empty string."""
    for pipeline in _pipelines(template):
        formatted = ""
        for command in _commands(pipeline):
            match command:
                case ["printf", text, *_]:
                    formatted = _unquoted(text).replace("%q", '""')
                case ["query", text]:
                    yield _unquoted(text)
                case ["query"]:
                    yield formatted


def label_names(template: str) -> list[str]:
    """The names of the labels whose values a template contains."""
    tokens = (token for pipeline in _pipelines(template) for token in TOKEN.findall(pipeline))
    return sorted({token.removeprefix(LABEL) for token in tokens if token.startswith(LABEL)})


def without_actions(template: str, value: str) -> str:
    """The template with a value in the place of each action."""
    return ACTION.sub(lambda _: value, template)


def _pipelines(template: str) -> Iterator[str]:
    return (action["pipeline"] for action in ACTION.finditer(template))


def _commands(pipeline: str) -> list[list[str]]:
    """The commands of a pipeline, each with its arguments."""
    commands: list[list[str]] = [[]]
    for token in TOKEN.findall(pipeline):
        if token == "|":
            commands.append([])
        elif token not in KEYWORDS:
            commands[-1].append(token)
    return commands


def _unquoted(text: str) -> str:
    """The value of a string literal."""
    return str(json.loads(text)) if text.startswith('"') else text.strip("`")
