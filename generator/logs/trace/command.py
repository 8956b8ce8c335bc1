"""The command: find one request's lines, and draw how it went."""

from __future__ import annotations

import argparse
import re
import sys

from contract.logs import UUID
from generator.errors import BuildError, Problem
from generator.logs.reader import readable
from generator.logs.trace.as_json import as_json
from generator.logs.trace.search import Searched, searched
from generator.logs.trace.terminal import screen_of
from generator.logs.trace.tree import flow
from generator.logs.trace.waterfall import waterfall


def trace(given: argparse.Namespace) -> int:
    """Print the flow of a request. Raises Faults for an id that is none or is not found, and for files that are not."""
    request = given.request.strip().lower()
    if not re.fullmatch(UUID, request):
        shape = "give the request_id of a log line or the x-request-id of an answer: 8-4-4-4-12 hexadecimal digits"
        raise BuildError([Problem("REQUEST_ID", f"{ascii(given.request)[:80]} is no UUID", shape)])
    readable(given.files)
    found = searched(request, given.files)
    if not found.lines:
        raise BuildError([_unknown(found, given.files)])
    told = flow(found.lines)
    screen = screen_of(sys.stdout)
    print(as_json(found, told) if given.json else waterfall(found, told, screen, given.stack), end="")
    return 0


def _unknown(found: Searched, files: list[str]) -> Problem:
    """Why a request was not found, and where else to look."""
    lines = f"{found.counts.lines:,} lines of {len(files)} {'file' if len(files) == 1 else 'files'}"
    what = f"no line of {found.request} among {lines}"
    if found.counts.unreadable:
        what += f"; {found.counts.unreadable:,} that name it are cut or do not say when"
    hint = "name the logs of all services at that time; a request's lines may be in several files"
    if found.callers:
        listed = ", ".join(re.sub("[^0-9a-f-]", "?", one)[:36] for one in found.callers)
        hint = f"a caller gave this id to requests that have ids of ours; trace {listed}"
    return Problem("REQUEST_ID", what, hint)
