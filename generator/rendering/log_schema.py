"""The log contract as JSON Schema 2020-12: the fields of a log line, and the redaction policy as annotations."""

from __future__ import annotations

from typing import Any

from contract import CONTRACT
from contract.logs import FIELDS
from contract.redaction import REDACTION
from generator.dsl.contract import Contract
from generator.dsl.label_values import is_closed, values_of
from generator.dsl.log import EnumType, FieldType, LabelValueType, LogField, NumberType, ObjectType, StringType
from generator.dsl.platform import Platform
from generator.rendering.json_text import json_text

Schema = dict[str, Any]
SCALARS = ["string", "number", "boolean", "null"]


def log_fields(contract: Contract) -> tuple[LogField, ...]:
    """The fields of a log line."""
    return contract.log_fields or FIELDS


def log_schema(platform: Platform, contract: Contract = CONTRACT) -> str:
    """The schema's text. `x-sensitivity` and `x-redaction` are annotations, which validators ignore."""
    schema: Schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A log line of {platform.name}",
        "description": "One JSON object per line. Generated from contract/logs.py and the platform file.",
        **_object(ObjectType(log_fields(contract)), platform),
        "x-redaction": redaction(),
    }
    return json_text(schema) + "\n"


def redaction() -> Schema:
    """The redaction policy as JSON."""
    return {
        "headers": list(REDACTION.headers),
        "names": REDACTION.secret_names,
        "rules": [
            {
                "name": rule.name,
                "kind": rule.kind.value,
                "pattern": rule.pattern,
                "ignore_case": rule.ignore_case,
                "literals": list(rule.literals),
                "checksum": rule.checksum.value,
                "replacement": f"[redacted:{rule.name}]",
                "help": rule.help,
            }
            for rule in REDACTION.rules
        ],
        "not_covered": [{"what": gap.what, "why": gap.why} for gap in REDACTION.not_covered],
    }


def anchored(pattern: str) -> str:
    """The pattern as one that must match the whole text.

    It does not end in `$`, which in Python also matches before a final newline: a text could hide a forged line there.
    """
    return rf"^(?:{pattern})(?![\s\S])"


def _field(field: LogField, platform: Platform) -> Schema:
    schema = _type_schema(field.type, platform)
    if field.nullable:
        schema["type"] = [schema["type"], "null"]
    return {"description": field.help, **schema, "x-sensitivity": field.sensitivity.value}


def _type_schema(field_type: FieldType, platform: Platform) -> Schema:
    match field_type:
        case StringType(max_length=max_length, pattern=pattern, format=format_):
            optional = {"format": format_, "pattern": anchored(pattern) if pattern else ""}
            present = {key: value for key, value in optional.items() if value}
            return {"type": "string", "maxLength": max_length, **present}
        case EnumType(values=values):
            return {"type": "string", "enum": list(values)}
        case LabelValueType(label=label) if is_closed(label):
            return {"type": "string", "enum": list(values_of(label, platform))}
        case LabelValueType(label=label):
            return {"type": "string", "pattern": anchored(label.pattern)}
        case NumberType(minimum=minimum, maximum=maximum, integer=is_integer):
            upper = {} if maximum is None else {"maximum": maximum}
            return {"type": "integer" if is_integer else "number", "minimum": minimum, **upper}
        case ObjectType():
            return _object(field_type, platform)


def _object(object_type: ObjectType, platform: Platform) -> Schema:
    schema: Schema = {
        "type": "object",
        "properties": {field.name: _field(field, platform) for field in object_type.fields},
        "required": [field.name for field in object_type.fields if field.required],
        "additionalProperties": False,
    }
    if object_type.additional_names:
        schema["propertyNames"] = {
            "pattern": anchored(object_type.additional_names),
            "not": {"pattern": object_type.forbidden_names},
        }
        schema["additionalProperties"] = {"type": SCALARS, "maxLength": object_type.max_length}
    return schema
