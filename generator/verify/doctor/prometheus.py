"""Reads a Prometheus, or another server with its API: what it is, its rules, and the platform's series."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from contract.ai import AI_REQUESTS
from contract.api import REQUESTS
from generator.errors import BuildError, Problem
from generator.verify.doctor.queries import (
    AHEAD,
    HEARTBEAT_MINUTES,
    heartbeat_query,
    identity_matchers,
    instant_queries,
)
from generator.verify.doctor.read_only import QUERY, ReadOnlyApi
from generator.verify.doctor.subject import Subject
from generator.verify.doctor.system import EvaluatedGroup, EvaluatedRule, Heartbeats, PrometheusState, Sample
from generator.verify.drift.durations import seconds_of
from generator.verify.drift.rule_groups import NOT_PROMETHEUS, WITH_OR_WITHOUT, prometheus_version
from generator.verify.json_api import OK

T = TypeVar("T")
HOUR, DAY = 3_600, 86_400
FEATURES = "enable-feature"
NAMES_HOURS = 1
"""How far back the names of series are read; Prometheus answers by whole blocks, which hold two hours."""


def read_prometheus(api: ReadOnlyApi, subject: Subject) -> tuple[PrometheusState, list[Problem]]:
    """What a Prometheus answers, and the problems of the queries that it refuses, whose results are then empty.

    Raises `BuildError` where it does not answer, and where it is none.
    """
    try:
        version = prometheus_version(api)
        time = _clock(api)
        groups = [_group(each) for each in _data(api, "/api/v1/rules")["groups"]]
        problems: list[Problem] = []
        vectors = {
            query.name: _attempt(partial(_vector, api, query.expression), problems) or []
            for query in instant_queries(subject)
        }
        heartbeats = _attempt(partial(_heartbeats, api, subject, time), problems) or []
        own = f"{{{','.join(identity_matchers(subject))}}}"
        requests, ai_requests = (f"{subject.name(metric)}{own}" for metric in (REQUESTS, AI_REQUESTS))
        window = subject.platform.availability.window.seconds
        values = partial(_label_values, api)
        state = PrometheusState(
            version=version,
            has_metricsql=_has_metricsql(api),
            time=time,
            features=_features(api),
            retention=_retention(api),
            names=values("__name__", own, time - NAMES_HOURS * HOUR, time),
            label_names=_label_names(api, subject, time),
            types=_types(api),
            models=values("model", ai_requests, time - DAY, time),
            tenants=values("tenant_id", requests, time - window, time),
            heartbeats=heartbeats,
            groups=groups,
            alertmanagers=_alertmanagers(api),
            vectors=vectors,
        )
    except (TypeError, LookupError, ValueError, AttributeError):
        raise BuildError([Problem(api.url, "it answers in an unknown form", NOT_PROMETHEUS)]) from None
    return state, problems


def _attempt(ask: Callable[[], T], problems: list[Problem]) -> T | None:
    """The result of a query; None where the server refuses it, and the problem is added."""
    try:
        return ask()
    except BuildError as error:
        problems += error.problems
        return None


def _data(api: ReadOnlyApi, path: str, **query: str | list[str]) -> Any:
    return api.get(path, OK, **query).data["data"]


def _optional(api: ReadOnlyApi, path: str, **query: str) -> Any:
    """The data of a resource that not every server has; None without it."""
    answer = api.get(path, WITH_OR_WITHOUT, **query)
    is_here = answer.status == WITH_OR_WITHOUT[0] and isinstance(answer.data, dict)
    return answer.data.get("data") if is_here else None


def _result(api: ReadOnlyApi, expression: str, **parameters: str) -> Any:
    return api.query(QUERY, query=expression, **parameters).data["data"]["result"]


def _clock(api: ReadOnlyApi) -> float:
    """The time of a server's clock. VictoriaMetrics evaluates half a minute earlier without this offset."""
    (result,) = _result(api, "vector(time())", latency_offset="1ms")
    return float(result["value"][1])


def _vector(api: ReadOnlyApi, expression: str) -> list[Sample]:
    return [Sample(_public(api, each["metric"]), float(each["value"][1])) for each in _result(api, expression)]


def _public(api: ReadOnlyApi, labels: Mapping[str, str]) -> dict[str, str]:
    return {name: api.public(value) for name, value in labels.items()}


def _heartbeats(api: ReadOnlyApi, subject: Subject, time: float) -> list[Heartbeats]:
    """The heartbeats by series, without those that were sent before the last hour."""
    query = heartbeat_query(subject)
    since = time - HEARTBEAT_MINUTES * 60
    result = _result(api, query, time=f"{time + AHEAD:.3f}")
    series = [(each["metric"], [(float(at), float(value)) for at, value in each["values"]]) for each in result]
    recent = ((labels, [pair for pair in pairs if pair[0] >= since]) for labels, pairs in series)
    return [
        Heartbeats(_public(api, labels), [at for at, _ in pairs], [value for _, value in pairs])
        for labels, pairs in recent
        if pairs
    ]


def _label_values(api: ReadOnlyApi, label: str, match: str, start: float, end: float) -> frozenset[str]:
    query = {"match[]": match, "start": f"{start:.0f}", "end": f"{end:.0f}"}
    return frozenset(map(str, _data(api, f"/api/v1/label/{label}/values", **query)))


def _label_names(api: ReadOnlyApi, subject: Subject, time: float) -> frozenset[str]:
    """The names of all labels of the Workers' series."""
    own = ",".join(identity_matchers(subject))
    query = {
        "match[]": [f"{subject.counted_name(metric)}{{{own}}}" for metric in subject.metrics],
        "start": [f"{time - NAMES_HOURS * HOUR:.0f}"],
        "end": [f"{time:.0f}"],
    }
    return frozenset(map(str, _data(api, "/api/v1/labels", **query)))


def _has_metricsql(api: ReadOnlyApi) -> bool:
    """Whether a server is VictoriaMetrics, which says nothing of its build but a version of Prometheus."""
    return list(_optional(api, "/api/v1/status/buildinfo") or ()) == ["version"]


def _features(api: ReadOnlyApi) -> frozenset[str] | None:
    flags = _optional(api, "/api/v1/status/flags")
    is_known = isinstance(flags, dict) and FEATURES in flags
    return frozenset(filter(None, str(flags[FEATURES]).split(","))) if is_known else None


def _retention(api: ReadOnlyApi) -> float | None:
    """The shortest time of `35d` or `35d or 10GiB`; None where nothing but a size limits it."""
    information = _optional(api, "/api/v1/status/runtimeinfo")
    text = str(information.get("storageRetention") or "") if isinstance(information, dict) else ""
    for part in text.split(" or "):
        try:
            return seconds_of(part) or None
        except ValueError:
            continue
    return None


def _types(api: ReadOnlyApi) -> dict[str, str]:
    """The types of metrics as their source declares them; Prometheus knows those of what it scrapes."""
    metadata = _optional(api, "/api/v1/metadata", limit_per_metric="1")
    return {name: str(each[0]["type"]) for name, each in metadata.items() if each} if isinstance(metadata, dict) else {}


def _alertmanagers(api: ReadOnlyApi) -> list[str]:
    """The Alertmanagers to which it sends alerts. A ruler without this resource answers nothing of them."""
    data = _optional(api, "/api/v1/alertmanagers")
    return [api.public(str(each["url"])) for each in data["activeAlertmanagers"]] if isinstance(data, dict) else []


def _group(group: Mapping[str, Any]) -> EvaluatedGroup:
    return EvaluatedGroup(
        str(group["name"]),
        float(group["interval"]),
        float(group.get("evaluationTime") or 0),
        _seconds_since_1970(str(group.get("lastEvaluation") or "")),
        [_rule(rule) for rule in group["rules"]],
    )


def _rule(rule: Mapping[str, Any]) -> EvaluatedRule:
    alerts: Sequence[Mapping[str, Any]] = rule.get("alerts") or ()
    firing = [each["labels"] for each in alerts if each.get("state") == "firing"]
    error = str(rule.get("lastError") or "an unknown error") if rule.get("health") == "err" else ""
    return EvaluatedRule(str(rule["name"]), rule["type"] == "alerting", error, firing)


def _seconds_since_1970(text: str) -> float:
    """The seconds of a time as RFC 3339 writes it; 0 for the year 1, in which nothing was evaluated."""
    date, _, rest = text.partition("T")
    if not rest or date.startswith("0001"):
        return 0
    clock = rest[:8]
    zone = "+00:00" if rest.endswith("Z") else rest[-6:]
    return datetime.fromisoformat(f"{date}T{clock}{zone}").timestamp()
