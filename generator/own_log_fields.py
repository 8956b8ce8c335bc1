"""The log fields of a project: new keys of a line's metadata, and fields in place of default ones of the same name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from generator.dsl.log import LogField, ObjectType, Sensitivity
from generator.errors import Problem
from generator.own_definitions import Located

STRICTNESS = {Sensitivity.SAFE: 0, Sensitivity.PERSONAL: 1, Sensitivity.SECRET: 2}


def extended_log_fields(
    defaults: Sequence[LogField], own: Sequence[Located[LogField]], problems: list[Problem]
) -> tuple[LogField, ...]:
    """The default fields with those of a project: one of a default name stands in its place, in the line or its
    metadata, and a new one is a key of the metadata, which is the last field."""
    *line, metadata = defaults
    assert isinstance(metadata.type, ObjectType)
    known = {field.name: field for field in (*metadata.type.fields, *defaults)}
    by_name: dict[str, Located[LogField]] = {}
    for located in own:
        first = by_name.setdefault(located.definition.name, located)
        if first is not located:
            what = f'the log field "{located.definition.name}" is defined in {first.where} too'
            problems.append(Problem(located.where, what, "rename or remove one of the two"))
    for name, located in by_name.items():
        is_known = name in known
        problems += _replacement(located, known[name]) if is_known else _new(located, metadata.type)
    fields = {name: located.definition for name, located in by_name.items()}
    nested = tuple(fields.get(field.name, field) for field in metadata.type.fields)
    added = tuple(field for name, field in fields.items() if name not in known)
    extended = replace(metadata, type=replace(metadata.type, fields=(*nested, *added)))
    return (*_current(line, fields), extended)


def _current(line: Sequence[LogField], fields: Mapping[str, LogField]) -> Iterator[LogField]:
    return (fields.get(field.name, field) for field in line)


def _replacement(located: Located[LogField], default: LogField) -> Iterator[Problem]:
    """Why a field cannot replace the default one, which the Workers' library writes."""
    own = located.definition
    if isinstance(default.type, ObjectType) or type(own.type) is not type(default.type):
        what = f'the Workers\' library writes the log field "{own.name}" as another type'
        hint = "declare a field of another name: it is a key of metadata"
        if not isinstance(default.type, ObjectType):
            hint = f"keep {type(default.type).__name__}(…), or declare a field of another name"
        yield Problem(located.where, what, hint)
    if (own.required, own.nullable) != (default.required, default.nullable):
        words = f"required={default.required}, nullable={default.nullable}"
        yield Problem(
            located.where, f'the log field "{own.name}" is not present when the default one is', f"write {words}"
        )
    if STRICTNESS[own.sensitivity] < STRICTNESS[default.sensitivity]:
        what = f'the log field "{own.name}" would be {own.sensitivity.value}, and is {default.sensitivity.value}'
        yield Problem(located.where, what, f"write sensitivity={default.sensitivity.name}: nothing else redacts it")


def _new(located: Located[LogField], metadata: ObjectType) -> Iterator[Problem]:
    """Why a field cannot be a key of the metadata."""
    field = located.definition
    if not re.fullmatch(metadata.additional_names, field.name):
        what = f'"{field.name}" is not a valid name of a log field'
        yield Problem(located.where, what, "use lower-case letters, digits and underscores")
    if re.search(metadata.forbidden_names, field.name):
        what = f'the log field "{field.name}" has the name of a secret, which no line may have'
        yield Problem(located.where, what, "give it another name, and log no secret")
    if isinstance(field.type, ObjectType) or field.required or field.nullable:
        what = f'the log field "{field.name}" is a key of metadata: optional, with a single value'
        yield Problem(located.where, what, "use a text, a number or listed values, without required and nullable")
