"""Checks one entry of a log: the Workers' lines in it by the schema and the redaction policy, the rest for leaks."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

import jsonschema_rs
import msgspec
from jsonschema_rs import ValidationErrorKind

from contract.labels import ROUTE
from generator.dsl.platform import Platform
from generator.logs.envelopes import Contents, Path, Record, contents, is_record
from generator.logs.leaks import UNKNOWN_NAME, display_name, leaks, matching_rules, name_leaks, text_leaks
from generator.logs.parsing import parse
from generator.logs.reader import MAX_LINE_BYTES
from generator.logs.violations import UNREADABLE, UNRECOGNIZED, LineViolation

IDENTIFIER = re.compile(r"[A-Za-z$][A-Za-z0-9_$-]{0,39}")
DECODE = msgspec.json.Decoder().decode
UNRECOGNIZED_HINT = "keep other output out of these files, or omit --strict"
UNREADABLE_HINT = "what is there was searched as text; get the log again, or find out what cut it off"
UNRECOGNIZED_REASON = "no object with a service and a request_id"
OTHER_HINT = "keep it out of the log, or remove it before the log is kept (docs/logs.md)"
PLATFORM_REPLACEMENT = "REDACTED"
"""What Cloudflare writes in place of secrets in the headers and the URL of a request."""
PLATFORM_REPLACEMENTS = re.compile(rf"\b{PLATFORM_REPLACEMENT}\b")
LONG_HINT = "its beginning was searched; divide it, for example with jq -c '.[]'"
ROUTE_HINT = (
    "log the route of the line's own service; pass --origin-routes if queues, RPC or Durable Objects work for "
    "requests of other services"
)
LIBRARY_HINT = "write the line with the Workers' library, or change the contract in contract/logs.py"
PLATFORM_HINT = "name the platform that wrote the line (--platform FILE), or list it under services in that file"
MESSAGES = {
    "required": "the field is missing",
    "additionalProperties": "the contract has no such field",
    "enum": "the value is not one of those that the contract lists",
    "pattern": "the value does not match the contract's pattern",
    "format": "there is no such date, time or id",
    "maxLength": "the value is longer than the contract allows",
    "type": "the value is not of the contract's type",
    "minimum": "the number is below the contract's minimum",
    "maximum": "the number is above the contract's maximum",
    "propertyNames": "the key does not match the contract's pattern, or names a secret",
}


UNRECOGNIZED_LINE = LineViolation(
    UNRECOGNIZED, "", UNRECOGNIZED_REASON, f"unrecognized line: {UNRECOGNIZED_REASON}", UNRECOGNIZED_HINT
)


class CheckedEntry(NamedTuple):
    """How many lines of the Workers an entry contains, which were checked, whether all of it could be read, and its
    violations."""

    lines: int
    is_readable: bool
    violations: Sequence[LineViolation]


class LineValidator:
    """Checks entries by the JSON schema of log lines and by the redaction policy."""

    def __init__(self, schema: str, raw: bool = False, routes: Mapping[str, Collection[str]] | None = None) -> None:
        """Take the schema as JSON text. With `raw`, prompts and responses are allowed, as while debugging. With
        `routes`, a line's route must be one of those of its service."""
        self._schema = jsonschema_rs.validator_for(optimized_schema(json.loads(schema)), validate_formats=True)
        self._raw = raw
        self._routes = routes

    def violations(self, data: bytes) -> Sequence[LineViolation]:
        """Return all violations of an entry. One without a line of the Workers has one of the rule UNRECOGNIZED."""
        return self.check(data).violations

    def check(self, data: bytes, cut: str = "") -> CheckedEntry:
        """Check an entry; `cut` says why it is not complete, if it is not."""
        if not cut and len(data) <= MAX_LINE_BYTES:
            try:
                record = DECODE(data)
            except (ValueError, RecursionError):
                pass
            else:
                if (
                    type(record) is dict
                    and is_record(record)
                    and self._schema.is_valid(record)
                    and _has_all(record, data)
                ):
                    return CheckedEntry(1, True, [*self._route(record), *leaks(record, True, self._raw)])
        return self._check_parts(data, cut)

    def _check_parts(self, data: bytes, cut: str) -> CheckedEntry:
        parsed = parse(data[: MAX_LINE_BYTES + 1])
        contained = contents(parsed.values)
        if len(data) > MAX_LINE_BYTES:
            cut = f"longer than {MAX_LINE_BYTES >> 20} MiB"
        unreadable = cut or parsed.unreadable or contained.unreadable
        if parsed.text:
            contained.texts.append(((), parsed.text))
        violations = [violation for record in contained.records for violation in self._record(record)]
        violations += _other_leaks(contained, self._raw)
        if unreadable:
            hint = LONG_HINT if len(data) > MAX_LINE_BYTES else UNREADABLE_HINT
            violations.append(LineViolation(UNREADABLE, "", unreadable, f"unreadable line: {unreadable}", hint))
        elif not contained.records:
            violations.append(UNRECOGNIZED_LINE)
        return CheckedEntry(len(contained.records), not unreadable, violations)

    def _record(self, record: Record) -> Sequence[LineViolation]:
        if self._schema.is_valid(record):
            return [*self._route(record), *leaks(record, True, self._raw)]
        try:
            violations = [each for error in self._schema.iter_errors(record) for each in _schema_violations(error)]
        except ValueError:  # jsonschema_rs has a limit of some hundred levels
            violations = [LineViolation("depth", "", "", "the line is nested too deeply", LIBRARY_HINT)]
        return [*violations, *self._route(record), *leaks(record, False, self._raw)]

    def _route(self, record: Record) -> Sequence[LineViolation]:
        """Return the violation of a route that is another service's; the schema knows services and routes apart."""
        if self._routes is None:
            return ()
        service, route = record["service"], record.get("route")
        if not isinstance(service, str) or service not in self._routes or route in self._routes[service]:
            return ()
        if not any(route in routes for routes in self._routes.values()):
            return ()
        return (LineViolation("route", "route", "route", "the route is not one of the line's service", ROUTE_HINT),)


def routes_by_service(platform: Platform) -> Mapping[str, Collection[str]]:
    """Return the routes that lines of each service may have."""
    return {
        service: {*routes, *((ROUTE.fallback,) if ROUTE.fallback else ())}
        for service, routes in platform.services.items()
    }


def optimized_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """Return an equivalent schema that is faster: metadata names that it lists are not matched with the pattern."""
    metadata = schema["properties"]["metadata"]
    names = {"anyOf": [{"enum": list(metadata["properties"])}, metadata["propertyNames"]]}
    return {**schema, "properties": {**schema["properties"], "metadata": {**metadata, "propertyNames": names}}}


def _has_all(record: Record, data: bytes) -> bool:
    """Return whether a valid line's object has all names of its text: of a name that is there twice, the first value is
    lost. False is also right for a line with a space before a colon, or a text with a quote before one."""
    nested = [value for value in (record.get("metadata"), record.get("error")) if isinstance(value, dict)]
    return data.count(b'":') == len(record) + sum(map(len, nested))


def _other_leaks(contained: Contents, raw: bool) -> Iterator[LineViolation]:
    """Yield the leaks outside of the Workers' lines. Cloudflare's own replacement text is none."""
    leaking: list[LineViolation] = []
    for path, value in contained.named:
        if value != PLATFORM_REPLACEMENT:
            leaking += name_leaks(path[-1], value, _display_path(path), UNKNOWN_NAME, raw)
    for path, text in contained.texts:
        own = PLATFORM_REPLACEMENTS.sub("", text)
        leaking += text_leaks(own, _display_path(path), UNKNOWN_NAME if path else "", raw=raw)
    return (replace(violation, hint=OTHER_HINT) for violation in leaking)


def _display_path(path: Path) -> str:
    """Return the names that lead to a value for display; `*` for one that is no identifier, or could be a leak."""
    return ".".join(
        name if IDENTIFIER.fullmatch(name) and not matching_rules(name, True) else UNKNOWN_NAME for name in path
    )


def _schema_violations(error: jsonschema_rs.ValidationError) -> Iterator[LineViolation]:
    """Yield the violations of a schema error, without the value and without names that could be data."""
    steps = [str(step) for step in error.schema_path]
    rule = "propertyNames" if "propertyNames" in steps else steps[-1]
    known = [step for before, step in pairwise(steps) if before == "properties"]
    unknown = [display_name(str(step)) for step in error.instance_path[len(known) :]]
    path, group = [*known, *unknown], [*known, *([UNKNOWN_NAME] if unknown else [])]
    match error.kind:
        case ValidationErrorKind.Required(property=name):
            fields = [(name, name)]
        case ValidationErrorKind.AdditionalProperties(unexpected=names):
            fields = [(display_name(name), UNKNOWN_NAME) for name in names]
        case ValidationErrorKind.PropertyNames(error=inner):
            fields = [(display_name(str(inner.instance)), UNKNOWN_NAME)]
        case _:
            fields = []
    message = MESSAGES.get(rule, "the line does not match the schema")
    for name, group_name in fields or [("", "")]:
        field = ".".join(filter(None, [*path, name]))
        field_group = ".".join(filter(None, [*group, group_name]))
        yield LineViolation(rule, field, field_group, message, _hint(field))


def _hint(field: str) -> str:
    return PLATFORM_HINT if field in ("service", "route") else LIBRARY_HINT
