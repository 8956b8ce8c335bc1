"""The overrides of tenants that a Prometheus scrapes, and the file in which a build has written them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from contract.alerting import OVERRIDES_INFO
from contract.labels import TENANT
from generator.errors import BuildError, Problem
from generator.output import OVERRIDES_FILE
from generator.rendering.overrides_file import SCRAPE_JOB, labels_text, series_in, series_line
from generator.verify.drift.difference import Difference, changed
from generator.verify.drift.rule_groups import BUILD_HINT, NOT_PROMETHEUS, SERVER
from generator.verify.json_api import JsonApi

Series: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]
Values: TypeAlias = Mapping[Series, float]

WHERE = "overrides file"
NAMES = f"{TENANT.name}:.+:override|{OVERRIDES_INFO.name}"
"""The regular expression of what the file has."""
MAX_OTHERS = 1_000
"""How many series are read beside twice as many as the file has, which a querier of a pair may have."""
MAX_LISTED = 20
"""How many differences of a kind are listed."""
WITH_OR_WITHOUT_QUERIES = (200, 400, 403, 404, 422, 501)
"""A ruler may have no queries, a token may not ask them, and a query may read more than is allowed."""


class _RefusedQueryError(Exception):
    """A query is refused."""


def built_overrides(out: Path) -> Values:
    """The values of the series in the file of a build; none where it has no such file.

    Raises `BuildError` where it cannot be read.
    """
    path = out / OVERRIDES_FILE
    try:
        if not path.exists():
            return {}
        parsed = series_in(path.read_text(encoding="utf-8"))
        return {(name, tuple(sorted(labels.items()))): float(value) for name, labels, value in parsed}
    except (OSError, ValueError) as error:
        raise BuildError([Problem(str(path), f"it is not a file of a build ({error})", BUILD_HINT)]) from None


def compare_overrides(api: JsonApi, expected: Values) -> list[Difference]:
    """Where a Prometheus has other overrides than a file. What is there is read only where it is
    not many times as much. Raises `BuildError`: the answers have an unknown form."""
    if not expected:
        return []
    try:
        return [Difference(SERVER, WHERE, what) for what in _compare(api, expected)]
    except _RefusedQueryError as error:
        return [Difference(SERVER, WHERE, f"it is not compared: {error}")]
    except (TypeError, LookupError, ValueError, AttributeError):
        raise BuildError([Problem(api.url, "it answers queries in an unknown form", NOT_PROMETHEUS)]) from None


def _compare(api: JsonApi, expected: Values) -> Iterator[str]:
    selector = _selector(expected)
    count = sum(int(each["value"][1]) for each in _vector(api, f"count({selector})"))
    if not count:
        yield _why_none(api)
        return
    if count > 2 * len(expected) + MAX_OTHERS:
        yield f"{count} series are there, and {len(expected)} are in the file: too many to read each"
        return
    actual = _scraped(api, expected, selector)
    others = sorted(actual.keys() - expected.keys())
    yield from _listed("are missing", sorted(expected.keys() - actual.keys()), lambda key: f"{_text(key)} is missing")
    yield from _listed("are there", others, lambda key: api.public(f"{_text(key)} is there; no build wrote it"))
    both = sorted(key for key in expected.keys() & actual.keys() if expected[key] != actual[key])
    yield from _listed(
        "have another value",
        both,
        lambda key: changed(_text(key), f"{expected[key]:.12g}", f"{actual[key]:.12g}"),
    )


def _why_none(api: JsonApi) -> str:
    targets = sorted(_vector(api, f'up{{job="{SCRAPE_JOB}"}}'), key=lambda each: str(each["metric"]))
    if not targets:
        return f'no series of it is there: no job "{SCRAPE_JOB}" is scraped'
    states = (
        f"{each['metric'].get('instance', '')} is {'up' if float(each['value'][1]) else 'down'}" for each in targets
    )
    return api.public(f'no series of it is there: of the job "{SCRAPE_JOB}", {", ".join(states)}')


def _scraped(api: JsonApi, expected: Values, selector: str) -> dict[Series, float]:
    """The series by their name and by those labels that the file has: the rules drop others, too, and take the highest
    of several values."""
    known = {name for _, labels in expected for name, _ in labels}
    result: dict[Series, float] = {}
    for each in _vector(api, selector):
        labels = tuple(sorted((name, value) for name, value in each["metric"].items() if name in known))
        key = each["metric"]["__name__"], labels
        result[key] = max(float(each["value"][1]), result.get(key, float("-inf")))
    return result


def _selector(expected: Values) -> str:
    """All series of the platform that may be of the file. Its labels beside the tenant are those of the platform."""
    identity = {name: value for _, labels in expected for name, value in labels if name != TENANT.name}
    return f'{{__name__=~"{NAMES}",{labels_text(identity)}}}'


def _vector(api: JsonApi, expression: str) -> list[Mapping[str, Any]]:
    answer = api.get("/api/v1/query", WITH_OR_WITHOUT_QUERIES, query=expression)
    if answer.status != WITH_OR_WITHOUT_QUERIES[0]:
        raise _RefusedQueryError(f"a query is answered with {answer.status}: {api.public(answer.message)}")
    return list(answer.data["data"]["result"])


def _listed(what: str, keys: list[Series], text: Callable[[Series], str]) -> Iterator[str]:
    for key in keys[:MAX_LISTED]:
        yield text(key)
    if len(keys) > MAX_LISTED:
        yield f"{len(keys) - MAX_LISTED} more {what}"


def _text(series: Series) -> str:
    return series_line(series[0], dict(series[1]))
