"""The command `trace`: find the log lines of a request and show its trace."""

from __future__ import annotations

import argparse
import json
import re
import sys

from contract.logs import UUID
from generator.errors import BuildError, Problem
from generator.logs.log_file import STANDARD_INPUT, require_readable
from generator.logs.trace.json_output import trace_data
from generator.logs.trace.lines import TRACE_ID
from generator.logs.trace.live import follow
from generator.logs.trace.otlp import otlp_data
from generator.logs.trace.search import SearchResult, search
from generator.logs.trace.spans import build_trace
from generator.logs.trace.terminal import screen_of
from generator.logs.trace.waterfall import waterfall
from generator.reporting import Outcome


def trace(arguments: argparse.Namespace) -> Outcome:
    """Print the trace of a request, or with `follow` of each that comes. Raises `BuildError` for an id that is invalid
    or not found, for bad files, and for options that exclude each other."""
    if arguments.json and arguments.otlp:
        raise BuildError([Problem("--otlp", "it has no meaning together with --json", "remove one of the two")])
    if arguments.follow:
        return _follow(arguments)
    if arguments.request is None or not arguments.files:
        missing = "FILE" if arguments.request is not None else "REQUEST_ID, FILE"
        what = f"the following arguments are required: {missing}"
        raise BuildError([Problem(arguments.usage, what, f"{arguments.usage} --help lists the arguments")])
    request_id = _request_id(arguments.request)
    require_readable(arguments.files)
    result = search(request_id, arguments.files)
    if not result.lines:
        raise BuildError([_not_found(result, arguments.files)])
    return Outcome(result=_show(result, arguments))


def _follow(arguments: argparse.Namespace) -> Outcome:
    if any(name != STANDARD_INPUT for name in arguments.files):
        hint = "pipe the logs into the command, or omit --follow"
        raise BuildError([Problem("--follow", "only standard input is followed", hint)])
    # each trace is a document on a line of its own, and so is the last one
    arguments.streams = True
    for result in follow(_request_id(arguments.request) if arguments.request else ""):
        data = _show(result, arguments)
        if not arguments.otlp:
            print(flush=True)
        arguments.print_event("trace", **data)
    return Outcome()


def _show(result: SearchResult, arguments: argparse.Namespace) -> dict[str, object]:
    """Print a trace, unless it is printed as JSON, and return it as JSON data."""
    request_trace = build_trace(result.lines)
    if arguments.otlp:
        print(json.dumps(otlp_data(result, request_trace), separators=(",", ":")), flush=True)
    elif not arguments.json:
        print(waterfall(result, request_trace, screen_of(sys.stdout), arguments.stack), end="", flush=True)
    return trace_data(result, request_trace)


def _request_id(argument: str) -> str:
    """Return a request id in the form of the log lines. A trace id is the same without dashes."""
    request_id = argument.strip().lower()
    if TRACE_ID.fullmatch(request_id):
        ends = (8, 12, 16, 20, 32)
        request_id = "-".join(request_id[start:end] for start, end in zip((0, *ends), ends, strict=False))
    if re.fullmatch(UUID, request_id):
        return request_id
    hint = "give the request_id of a log line or the x-request-id of a response: 8-4-4-4-12 hexadecimal digits"
    raise BuildError([Problem("REQUEST_ID", f"{ascii(argument)[:80]} is not a UUID", hint)])


def _not_found(result: SearchResult, files: list[str]) -> Problem:
    searched = f"{result.counts.searched:,} lines of {len(files)} {'file' if len(files) == 1 else 'files'}"
    what = f"no line of {result.request_id} among {searched}"
    if result.counts.unreadable:
        what += f" ({result.counts.unreadable:,} with this id are truncated or have no timestamp)"
    if result.counts.damaged:
        what += f" ({result.counts.damaged:,} of the files are damaged or truncated)"
    hint = "name the logs of all services at that time; a request's lines may be in several files"
    if result.assigned_ids:
        ids = ", ".join(re.sub("[^0-9a-f-]", "?", request_id)[:36] for request_id in result.assigned_ids)
        hint = f"trace {ids}, the requests whose caller sent this id"
    return Problem("REQUEST_ID", what, hint)
