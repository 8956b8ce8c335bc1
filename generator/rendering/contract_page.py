"""The contract's reference page: a table of every metric, label and log field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

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
from generator.frozen import frozen
from generator.rendering.templates import render

AREA_TITLES = {"api": "Requests", "ai": "Models", "storage": "Storage", "rag": "Retrieval"}
SENSITIVITY_MEANINGS = {
    Sensitivity.SAFE: "written unchanged",
    Sensitivity.PERSONAL: "can contain text from users; every match of the rules below is replaced",
    Sensitivity.SECRET: "not written unless debugging is explicitly enabled; then treated as personal",
}


@frozen
class Entry:
    """A log field as a row of the page; `path` is its dotted path in a log line."""

    path: str
    type: str
    field: LogField


def page(document: Mapping[str, Any], platform: Platform, areas: Sequence[str], fields: Sequence[LogField]) -> str:
    """The page's Markdown, from the content of metrics.json and the log contract."""
    return render(
        "contract.md.j2",
        platform=platform,
        document=document,
        areas={_title(area): _of_area(document["metrics"], area) for area in areas},
        entries=list(_entries(fields, platform)),
        redaction=REDACTION,
        sensitivities={level.value: SENSITIVITY_MEANINGS[level] for level in Sensitivity},
    )


def _title(area: str) -> str:
    """The heading of an area's metrics: cart_events of an adopter as Cart events."""
    return AREA_TITLES.get(area) or area.replace("_", " ").capitalize()


def _of_area(metrics: Sequence[Mapping[str, Any]], area: str) -> list[Mapping[str, Any]]:
    return [metric for metric in metrics if metric["area"] == area]


def _entries(fields: Sequence[LogField], platform: Platform, prefix: str = "") -> Iterator[Entry]:
    for field in fields:
        path = f"{prefix}{field.name}"
        yield Entry(path, _type_text(field.type, platform) + (" or null" if field.nullable else ""), field)
        if isinstance(field.type, ObjectType):
            yield from _entries(field.type.fields, platform, f"{path}.")


def _type_text(field_type: FieldType, platform: Platform) -> str:
    match field_type:
        case StringType(max_length=max_length, format=format_):
            return f"string ({format_})" if format_ else f"string, at most {max_length:,} characters"
        case EnumType(values=values):
            return _values(values)
        case LabelValueType(label=label):
            return _values(values_of(label, platform)) or f"a value of label `{label.name}`"
        case NumberType(minimum=minimum, maximum=maximum, integer=is_integer):
            bounds = f"{minimum} or more" if maximum is None else f"{minimum} to {maximum}"
            return f"{'integer' if is_integer else 'number'}, {bounds}"
        case ObjectType():
            return "object"


def _values(values: Sequence[str]) -> str:
    return ", ".join(f"`{value}`" for value in values)
