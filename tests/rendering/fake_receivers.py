"""Servers on loopback in place of those of the channels: one of HTTP for all webhooks and APIs, and one of SMTP."""

from __future__ import annotations

import email
import email.policy
import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

TIMEOUT = 30.0
"""Seconds."""
SENT = {"ok": True, "result": {"message_id": 1, "date": 0, "chat": {"id": 1}}}
"""What Telegram answers; the others look at the status alone, but for Slack."""


@dataclass(frozen=True)
class Request:
    """What was sent to a channel: the path after the channel's, the header Authorization, and the document."""

    channel: str
    path: str
    authorization: str
    document: Any


@dataclass
class Inbox:
    """What the servers received, in its order."""

    requests: list[Request] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)
    http_port: int = 0
    smtp_port: int = 0

    def url(self, channel: str) -> str:
        """The URL of a channel."""
        return f"http://127.0.0.1:{self.http_port}/{channel}"

    def of(self, channel: str) -> list[Request]:
        """The requests to a channel."""
        return [request for request in self.requests if request.channel == channel]

    def wait_until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until a condition holds. Raises TimeoutError: it never did."""
        deadline = time.monotonic() + TIMEOUT
        while not holds():
            if time.monotonic() > deadline:
                received = sorted({request.channel for request in self.requests})
                raise TimeoutError(f"{what}; received from {received} and {len(self.mails)} mails")
            time.sleep(0.02)


@contextmanager
def inbox() -> Iterator[Inbox]:
    """Run both servers until the end of the block."""
    received = Inbox()

    class Http(_Http):
        inbox = received

    class Smtp(_Smtp):
        inbox = received

    class SmtpServer(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with ThreadingHTTPServer(("127.0.0.1", 0), Http) as http, SmtpServer(("127.0.0.1", 0), Smtp) as smtp:
        received.http_port, received.smtp_port = http.server_port, smtp.server_address[1]
        threads = [threading.Thread(target=server.serve_forever, args=(0.02,)) for server in (http, smtp)]
        for thread in threads:
            thread.start()
        try:
            yield received
        finally:
            http.shutdown()
            smtp.shutdown()
            for thread in threads:
                thread.join()


class _Http(BaseHTTPRequestHandler):
    """Keeps what is posted."""

    inbox: ClassVar[Inbox]

    def do_POST(self) -> None:
        """Answer as the channel does when it accepts a message."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        channel, _, path = self.path.lstrip("/").partition("/")
        authorization = self.headers.get("Authorization", "")
        self.inbox.requests.append(Request(channel, path, authorization, json.loads(body)))
        answer, kind = (b"ok", "text/plain") if channel == "slack" else (json.dumps(SENT).encode(), "application/json")
        self.send_response(202 if channel in ("pagerduty", "opsgenie") else 200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *arguments: object) -> None:
        """Log nothing."""


class _Smtp(socketserver.StreamRequestHandler):
    """Accepts every message, without TLS and without a user."""

    inbox: ClassVar[Inbox]

    def handle(self) -> None:
        """Answer one client until it quits, or ends without a word."""
        with suppress(ConnectionError):
            self._answer_client()

    def _answer_client(self) -> None:
        self._answer("220 ready")
        while line := self.rfile.readline().strip():
            command = line[:4].upper()
            if command == b"DATA":
                self._answer("354 go on")
                self.inbox.mails.append(self._message())
            self._answer("221 bye" if command == b"QUIT" else "250 ok")
            if command == b"QUIT":
                return

    def _message(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return email.message_from_bytes(b"".join(lines), policy=email.policy.default)

    def _answer(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())
