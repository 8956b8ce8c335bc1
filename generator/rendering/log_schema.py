"""The log contract as JSON Schema 2020-12: what a line must look like, and, as annotations, what is taken out of it."""

from __future__ import annotations

import json
from typing import Any

from contract.logs import FIELDS
from contract.redaction import REDACTION
from generator.dsl.label_values import is_closed, values_of
from generator.dsl.log import EnumType, FieldType, LabelValueType, LogField, NumberType, ObjectType, StringType
from generator.dsl.platform import Platform

Schema = dict[str, Any]
SCALARS = ["string", "number", "boolean", "null"]


def log_schema(platform: Platform) -> str:
    """The schema's text. `x-sensitivity` and `x-redaction` are annotations that validators pass over."""
    schema: Schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A log line of {platform.name}",
        "description": "One JSON object a line. Generated from catalogue/logs.py and the platform's file.",
        **_record(ObjectType(FIELDS), platform),
        "x-redaction": redaction(),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


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
                "needs": list(rule.literals),
                "proof": rule.checksum.value,
                "replacement": f"[redacted:{rule.name}]",
                "help": rule.help,
            }
            for rule in REDACTION.rules
        ],
        "not_covered": [{"what": gap.what, "why": gap.why} for gap in REDACTION.not_covered],
    }


def whole(pattern: str) -> str:
    """The pattern, matched from the first character to the last.

    It does not end in `$`, which in Python also matches before a line's last newline: a forged line could hide there.
    """
    return rf"^(?:{pattern})(?![\s\S])"


def _field(field: LogField, platform: Platform) -> Schema:
    shape = _shape(field.type, platform)
    if field.nullable:
        shape["type"] = [shape["type"], "null"]
    return {"description": field.help, **shape, "x-sensitivity": field.sensitivity.value}


def _shape(shape: FieldType, platform: Platform) -> Schema:
    match shape:
        case StringType(max_length=longest, pattern=pattern, format=format_):
            rules = {"format": format_, "pattern": whole(pattern) if pattern else ""}
            return {"type": "string", "maxLength": longest, **{key: value for key, value in rules.items() if value}}
        case EnumType(values=listed):
            return {"type": "string", "enum": list(listed)}
        case LabelValueType(label=label) if is_closed(label):
            return {"type": "string", "enum": list(values_of(label, platform))}
        case LabelValueType(label=label):
            return {"type": "string", "pattern": whole(label.pattern)}
        case NumberType(minimum=least, maximum=most, integer=whole_):
            top = {} if most is None else {"maximum": most}
            return {"type": "integer" if whole_ else "number", "minimum": least, **top}
        case ObjectType():
            return _record(shape, platform)


def _record(record: ObjectType, platform: Platform) -> Schema:
    schema: Schema = {
        "type": "object",
        "properties": {field.name: _field(field, platform) for field in record.fields},
        "required": [field.name for field in record.fields if field.required],
        "additionalProperties": False,
    }
    if record.additional_names:
        schema["propertyNames"] = {
            "pattern": whole(record.additional_names),
            "not": {"pattern": record.forbidden_names},
        }
        schema["additionalProperties"] = {"type": SCALARS, "maxLength": record.max_length}
    return schema
