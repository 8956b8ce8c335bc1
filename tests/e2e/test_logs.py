"""What the Workers log is of the contract's form, holds no secret, and tells what each request did."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from generator.ir.build import Compiled
from tests.e2e.client import Sent
from tests.e2e.drive import AlertTest
from tests.e2e.planted import NEEDLES
from tests.e2e.scenario import OUTSIDE


@pytest.fixture(scope="module")
def kept(story: AlertTest) -> Sent:
    """A question that was kept as a document, and answered."""
    return next(one for one in story.sent if one.route == "/chat" and one.documents and not one.failed)


def test_every_line_is_of_the_contract(story: AlertTest, built: tuple[Compiled, Path]) -> None:
    """Each validates, there are lines of every step of a request, and nobody else writes any."""
    schema = json.loads(built[0].texts["contract/log.schema.json"])
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    lines = story.application.lines()
    problems = [
        f"{error.json_path}: {error.message}: {line}" for line in lines for error in validator.iter_errors(line)
    ]
    assert problems == []
    assert {"arrival", "call", "answer", "message"} <= {line["metadata"]["step"] for line in lines}
    assert [line[:200] for line in story.application.said() if not line.startswith("{")] == []


@pytest.mark.parametrize("what", NEEDLES)
def test_no_line_holds_a_secret(story: AlertTest, what: str) -> None:
    """What people put into questions, headers and names of conversations, and what errors quote, is never written."""
    forms = {NEEDLES[what], json.dumps(NEEDLES[what])[1:-1]}
    assert [line[:200] for line in story.application.said() if any(form in line for form in forms)] == []


def test_redaction_was_tried(story: AlertTest) -> None:
    """Errors that quote questions are in the log, and so are conversations named by an address: what was secret in them
    is taken out."""
    lines = story.application.lines()
    quoted = [line["error"]["message"] for line in lines if line.get("error")]
    assert [message for message in quoted if message.startswith("a question of") and "[redacted:" in message]
    named = {line["metadata"]["conversation"] for line in lines if "conversation" in line["metadata"]}
    assert {"[redacted:email]/0", "careless"} <= named


def test_one_id_goes_all_the_way(story: AlertTest, kept: Sent) -> None:
    """The id that the caller was answered with is on the lines of both Workers, of the Durable Object and of what the
    queue brought; all of one tenant."""
    mine = [line for line in story.application.lines() if line["request_id"] == kept.request_id]
    told = {(line["service"], line["message"]) for line in mine}
    assert {("worker-api", "conversation turn"), ("ingest-worker", "document stored")} <= told
    assert {("worker-api", "/chat"), ("ingest-worker", "/ingest")} == {(one["service"], one["route"]) for one in mine}
    assert {line["tenant_id"] for line in mine} == {kept.tenant}


def test_an_id_from_outside_is_not_adopted(story: AlertTest) -> None:
    """It stands beside the id that was minted and answered, and is none."""
    lines = story.application.lines()
    asked = [line for line in lines if line["metadata"].get("caller_request_id") == OUTSIDE]
    assert {line["request_id"] for line in asked} == {one.request_id for one in story.sent if one.route == "other"}
    assert all(line["request_id"] != OUTSIDE for line in lines)


def test_the_commands_read_it(story: AlertTest, kept: Sent, root: Path) -> None:
    """`logs check` finds no fault in the file, and `trace` draws the request through both Workers and the queue."""
    checked = _generator(root, "logs", "check", str(story.application.log))
    assert checked.returncode == 0, checked.stderr
    traced: Any = json.loads(_generator(root, "trace", "--json", kept.request_id, str(story.application.log)).stdout)
    servers = [(span["service"], span["name"]) for span in traced["spans"]]
    assert servers == [("worker-api", "worker-api /chat"), ("ingest-worker", "ingest-worker /ingest")]
    assert "ingest-worker /ingest" in json.dumps(traced["spans"][0]["children"])


def _generator(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "generator", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
