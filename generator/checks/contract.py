"""Checks of the contract: names, labels, help texts and log fields."""

from __future__ import annotations

import re
from collections import Counter as Multiset
from collections.abc import Iterator
from typing import TypeAlias

from contract.logs import FIELDS
from generator.check import check
from generator.checks.stages import LOWERED
from generator.dsl.contract import Contract, Declared
from generator.dsl.labels import Label
from generator.dsl.log import LogField, ObjectType
from generator.dsl.metrics import Extension, Metric
from generator.errors import Problem, did_you_mean
from generator.ir.build import Lowered

Fields: TypeAlias = tuple[LogField, ...]

METRIC_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
LABEL_NAME = re.compile(r"(?!__)[a-zA-Z_][a-zA-Z0-9_]*")
FIELD_NAME = re.compile(r"[a-z][a-z0-9_]*")


def example(
    variable: str = "S3_READS",
    name: str = "s3_reads_total",
    label: str = "TENANT",
    help: str = "Reads from S3.",
    reason: str = "documents moved to S3",
) -> str:
    """The definition of a counter for the page of a check, with one part of it changed."""
    return f"""
{variable} = Counter(
    name="{name}",
    unit=READS_UNIT,
    labels=({label},),
    help="{help}",
    origin=Extension("{reason}"),
)
"""


@check(
    "contract/duplicate-name",
    stage=LOWERED,
    language="python",
    bad=example() + example("S3_LISTS"),
    good=example() + example("S3_LISTS", "s3_lists_total"),
    message='the name "s3_reads_total" is declared 2 times; rename all but one',
)
def names_are_unique(lowered: Lowered) -> Iterator[Problem]:
    """No two metrics, combined counters or built-in series share a name, including the names under which a histogram is
    stored. No two fields of a log line share a name.

    Two metrics of one name would be added up as one.
    """
    contract = lowered.definitions.contract
    counts = Multiset(name for declared in contract.declared for name in _stored_names(declared))
    names = [
        (contract.place_of(declared), name, counts[name])
        for declared in contract.declared
        for name in _stored_names(declared)
    ]
    for where, fields in _records(contract.log_fields or FIELDS):
        in_record = Multiset(field.name for field in fields)
        names += [(f"{where}{field.name}", field.name, in_record[field.name]) for field in fields]
    for where, name, count in names:
        if count > 1:
            yield Problem(where, f'the name "{name}" is declared {count} times', "rename all but one")


@check(
    "contract/invalid-metric-name",
    stage=LOWERED,
    language="python",
    bad=example(name="s3:reads_total"),
    good=example(),
    message='"s3:reads_total" is not a valid name of a metric; use letters, digits and underscores, and no digit first',
)
def metric_names_are_valid(lowered: Lowered) -> Iterator[Problem]:
    """The name of a metric consists of letters, digits and underscores, and does not start with a digit.

    Prometheus reserves colons for recorded series.
    """
    contract = lowered.definitions.contract
    for declared in contract.declared:
        if not METRIC_NAME.fullmatch(declared.name):
            what = f'"{declared.name}" is not a valid name of a metric'
            yield Problem(contract.place_of(declared), what, "use letters, digits and underscores, and no digit first")


@check(
    "contract/unlisted-label",
    stage=LOWERED,
    language="python",
    bad='REGION = Label("region", "Where the request was answered.")\n' + example(label="REGION"),
    good=example(label="SERVICE"),
    message='the label "region" is not in ORDER of contract/labels.py; '
    'did you mean "reason"? Use it, or declare "region"',
)
def labels_are_listed(lowered: Lowered) -> Iterator[Problem]:
    """Every label of a metric is in `ORDER` of contract/labels.py.

    The order decides the names of recorded series: a label that is not in it would be dropped from them.
    """
    contract = lowered.definitions.contract
    known = {label.name for label in contract.labels}
    for where, label in _labels(contract):
        if label not in contract.labels:
            what = f'the label "{label.name}" is not in ORDER of contract/labels.py'
            yield Problem(where, what, did_you_mean(label.name, known))


@check(
    "contract/invalid-label-name",
    stage=LOWERED,
    language="python",
    bad='BUCKET = Label("r2.bucket", "The bucket that was read.")\n' + example(label="BUCKET"),
    good='BUCKET = Label("r2_bucket", "The bucket that was read.")\n' + example(label="BUCKET"),
    message='"r2.bucket" is not a valid name of a label; '
    "use letters, digits and underscores, and neither a digit nor two underscores first",
)
def label_names_are_valid(lowered: Lowered) -> Iterator[Problem]:
    """The name of a label consists of letters, digits and underscores, and starts with neither a digit nor two
    underscores.

    Prometheus reserves names with two underscores for itself.
    """
    for where, label in _labels(lowered.definitions.contract):
        if not LABEL_NAME.fullmatch(label.name):
            hint = "use letters, digits and underscores, and neither a digit nor two underscores first"
            yield Problem(where, f'"{label.name}" is not a valid name of a label', hint)


@check(
    "contract/help-not-a-sentence",
    stage=LOWERED,
    language="python",
    bad=example(help="R2 reads"),
    good=example(),
    message="the help is not a sentence; state what is counted, and end with a full stop",
)
def help_texts_are_sentences(lowered: Lowered) -> Iterator[Problem]:
    """The help of a metric or a log field is not empty and ends with a full stop.

    It is the only definition of what is counted, and appears in the reference pages and in the Workers' types.
    """
    contract = lowered.definitions.contract
    helps = [(contract.place_of(declared), declared.help) for declared in contract.declared]
    helps += [
        (f"{where}{field.name}", field.help)
        for where, fields in _records(contract.log_fields or FIELDS)
        for field in fields
    ]
    for where, text in helps:
        if not text.strip(" .") or not text.endswith("."):
            yield Problem(where, "the help is not a sentence", "state what is counted, and end with a full stop")


@check(
    "contract/extension-without-reason",
    stage=LOWERED,
    language="python",
    bad=example(reason=""),
    good=example(),
    message="the extension has no reason; state in Extension(…) what is impossible without the metric",
)
def extensions_have_a_reason(lowered: Lowered) -> Iterator[Problem]:
    """A metric that the original plan does not have states why it was added.

    Every metric costs series for each tenant, and later readers must know whether it can go.
    """
    contract = lowered.definitions.contract
    for declared in contract.declared:
        if (
            isinstance(declared, Metric)
            and isinstance(declared.origin, Extension)
            and not declared.origin.reason.strip()
        ):
            hint = "state in Extension(…) what is impossible without the metric"
            yield Problem(contract.place_of(declared), "the extension has no reason", hint)


@check(
    "contract/invalid-field-name",
    stage=LOWERED,
    language="python",
    bad='SIZE = LogField(name="Size-KB", type=NumberType(0), sensitivity=SAFE, help="The size of the document.")',
    good='SIZE = LogField(name="size_kb", type=NumberType(0), sensitivity=SAFE, help="The size of the document.")',
    message='"Size-KB" is not a valid name of a log field; use lower-case letters, digits and underscores',
)
def field_names_are_valid(lowered: Lowered) -> Iterator[Problem]:
    """The name of a log field consists of lower-case letters, digits and underscores, and starts with a letter.

    Other names need quotes in every query of the logs.
    """
    for where, fields in _records(lowered.definitions.contract.log_fields or FIELDS):
        for field in fields:
            if not FIELD_NAME.fullmatch(field.name):
                what = f'"{field.name}" is not a valid name of a log field'
                yield Problem(f"{where}{field.name}", what, "use lower-case letters, digits and underscores")


def _records(fields: Fields, where: str = "contract/logs.py ") -> Iterator[tuple[str, Fields]]:
    """The fields of a log line, and those of each object in it, each with the beginning of their places."""
    yield where, fields
    for field in fields:
        if isinstance(field.type, ObjectType):
            yield from _records(field.type.fields, f"{where}{field.name}.")


def _labels(contract: Contract) -> Iterator[tuple[str, Label]]:
    """Every label of everything declared, with its place."""
    return ((contract.place_of(declared), label) for declared in contract.declared for label in declared.labels)


def _stored_names(declared: Declared) -> tuple[str, ...]:
    """The name, those under which Prometheus stores its series, and those that they had."""
    if isinstance(declared, Metric):
        names = (declared.name, *declared.names(), declared.earlier.name, *declared.earlier.names())
        return tuple(dict.fromkeys(names))
    return (declared.name,)
