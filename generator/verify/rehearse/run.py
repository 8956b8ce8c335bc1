"""A run against a server: its inputs, the limit of what the server has to do, and the rehearsals of some builds."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial

from generator.definitions import attempt
from generator.errors import BuildError, Problem
from generator.frozen import frozen
from generator.lowering.alert_settings import with_alert_settings
from generator.pipeline import load_sources
from generator.verify.access import AccessOptions, read_access
from generator.verify.drift.rule_groups import NOT_PROMETHEUS, loaded_groups
from generator.verify.json_api import JsonApi, ServerNames
from generator.verify.rehearse.build import Notified, planned_builds
from generator.verify.rehearse.estimate import Estimate, estimate
from generator.verify.rehearse.firing import Firing
from generator.verify.rehearse.history_api import HistoryApi
from generator.verify.rehearse.incident_file import KnownIncident
from generator.verify.rehearse.incident_sources import incidents_of_file, incidents_of_server, is_of_server
from generator.verify.rehearse.rehearsed_time import RehearsedTime, rehearsed_time
from generator.verify.rehearse.summary import Summary
from generator.verify.rehearse.text import estimate_text
from generator.verify.replay.stages import ReplayRule
from generator.verify.simulation.progress import reported_progress

ACCESS = AccessOptions(
    "PROMETHEUS_URL",
    "--token-file",
    "give the URL of a Prometheus, such as http://127.0.0.1:9090",
    "write a token, or user:password, into it, and nothing else",
)
VALID = "give a token that is valid, or user:password: --token-file FILE"
NAMES = ServerNames(
    "Prometheus",
    NOT_PROMETHEUS,
    {401: VALID, 403: "give a token that may read: --token-file FILE", 404: NOT_PROMETHEUS},
)


@frozen
class RunInputs:
    """The server, the time, the incidents that people know of, and who is notified."""

    api: JsonApi
    time: RehearsedTime
    incidents: tuple[KnownIncident, ...]
    notified: Notified


@frozen
class Rehearsed:
    """The summaries of builds, in their order; what they were estimated to cost the server, and what they cost."""

    summaries: tuple[Summary, ...]
    estimate: Estimate
    cost: Estimate


def read_server(arguments: argparse.Namespace) -> tuple[JsonApi, RehearsedTime]:
    """Read the options that name a server and a time. Raises `BuildError` with the problems of all of them."""
    problems: list[Problem] = []
    time = attempt(partial(rehearsed_time, arguments), problems)
    access = attempt(partial(read_access, arguments.url, arguments.token_file, ACCESS), problems)
    if time is None or access is None:
        raise BuildError(sorted(problems))
    return JsonApi(NAMES, access, arguments.timeout), time


def read_inputs(arguments: argparse.Namespace) -> RunInputs:
    """Read the options and what they name. Raises `BuildError` with the problems of all options."""
    problems: list[Problem] = []
    server = attempt(partial(read_server, arguments), problems)
    of_server = is_of_server(arguments.incidents)
    incidents = () if of_server else attempt(partial(read_known_incidents, arguments), problems)
    if server is None or incidents is None:
        raise BuildError(sorted(problems))
    api, time = server
    notified = read_notified(arguments)
    if of_server:
        history = HistoryApi(api, arguments.pause)
        incidents = incidents_of_server(history, arguments.incidents, notified.platform, time)
    return RunInputs(api, time, incidents, notified)


def read_known_incidents(arguments: argparse.Namespace) -> tuple[KnownIncident, ...]:
    """The incidents of the file that an option names, if it does. Raises `BuildError` with its problems."""
    return incidents_of_file(arguments.incidents) if arguments.incidents else ()


def read_notified(arguments: argparse.Namespace) -> Notified:
    """Who is notified on the platform. Raises `BuildError` with the problems of its file."""
    sources = load_sources(arguments.platform)
    return Notified(sources.platform, with_alert_settings(sources.platform, sources.definitions).routing)


def rehearse_builds(
    arguments: argparse.Namespace, inputs: RunInputs, builds: Sequence[Sequence[ReplayRule]]
) -> Rehearsed:
    """Rehearse builds, by their rules, and print the estimate first. Raises `BuildError`: the server gives no answer,
    or it would read too many samples."""
    api, time = inputs.api, inputs.time
    probing, history = (HistoryApi(api, arguments.pause) for _ in range(2))
    with reported_progress(arguments.command) as progress:
        planned = planned_builds(probing, builds, loaded_groups(api), time, progress)
    expected = estimate([cost for build in planned for cost in build.costs], arguments.pause)
    print(estimate_text(expected), flush=True)
    require_limit(expected, arguments)
    known: dict[str, tuple[Firing, ...]] = {}
    with reported_progress(arguments.command) as progress:
        summaries = tuple(build.run(history, inputs.notified, time, progress, known) for build in planned)
    seconds = history.seconds + arguments.pause * history.requests
    return Rehearsed(summaries, expected, Estimate(history.samples or None, seconds, history.requests))


def require_limit(expected: Estimate, arguments: argparse.Namespace) -> None:
    """Raise `BuildError` where the server would read too many samples."""
    if arguments.yes or (expected.samples or 0) <= arguments.max_samples:
        return
    what = f"the server would read {expected.samples:,} samples"
    hint = "give a shorter --since, a higher limit, or --yes"
    raise BuildError([Problem(f"--max-samples {arguments.max_samples:,}", what, hint)])
