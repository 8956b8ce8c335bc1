"""Renders the Jinja2 templates. A missing value is an error, not an empty string."""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from generator.rendering.bytecode import TemplateBytecode
from generator.rendering.rule_text import rule_text
from generator.rendering.yaml_text import scalar

FOLDER = Path(__file__).with_name("templates")
ENVIRONMENT = Environment(
    loader=FileSystemLoader(FOLDER),
    bytecode_cache=TemplateBytecode(FOLDER / "__pycache__", Path(__file__).read_text(encoding="utf-8")),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=select_autoescape(("html.j2",), default_for_string=False, default=False),
)


def cell(value: object) -> str:
    """A text as a cell of a Markdown table: on one line, with escaped pipes."""
    return " ".join(str(value).split()).replace("|", "\\|")


def code(value: object) -> str:
    """A text as code in a cell of a Markdown table, between more backticks than it contains in a row."""
    text = cell(value)
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


ENVIRONMENT.filters |= {"cell": cell, "code": code, "scalar": scalar, "rule": rule_text}


def render(name: str, /, **values: object) -> str:
    """The template rendered with the values. Raises jinja2.UndefinedError for a missing value."""
    return ENVIRONMENT.get_template(name).render(**values)
