"""The command `trace`: find the log lines of one request and show its trace."""

from __future__ import annotations

import argparse
import re
import sys

from contract.logs import UUID
from generator.errors import BuildError, Problem
from generator.logs.log_file import require_readable
from generator.logs.trace.json_output import trace_data
from generator.logs.trace.search import SearchResult, search
from generator.logs.trace.spans import build_trace
from generator.logs.trace.terminal import screen_of
from generator.logs.trace.waterfall import waterfall
from generator.reporting import Outcome


def trace(arguments: argparse.Namespace) -> Outcome:
    """Print the trace of a request. Raises `BuildError` for an id that is invalid or not found, and for bad files."""
    request_id = arguments.request.strip().lower()
    if not re.fullmatch(UUID, request_id):
        hint = "give the request_id of a log line or the x-request-id of a response: 8-4-4-4-12 hexadecimal digits"
        raise BuildError([Problem("REQUEST_ID", f"{ascii(arguments.request)[:80]} is not a UUID", hint)])
    require_readable(arguments.files)
    result = search(request_id, arguments.files)
    if not result.lines:
        raise BuildError([_not_found(result, arguments.files)])
    request_trace = build_trace(result.lines)
    if not arguments.json:
        print(waterfall(result, request_trace, screen_of(sys.stdout), arguments.stack), end="")
    return Outcome(result=trace_data(result, request_trace))


def _not_found(result: SearchResult, files: list[str]) -> Problem:
    searched = f"{result.counts.searched:,} lines of {len(files)} {'file' if len(files) == 1 else 'files'}"
    what = f"no line of {result.request_id} among {searched}"
    if result.counts.unreadable:
        what += f" ({result.counts.unreadable:,} with this id are truncated or have no timestamp)"
    hint = "name the logs of all services at that time; a request's lines may be in several files"
    if result.assigned_ids:
        ids = ", ".join(re.sub("[^0-9a-f-]", "?", request_id)[:36] for request_id in result.assigned_ids)
        hint = f"trace {ids}, the requests whose caller sent this id"
    return Problem("REQUEST_ID", what, hint)
