"""The overrides of tenants as a file in OpenMetrics' text format, which Prometheus scrapes.

A rule for each would be an evaluation for each, every 30 seconds. A web server of static files serves the file: its
media type need not be that of OpenMetrics, because the scrape configuration names the format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from contract.alerting import OVERRIDES_INFO
from generator.dsl.units import seconds
from generator.ir.build import Lowered
from generator.ir.expression import Call, Scalar
from generator.ir.rules import RecordingRule
from generator.lowering.identity import identity_names
from generator.lowering.thresholds import OVERRIDES
from generator.output import OVERRIDES_FILE
from generator.rendering import promql

SCRAPE_INTERVAL = seconds(60)
"""The rules read all samples of an hour, every 30 seconds."""
SCRAPE_JOB = "overrides"
SERVER, SERVER_PORT = "overrides", 8080
"""The name and the port of the web server."""
WEB_SERVER = "busybox:1.37.0"
"""The image of the web server: `httpd` of BusyBox."""
END = "# EOF\n"
SERIES = re.compile(r'(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)\{(?P<labels>(?:[^"}]|"(?:[^"\\]|\\.)*")*)\} (?P<value>\S+)')
LABEL = re.compile(r'(?P<name>\w+)="(?P<value>(?:[^"\\]|\\.)*)"')
ESCAPE = re.compile(r"\\(.)")


def scraped_overrides(lowered: Lowered) -> tuple[RecordingRule, ...]:
    """What a build would record by rules, and has in the file."""
    return tuple(rule for rule in lowered.recording_rules if rule.area == OVERRIDES)


def overrides_file(lowered: Lowered) -> dict[str, str]:
    """The file by its path, where the platform has it."""
    rules = scraped_overrides(lowered)
    if not lowered.platform.scrapes_overrides:
        return {}
    return {OVERRIDES_FILE: openmetrics(rules, [(OVERRIDES_INFO.name, identity_names(lowered.platform), "1")])}


def openmetrics(rules: Sequence[RecordingRule], others: Iterable[tuple[str, Mapping[str, str], str]] = ()) -> str:
    """Series in OpenMetrics' text format: those that the rules would record, and others by name, labels and value."""
    recorded = ((rule.name, labels_of(rule), value_of(rule)) for rule in rules)
    samples = sorted((*recorded, *others), key=lambda each: (each[0], sorted(each[1].items())))
    parts: list[str] = []
    for name, group in groupby(samples, key=lambda each: each[0]):
        parts.append(f"# TYPE {name} gauge\n")
        parts += [f"{series_line(name, labels)} {value}\n" for _, labels, value in group]
    return "".join((*parts, END))


def labels_of(rule: RecordingRule) -> Mapping[str, str]:
    """The labels of the series of a rule that records a number."""
    return {label.name: value for label, value in rule.static_labels}


def value_of(rule: RecordingRule) -> str:
    """The number that a rule records, as text."""
    assert isinstance(rule.expression, Call)
    (number,) = rule.expression.arguments
    assert isinstance(number, Scalar)
    return promql.text(number)


def series_line(name: str, labels: Mapping[str, str]) -> str:
    """A series as the format has it, with the labels in the order of their names."""
    return f"{name}{{{labels_text(labels)}}}"


def labels_text(labels: Mapping[str, str]) -> str:
    """Labels in the order of their names, as the format and PromQL have them between braces."""
    return ",".join(f"{label}={_quoted(value)}" for label, value in sorted(labels.items()))


def series_in(text: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """The name, the labels and the value of each series. Raises ValueError for a line that is not one of ours."""
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        match = SERIES.fullmatch(line)
        if match is None:
            raise ValueError(f"{line!r} is not a series with a value")
        labels = {label["name"]: ESCAPE.sub(_unescaped, label["value"]) for label in LABEL.finditer(match["labels"])}
        yield match["name"], labels, match["value"]


def _unescaped(match: re.Match[str]) -> str:
    return "\n" if match[1] == "n" else match[1]


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
