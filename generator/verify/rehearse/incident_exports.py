"""Incidents from what Grafana and PagerDuty export, recognised by its content: annotations (`GET /api/annotations`),
incidents (`GET /incidents`), and a CSV file of incidents.

A route and a tenant are what a tag or the text names as `route=/chat` or `tenant: org.example.library`.
"""

from __future__ import annotations

import csv
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from generator.config.yaml_tree import quoted
from generator.errors import BuildError, Problem
from generator.verify.rehearse.incident_file import LABELS, TIME_HINT, KnownIncident
from generator.verify.rehearse.rehearsed_time import read_time

NAMED = re.compile(r"\b(route|tenant)\s*[=:]\s*\"?([^\s\",;]+)")
CREATED, RESOLVED = ("created_on", "created_at"), ("resolved_on", "resolved_at")
TITLE = ("description", "title", "summary")
REGION_HINT = "give it an end, or export the annotations of incidents alone: GET /api/annotations?tags=incident"
NO_EXPORT = "give a file of incidents, annotations of Grafana, or incidents of PagerDuty (docs/rehearse.md)"
Read = Callable[[], KnownIncident]


class Unreadable(Exception):
    """A field of an item that cannot be read: its name, what is wrong, and a hint."""

    def __init__(self, key: str, what: str, hint: str) -> None:
        super().__init__(what)
        self.key, self.what, self.hint = key, what, hint


def exported_incidents(text: str, file: str) -> tuple[KnownIncident, ...] | None:
    """The incidents of an export, in the order of their starts; None where the text is none. Raises `BuildError` with
    all problems of an export."""
    items = _items(text, file)
    if items is None:
        return None
    incidents, problems = list[KnownIncident](), list[Problem]()
    for where, read in items:
        try:
            incidents.append(read())
        except Unreadable as error:
            problems.append(Problem(f"{where}.{error.key}" if error.key else where, error.what, error.hint))
    if not problems and not incidents:
        problems.append(Problem(file, "it has no incidents", NO_EXPORT))
    if problems:
        raise BuildError(problems)
    return tuple(sorted(incidents, key=lambda incident: incident.start))


def _items(text: str, file: str) -> Iterable[tuple[str, Read]] | None:
    """Each item by its place, and how it is read; None where the text is no export."""
    if text.lstrip()[:1] not in ("[", "{"):
        return _rows(text, file)
    try:
        data = json.loads(text)
    except ValueError:
        return None
    if isinstance(data, list):
        return [(f"{file} annotations[{number}]", partial(_annotation, item)) for number, item in enumerate(data, 1)]
    listed = data.get("incidents")
    if not isinstance(listed, list) or not any(isinstance(item, dict) and "created_at" in item for item in listed):
        return None
    if data.get("more"):
        hint = "get all pages (offset=), and join the lists of incidents"
        raise BuildError([Problem(f"{file} more", f"these are the first {len(listed)} of more incidents", hint)])
    return [(f"{file} incidents[{number}]", partial(_reported, item)) for number, item in enumerate(listed, 1)]


def _rows(text: str, file: str) -> list[tuple[str, Read]] | None:
    header, _, _ = text.partition("\n")
    names = [re.sub(r"\W+", "_", name.strip().lower()) for name in next(csv.reader([header]), [])]
    if not {*CREATED} & {*names} or len(names) < 2:
        return None
    reader = csv.reader(text.splitlines(keepends=True))
    next(reader)
    rows, line = list[tuple[str, Read]](), reader.line_num + 1
    for values in reader:
        if values:
            rows.append((f"{file}:{line}", partial(_row, dict(zip(names, values, strict=False)))))
        line = reader.line_num + 1
    return rows


def _annotation(item: Any) -> KnownIncident:
    if not isinstance(item, dict) or "time" not in item:
        raise Unreadable("", "this is no annotation of Grafana", NO_EXPORT)
    start, end = (_milliseconds(item, key) for key in ("time", "timeEnd"))
    if end <= start:
        raise Unreadable("timeEnd", "it is a point in time, and no incident", REGION_HINT)
    tags = item.get("tags") or []
    text = re.sub(r"<[^>]*>", " ", str(item.get("text") or ""))
    what = " ".join(text.split()) or ", ".join(map(str, tags)) or "annotation"
    return KnownIncident(start, end, what, _labels([*map(str, tags), text]))


def _milliseconds(item: Mapping[str, Any], key: str) -> float:
    value = item.get(key) or 0
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unreadable(key, f"{quoted(str(value))} is no number of milliseconds", "export the annotations again")
    return value / 1000


def _reported(item: Any) -> KnownIncident:
    if not isinstance(item, dict):
        raise Unreadable("", "this is no incident of PagerDuty", NO_EXPORT)
    fields = {name: value for name, value in item.items() if isinstance(value, str)}
    if fields.get("status") == "resolved" and not fields.get("resolved_at"):
        fields["resolved_at"] = fields.get("last_status_change_at", "")
    return _row(fields)


def _row(fields: Mapping[str, str]) -> KnownIncident:
    """An incident that is open lasts until now."""
    created, resolved = (next((name for name in names if fields.get(name)), names[0]) for names in (CREATED, RESOLVED))
    start = _time(fields, created)
    end = _time(fields, resolved) if fields.get(resolved) else time.time()
    if end <= start:
        raise Unreadable(resolved, "it ends before it starts", "correct the times, or leave it out")
    what = " ".join(next((fields[name] for name in TITLE if fields.get(name)), "incident").split())
    return KnownIncident(start, end, what, _labels([what]))


def _time(fields: Mapping[str, str], name: str) -> float:
    text = fields.get(name, "").strip()
    try:
        return read_time(text)
    except ValueError:
        raise Unreadable(name, f"{quoted(text)} is no time" if text else "it is missing", TIME_HINT) from None


def _labels(texts: Iterable[str]) -> dict[str, str]:
    return {LABELS[key]: value for key, value in _named(texts)}


def _named(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    for text in texts:
        yield from ((match[1], match[2]) for match in NAMED.finditer(text))
