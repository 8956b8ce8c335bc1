"""`python -m generator rehearse`: what the output's alerts would have done over a server's history. It only reads."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from generator.errors import BuildError, Problem
from generator.output import RULES_FOLDER
from generator.reporting import Outcome
from generator.verify.rehearse.build import committed_rules
from generator.verify.rehearse.comment import comment
from generator.verify.rehearse.data import result_data
from generator.verify.rehearse.expectation import differences, read_expectation
from generator.verify.rehearse.export_command import export_command
from generator.verify.rehearse.incident_sources import is_of_server
from generator.verify.rehearse.page import page
from generator.verify.rehearse.recorded_run import rehearse_recording, time_of_recording
from generator.verify.rehearse.recording_file import read_recording
from generator.verify.rehearse.rehearsed_time import rehearsed_time
from generator.verify.rehearse.result import RehearsalResult
from generator.verify.rehearse.run import read_inputs, read_known_incidents, read_notified, rehearse_builds
from generator.verify.rehearse.text import result_lines
from generator.verify.replay.stages import ReplayRule, load_rules

OF_SERVER = ("url", "since", "until", "token_file", "export")
"""What cannot be given with a recording."""
OF_RESULT = ("base", "incidents", "html", "comment", "expect")
"""What cannot be given with an export, which rehearses nothing."""
OF_EXPORT = ("names", "hide_tenants")


def command(arguments: argparse.Namespace) -> Outcome:
    """Rehearse the output's rules, and print what they would have done, or write a recording. The status is 1 where an
    alert could not be rehearsed, or is not as expected. Raises `BuildError`: wrong arguments, a server that gives no
    answer, or too many samples."""
    problems = [*_option_problems(arguments)]
    if problems:
        raise BuildError(problems)
    if arguments.export:
        return export_command(arguments)
    expected = read_expectation(arguments.expect) if arguments.expect else None
    result = _on_recording(arguments) if arguments.recording else _on_server(arguments)
    _write(arguments, result)
    data = result_data(result)
    unexpected = [*differences(expected, data)] if expected else []
    for line in unexpected:
        print(f"not as expected: {line}")
    if expected and not unexpected:
        print(f"as expected: {arguments.expect}")
    return Outcome(1 if unexpected or (result.not_rehearsed and not expected) else 0, data | {"unexpected": unexpected})


def _option_problems(arguments: argparse.Namespace) -> Iterator[Problem]:
    if not arguments.url and not arguments.recording:
        hint = "give the URL of a Prometheus, or --recording FILE"
        yield Problem("PROMETHEUS_URL", "it is missing", hint)
    wrong: list[tuple[tuple[str, ...], str, str]] = []
    if arguments.recording:
        wrong.append((OF_SERVER, "--recording", "a recording has its own time, and needs no server"))
    if arguments.export:
        wrong.append((OF_RESULT, "--export", "an export rehearses nothing"))
    else:
        wrong.append((OF_EXPORT, "a rehearsal", "it is about what --export writes"))
    if arguments.recording and is_of_server(arguments.incidents):
        hint = "give a file of incidents, with the pseudonyms of tenants"
        yield Problem(f"--incidents {arguments.incidents}", "a recording does not have the server's alerts", hint)
    for names, beside, why in wrong:
        for name in names:
            if getattr(arguments, name):
                option = "PROMETHEUS_URL" if name == "url" else f"--{name.replace('_', '-')}"
                yield Problem(option, f"it cannot be given for {beside}", f"leave it out: {why}")


def _builds(arguments: argparse.Namespace) -> list[tuple[ReplayRule, ...]]:
    builds = [load_rules(arguments.out / RULES_FOLDER)]
    if arguments.base:
        builds.append(committed_rules(arguments.base, arguments.out))
    return builds


def _on_server(arguments: argparse.Namespace) -> RehearsalResult:
    inputs = read_inputs(arguments)
    rehearsed = rehearse_builds(arguments, inputs, _builds(arguments))
    after, *before = rehearsed.summaries
    return RehearsalResult(
        inputs.api.url,
        inputs.time,
        rehearsed.estimate,
        rehearsed.cost,
        after,
        arguments.base,
        before[0] if before else None,
        inputs.incidents,
    )


def _on_recording(arguments: argparse.Namespace) -> RehearsalResult:
    recording = read_recording(arguments.recording)
    time = time_of_recording(recording, rehearsed_time(arguments))
    incidents = read_known_incidents(arguments)
    summaries = rehearse_recording(arguments, recording, read_notified(arguments), time, _builds(arguments))
    after, *before = summaries
    source = str(arguments.recording)
    return RehearsalResult(source, time, None, None, after, arguments.base, before[0] if before else None, incidents)


def _write(arguments: argparse.Namespace, result: RehearsalResult) -> None:
    for line in result_lines(result):
        print(line)
    for path, content in ((arguments.html, page), (arguments.comment, comment)):
        if path is None:
            continue
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content(result), encoding="utf-8")
        except OSError as error:
            problem = Problem(str(path), f"it cannot be written ({error.strerror})", "name another file")
            raise BuildError([problem]) from None
        print(path, file=sys.stderr)
