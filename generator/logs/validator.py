"""One log line, judged: is it ours, does it keep the contract, does it leak?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import jsonschema_rs
import msgspec
from jsonschema_rs import ValidationErrorKind as Kind

from generator.logs.leaks import UNKNOWN, leaks, shown
from generator.logs.reader import LONGEST
from generator.logs.violations import Breach

DECODE = msgspec.json.Decoder().decode
FOREIGN = "not_ours"
"""The rule that a line breaks which is no line of ours; only a strict judge minds."""
CLEAN_UP = "keep other output out of these files, or leave out --strict"
MEND = "let the Worker's library write the line; if the contract is to change, change contract/logs.py"
NAME_PLATFORM = "name the platform that wrote the line (--platform FILE), or list it under services in that file"
WHAT = {
    "required": "the field is missing",
    "additionalProperties": "the contract has no such field",
    "enum": "the value is none of those that the contract lists",
    "pattern": "the value has not the form that the contract asks for",
    "maxLength": "the value is longer than the contract allows",
    "type": "the value is of another type than the contract asks for",
    "minimum": "the number is smaller than the contract allows",
    "maximum": "the number is greater than the contract allows",
    "propertyNames": "a key has not the form that the contract asks for, or names a secret",
}


class Judge:
    """Judges lines by the schema of log lines (JSON, as text) and by the redaction policy."""

    def __init__(self, schema: str, raw: bool = False) -> None:
        """With `raw`, prompts and answers may be there, as while debugging."""
        self._schema = jsonschema_rs.validator_for(quickened(json.loads(schema)))
        self._raw = raw

    def breaches(self, line: bytes) -> Sequence[Breach]:
        """All that is wrong with a line; a line that is not ours breaks the rule FOREIGN and is judged no further."""
        if len(line) > LONGEST:
            return (_foreign(f"it is longer than {LONGEST:,} bytes"),)
        try:
            record = _loaded(line)
        except (ValueError, RecursionError):
            return (_foreign("it is not JSON in UTF-8"),)
        if type(record) is not dict or "service" not in record or "request_id" not in record:
            return (_foreign("it is no object with a service and a request_id"),)
        if self._schema.is_valid(record):
            return leaks(record, True, self._raw)
        try:
            against = [breach for error in self._schema.iter_errors(record) for breach in _against(error)]
        except ValueError:  # the validator goes no deeper than some hundred levels
            against = [Breach("depth", "", "", "the line is nested without end", MEND)]
        return [*against, *leaks(record, False, self._raw)]


def quickened(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema that means the same: names that it lists itself need no look at the pattern of names."""
    told = schema["properties"]["metadata"]
    names = {"anyOf": [{"enum": list(told["properties"])}, told["propertyNames"]]}
    metadata = {**told, "propertyNames": names}
    return {**schema, "properties": {**schema["properties"], "metadata": metadata}}


def _loaded(line: bytes) -> object:
    try:
        return DECODE(line)
    except msgspec.DecodeError:  # it refuses half a surrogate pair, which JSON.stringify writes
        return json.loads(line)


def _against(error: jsonschema_rs.ValidationError) -> Iterator[Breach]:
    """The breaches of one of the schema's errors. Never the value, and no name that could be data."""
    steps = [str(step) for step in error.schema_path]
    rule = "propertyNames" if "propertyNames" in steps else steps[-1]
    known = [step for before, step in pairwise(steps) if before == "properties"]
    unknown = [shown(str(step)) for step in error.instance_path[len(known) :]]
    place, group = [*known, *unknown], [*known, *([UNKNOWN] if unknown else [])]
    match error.kind:
        case Kind.Required(property=name):
            inside = [(name, name)]
        case Kind.AdditionalProperties(unexpected=names):
            inside = [(shown(name), UNKNOWN) for name in names]
        case Kind.PropertyNames(error=inner):
            inside = [(shown(str(inner.instance)), UNKNOWN)]
        case _:
            inside = []
    for name, of_group in inside or [("", "")]:
        here, kind = ".".join(filter(None, [*place, name])), ".".join(filter(None, [*group, of_group]))
        yield Breach(rule, here, kind, WHAT.get(rule, "the line breaks the schema"), _cure(here))


def _cure(field: str) -> str:
    return NAME_PLATFORM if field in ("service", "route") else MEND


def _foreign(why: str) -> Breach:
    return Breach(FOREIGN, "", why, f"the line is not ours: {why}", CLEAN_UP)
