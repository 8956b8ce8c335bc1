"""Sentences of texts with placeholders."""

from __future__ import annotations

import re
from collections.abc import Callable

from generator.dsl.text import Placeholder, TemplatePart

START, END = "\ue000", "\ue001"
"""Characters around the name of a placeholder: a text of an alert cannot have them, and no sentence ends in one."""
PLACEHOLDER = re.compile(f"{START}([^{END}]*){END}")
SENTENCE = re.compile(f"(?<=[.!?]) (?=[A-Z{START}])")


def literal_text(parts: tuple[TemplatePart, ...]) -> str:
    """A text with its placeholders marked."""
    return "".join(f"{START}{part.name}{END}" if isinstance(part, Placeholder) else part for part in parts)


def only_sentences(parts: tuple[TemplatePart, ...], is_kept: Callable[[str], bool]) -> tuple[TemplatePart, ...]:
    """The sentences of a text that are kept, judged with their placeholders marked; empty where none is."""
    text = literal_text(parts)
    sentences = SENTENCE.split(text)
    kept = [sentence for sentence in sentences if is_kept(sentence)]
    if len(kept) == len(sentences):
        return parts
    pieces = PLACEHOLDER.split(" ".join(kept))
    marked = (Placeholder(piece) if index % 2 else piece for index, piece in enumerate(pieces))
    return tuple(part for part in marked if part != "")


def placeholders(sentence: str) -> list[str]:
    """The names of the placeholders that are marked in a sentence."""
    return PLACEHOLDER.findall(sentence)
