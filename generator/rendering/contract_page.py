"""The contract's reference page: every metric, label and log field, as a person looks them up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contract import AREAS
from contract.logs import FIELDS
from contract.redaction import REDACTION
from generator.dsl.label_values import values_of
from generator.dsl.log import (
    EnumType,
    FieldType,
    LabelValueType,
    LogField,
    NumberType,
    ObjectType,
    Sensitivity,
    StringType,
)
from generator.dsl.platform import Platform
from generator.rendering.templates import render

TITLES = {"api": "Requests", "ai": "Models", "storage": "Storage", "rag": "Retrieval"}
MEANING = {
    Sensitivity.SAFE: "written as it is",
    Sensitivity.PERSONAL: "may hold what a person typed: what the rules below find in it is replaced",
    Sensitivity.SECRET: "not written, unless debugging is explicitly enabled for it; then treated as personal",
}


@dataclass(frozen=True)
class Entry:
    """A log field as a row of the page; `path` leads to it from the line's top."""

    path: str
    type: str
    field: LogField


def page(document: Mapping[str, Any], platform: Platform) -> str:
    """The page's Markdown, from what metrics.json says and the log contract."""
    return render(
        "contract.md.j2",
        platform=platform,
        document=document,
        areas={TITLES.get(area, area): _of_area(document["metrics"], area) for area in AREAS},
        entries=list(_entries(FIELDS, platform)),
        redaction=REDACTION,
        sensitivities={level.value: MEANING[level] for level in Sensitivity},
    )


def _of_area(metrics: Sequence[Mapping[str, Any]], area: str) -> list[Mapping[str, Any]]:
    return [metric for metric in metrics if metric["area"] == area]


def _entries(fields: Sequence[LogField], platform: Platform, above: str = "") -> Iterator[Entry]:
    for field in fields:
        path = f"{above}{field.name}"
        yield Entry(path, _spoken(field.type, platform) + (" or null" if field.nullable else ""), field)
        if isinstance(field.type, ObjectType):
            yield from _entries(field.type.fields, platform, f"{path}.")


def _spoken(shape: FieldType, platform: Platform) -> str:
    match shape:
        case StringType(max_length=longest, format=format_):
            return f"string ({format_})" if format_ else f"string, at most {longest:,} characters"
        case EnumType(values=listed):
            return _choice(listed)
        case LabelValueType(label=label):
            return _choice(values_of(label, platform)) or f"a value of label `{label.name}`"
        case NumberType(minimum=least, maximum=most, integer=whole):
            bounds = f"{least} or more" if most is None else f"{least} to {most}"
            return f"{'integer' if whole else 'number'}, {bounds}"
        case ObjectType():
            return "object"


def _choice(listed: Sequence[str]) -> str:
    return ", ".join(f"`{value}`" for value in listed)
