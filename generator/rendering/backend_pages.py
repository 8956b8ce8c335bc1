"""docs/backends: a page for each backend, and docs/backends.md, which compares them; all from the table of backends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.dsl.backend import ROOM_FOR_GROWTH, Backend, OutputPart, Setting
from generator.dsl.backends import BACKENDS, PROMETHEUS
from generator.rendering.templates import render

EXAMPLE = "35d"
NONE = "none"
NOT_MEASURED = "not measured"
Results = Mapping[str, Any]
"""What `make backends` measured of a backend in a version."""


def backend_pages(command: str) -> dict[str, str]:
    """The page of each backend by its file name, in the order of the table."""
    return {
        f"{backend.name}.md": render(
            "backend.md.j2",
            backend=backend,
            facts=dict(_facts(backend)),
            files=list(_files(backend)),
            missing=_missing_parts(backend),
            is_default=backend is PROMETHEUS,
            command=command,
        )
        for backend in BACKENDS.values()
    }


def comparison_page(command: str, measured: Mapping[str, Results]) -> str:
    """docs/backends.md: what is the same for all backends, the table of what differs, and what a run measured."""
    facts = {backend.name: dict(_facts(backend)) for backend in BACKENDS.values()}
    order = list(BACKENDS)
    results = sorted(measured.values(), key=lambda each: (order.index(each["backend"]), each["version"]))
    columns = [dict(_measured(each)) for each in results]
    return render(
        "backends.md.j2",
        backends=BACKENDS,
        facts=facts,
        names=list(facts[PROMETHEUS.name]),
        measured=results,
        columns=columns,
        differing=list(_differing(results)),
        failing=list(_failing(results)),
        command=command,
    )


def _measured(results: Results) -> Iterator[tuple[str, str]]:
    """Each row of the table of what was measured, with its text."""
    yield "Requests stored, of 2,000 of 20 tenants over 2 shards", _number(results, "requests")
    yield "Of them in increases", _number(results, "in_increases")
    yield "Minutes live on the day before", _number(results, "minutes")
    yield "Rules, failing", f"{_number(results, 'rules')}, {_number(results, 'failing_rules')}"
    yield "Alerts of the incident", _number(results, "alerts")
    yield (
        "Seconds by which an alert fires earlier or later than in the newest Prometheus, at most",
        _number(results, "seconds_apart"),
    )
    yield "Difference of the day's tokens, at most", _percent(results, "amounts_percent")
    yield "Difference of quantiles, at most", _percent(results, "quantiles_percent")
    yield "Alert tests of its build that pass", _alert_tests(results)


def _number(results: Results, key: str) -> str:
    return f"{results[key]:,g}" if key in results else NOT_MEASURED


def _percent(results: Results, key: str) -> str:
    return f"{results[key]:g} %" if key in results else NOT_MEASURED


def _alert_tests(results: Results) -> str:
    if "alert_tests" not in results:
        return NOT_MEASURED
    tests = results["alert_tests"]
    return f"{tests['passed']:,} of {tests['tests']:,}, by {tests['tool']}"


def _failing(measured: list[Results]) -> Iterator[tuple[str, str]]:
    """Each alert test that does not pass, and its cause."""
    for results in measured:
        yield from sorted(results.get("alert_tests", {}).get("failing", {}).items())


def _differing(measured: list[Results]) -> Iterator[tuple[str, str, list[str]]]:
    """Each recorded series that differs by more in any version, its cause, and the difference of each version."""
    causes = {name: each["cause"] for results in measured for name, each in results.get("larger", {}).items()}
    for name, cause in sorted(causes.items()):
        yield name, cause, [_difference(results, name) for results in measured]


def _difference(results: Results, name: str) -> str:
    if "larger" not in results:
        return NOT_MEASURED
    return f"{results['larger'][name]['percent']:g} %" if name in results["larger"] else "≤ 0.1 %"


def _facts(backend: Backend) -> Iterator[tuple[str, str]]:
    """Each fact of the table with its title."""
    yield "Versions", backend.versions
    yield "Counters", "end in `_total`" if backend.adds_suffixes else "keep their names"
    yield "OTLP", " or ".join(backend.encodings) or NONE
    yield "Path of OTLP", f"`{backend.otlp_path}`" if backend.otlp_path.startswith("/") else backend.otlp_path
    yield "Authentication", backend.authentication
    yield "Start of a series", backend.start_times
    yield "Rules in a group, groups", f"{backend.max_rules or 'any'}, {backend.max_groups or 'any'}"
    yield (
        "Namespaces of rules",
        "the names of files, with `workers-ai-` before them" if backend.has_namespaces else NONE,
    )
    delay = backend.rule_delay.text() if backend.rule_delay is not None else NONE
    yield "Delay of rules", f"{delay} ({backend.delay_setting})" if backend.delay_setting else NOT_MEASURED
    from_room = (
        f", or sums of growth where groups may have {ROOM_FOR_GROWTH} rules" if backend.reads_own_results else ""
    )
    amounts = "sums of growth" if backend.sums_growth else f"increases of raw counters{from_room}"
    yield "Amounts of more than an hour", amounts
    yield "Native histograms", "by choice" if backend.converts_histograms else "refused"
    yield "Retention", backend.retention.replace("{retention}", EXAMPLE)
    yield "Reserved labels", ", ".join(f"`{name}`" for name in backend.reserved_labels) or NONE


def _files(backend: Backend) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Each file of `out/backend` with its settings and their reasons."""
    for program in backend.programs:
        yield f"{program.name}.flags", _settings(program.flags)
    if backend.limits:
        yield "limits.yaml", _settings(backend.limits)
    if backend.histogram_limits:
        yield "limits.yaml, with `histograms: native`", _settings(backend.histogram_limits)


def _settings(settings: tuple[Setting, ...]) -> list[tuple[str, str]]:
    return [(setting.on(EXAMPLE), setting.reason) for setting in settings]


def _missing_parts(backend: Backend) -> list[str]:
    """The parts of the output that the backend does not need."""
    return [part.value for part in OutputPart if not backend.has(part)]
