"""The contract as TypeScript types and constants: Workers with a wrong name, label or value do not compile."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any, TypeAlias

from contract import CONTRACT
from contract.labels import OPERATION, STORE
from contract.redaction import REDACTION
from contract.storage import STORAGE_CALLS, STORAGE_ERRORS
from generator.dsl.contract import Contract
from generator.dsl.label_values import is_closed, values_of
from generator.dsl.labels import Label
from generator.dsl.log import (
    SAFE,
    Checksum,
    EnumType,
    FieldType,
    LabelValueType,
    LogField,
    Normalization,
    NumberType,
    ObjectType,
    RedactionKind,
    RedactionRule,
    StringType,
)
from generator.dsl.metrics import Gauge, Histogram, Metric
from generator.dsl.platform import PLAN_STORES, Platform
from generator.lowering.identity import identity_names
from generator.output import WORKER_CONTRACT
from generator.rendering.contract_json import TYPES
from generator.rendering.log_schema import anchored, log_fields
from generator.rendering.templates import render

SLASH = re.compile(r"\\.|/", re.DOTALL)
"""An escaped character, or a slash, which would end a regular expression."""

END = r"(?![\s\S])"
"""The end of a text in Python's and JavaScript's regular expressions; in JavaScript, `$` means the same."""

REDUNDANT_GROUP = re.compile(r"^\^\(\?:([^|]*)\)\$$", re.DOTALL)
"""An anchored pattern without alternatives, which needs no group."""

NO_LONE_SURROGATES = r"[^\p{Cs}"
"""Excludes lone surrogates, which JavaScript's strings can have: UTF-8 encodes all of them as the same character."""

LOGGER_FIELDS = ("timestamp", "level", "service", "tenant_id", "route", "step")
"""The fields that the logger sets itself or bounds as labels. Their bounds are left out, to keep the Workers small."""

Table: TypeAlias = dict[str, Any]


class Pattern(str):
    """A pattern that is written as a regular expression literal with these flags."""

    flags = "u"


class GlobalPattern(Pattern):
    """A pattern that finds all matches."""

    flags = "gu"


class CaseInsensitivePattern(Pattern):
    """A pattern that finds all matches in upper and lower case. Without the flag `u` only letters of ASCII have two
    cases, as in Python."""

    flags = "gi"


class RequiredPattern(Pattern):
    """A pattern that is only tested, in upper and lower case."""

    flags = "i"


def worker_contract(platform: Platform, contract: Contract = CONTRACT) -> dict[str, str]:
    """contract.gen.ts, by its path."""
    platform = with_instrumented_stores(platform)
    contract = contract.of_stores(platform.stores)
    metrics = emitted_metrics(contract)
    emitted = tuple(label for label in contract.labels if any(label in metric.labels for metric in metrics))
    *fields, metadata = log_fields(contract)
    assert isinstance(metadata.type, ObjectType)
    text = render(
        "contract.gen.ts.j2",
        services=literal({service: list(routes) for service, routes in platform.services.items()}),
        typed=[(label.name, _type(LabelValueType(label), platform), label.help) for label in emitted],
        labels=_rows({label.name: _label(label, platform) for label in emitted}),
        platform_labels=literal(list(platform.metric_labels)),
        metrics=_rows({metric.name: _metric(metric) for metric in metrics}, {m.name: m.help for m in metrics}),
        stores=_rows({store: _store(store, contract) for store in platform.stores}),
        line=[_typed(field, platform) for field in fields],
        metadata_fields=[_typed(field, platform) for field in metadata.type.fields],
        fields=_rows({field.name: _field(field, platform) for field in fields if field.name not in LOGGER_FIELDS}),
        metadata=literal(_field(metadata, platform)),
        secret_names=literal(Pattern(REDACTION.secret_names)),
        numeric_names=literal(Pattern(REDACTION.numeric_names)),
        normalization=literal(_normalization(REDACTION.normalization)),
        series_labels=literal(dict(identity_names(platform))),
        metric_prefix=literal(platform.metric_prefix),
        renamed=literal({each.name: each.earlier.name for each in metrics if each.renamed_from is not None}),
        push_interval_ms=platform.push_interval.seconds * 1000,
        retention_ms=platform.retention.seconds * 1000,
        kinds=[(kind.value, _rows(_rules(kind))) for kind in RedactionKind],
    )
    return {WORKER_CONTRACT: text}


def with_instrumented_stores(platform: Platform) -> Platform:
    """The platform with the stores of the plan too: the library observes their bindings, so that it needs the names of
    their metrics wherever it is compiled. A Worker without such a binding emits none of them."""
    return replace(platform, stores=tuple(store for store in STORE.listed if store in (*PLAN_STORES, *platform.stores)))


def emitted_metrics(contract: Contract) -> tuple[Metric, ...]:
    """The metrics that Workers emit: all that are not recorded by Prometheus."""
    return tuple(
        metric for metric in contract.metrics if not (isinstance(metric, Gauge) and metric.recorded_from is not None)
    )


def literal(value: object) -> str:
    """A value as a TypeScript literal on one line. Keys are quoted only where they must be."""
    if isinstance(value, Pattern):
        pattern = REDUNDANT_GROUP.sub(r"^\1$", value.replace(END, "$"))
        return f"/{SLASH.sub(_escaped, pattern)}/{value.flags}"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)}: {literal(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(literal(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _escaped(match: re.Match[str]) -> str:
    return "\\/" if match[0] == "/" else match[0]


def _key(name: str) -> str:
    return name if name.isidentifier() else json.dumps(name)


def _rows(table: Table, comments: dict[str, str] | None = None) -> list[tuple[str, str, str]]:
    return [(_key(name), literal(value), (comments or {}).get(name, "")) for name, value in table.items()]


def _label(label: Label, platform: Platform) -> Table:
    fallback = {"fallback": label.fallback} if label.fallback else {}
    if is_closed(label):
        return {"values": list(values_of(label, platform)), **fallback}
    return {"pattern": Pattern(anchored(label.pattern).replace("[^", NO_LONE_SURROGATES)), **fallback}


def _metric(metric: Metric) -> Table:
    """Return a metric's row. Its keys are hashed into the ids of stored series; renaming one loses all counters."""
    buckets = {"buckets": list(metric.buckets)} if isinstance(metric, Histogram) else {}
    return {"kind": TYPES[type(metric)], "labels": [label.name for label in metric.labels], **buckets}


def _store(store: str, contract: Contract) -> Table:
    """Return the counters of a store's calls by operation, that of its errors, and the histogram of its latency."""
    calls, (errors,) = (
        [member for member in combined.members if member.distinguishing_labels[STORE] == store]
        for combined in (STORAGE_CALLS, STORAGE_ERRORS)
    )
    latency = [metric.name for metric in contract.metrics if isinstance(metric, Histogram) and metric.store == store]
    return {
        "calls": {member.distinguishing_labels[OPERATION]: member.counter.name for member in calls},
        "errors": errors.counter.name,
        **({"latency": latency[0]} if latency else {}),
    }


def _normalization(table: Normalization) -> Table:
    """Return the patterns by which the Workers make the copy of a text that is searched."""
    classes = {"wide": table.wide, "dashes": table.dashes, "spaces": table.spaces}
    replaced: Table = {name: GlobalPattern(f"[{content}]") for name, content in classes.items()}
    return {"suspicious": Pattern(table.suspicious), **replaced, "escapes": GlobalPattern(table.escapes)}


def _rules(kind: RedactionKind) -> Table:
    return {rule.name: _rule(rule) for rule in REDACTION.rules if rule.kind is kind}


def _rule(rule: RedactionRule) -> Table:
    """Return a rule as the Workers run it. The replacement text follows from its name."""
    checksum = {} if rule.checksum is Checksum.NONE else {"checksum": rule.checksum.value}
    requires = {"requires": RequiredPattern(rule.requires)} if rule.requires else {}
    return {
        "pattern": (CaseInsensitivePattern if rule.ignore_case else GlobalPattern)(rule.pattern),
        **requires,
        **checksum,
    }


def _typed(field: LogField, platform: Platform) -> tuple[str, str, str]:
    type_ = _type(field.type, platform) + (" | null" if field.nullable else "")
    return field.name + ("" if field.required else "?"), type_, field.help


def _type(field_type: FieldType, platform: Platform) -> str:
    match field_type:
        case EnumType(values=values):
            return " | ".join(literal(value) for value in values)
        case LabelValueType(label=label) if is_closed(label):
            return " | ".join(literal(value) for value in values_of(label, platform))
        case NumberType():
            return "number"
        case ObjectType(fields=fields):
            inner = (_typed(field, platform) for field in fields)
            return "{ " + "; ".join(f"{name}: {type_}" for name, type_, _ in inner) + " }"
        case _:
            return "string"


def _field(field: LogField, platform: Platform) -> Table:
    """Return the bounds of a field, and its sensitivity unless it is safe."""
    if isinstance(field.type, ObjectType):
        return _object(field.type, platform)
    sensitivity = {} if field.sensitivity is SAFE else {field.sensitivity.value: True}
    return {**_bound(field.type, platform), **sensitivity}


def _object(object_type: ObjectType, platform: Platform) -> Table:
    fields = {field.name: _field(field, platform) for field in object_type.fields if field.name not in LOGGER_FIELDS}
    inner: Table = {"fields": fields}
    if object_type.additional_names:
        inner |= {"otherKeys": Pattern(anchored(object_type.additional_names)), "maxLength": object_type.max_length}
    return inner


def _bound(field_type: FieldType, platform: Platform) -> Table:
    match field_type:
        case StringType(pattern=pattern) if pattern:
            return {"pattern": Pattern(anchored(pattern))}
        case StringType(max_length=max_length):
            return {"maxLength": max_length}
        case EnumType(values=values):
            return {"values": list(values)}
        case LabelValueType(label=label):
            bound = _label(label, platform)
            return {name: bound[name] for name in bound if name != "fallback"}
        case NumberType(minimum=minimum, maximum=maximum, integer=integer):
            upper = {} if maximum is None else {"max": maximum}
            return {"min": minimum, **upper, **({"integer": True} if integer else {})}
        case ObjectType():
            raise TypeError("an object does not bound a single value")
