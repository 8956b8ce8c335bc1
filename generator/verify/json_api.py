"""A server's HTTP API: a request and its JSON answer, or a problem that says why there is none."""

from __future__ import annotations

import email.utils
import http.client
import ipaddress
import json
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Container, Mapping
from email.message import Message
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from generator.errors import BuildError, Problem
from generator.frozen import frozen
from generator.verify.access import Access

MAX_ATTEMPTS = 6
"""How often a request is sent that the server puts off."""
MAX_WAIT = 60.0
"""The longest time in seconds that a run waits before it sends a request again."""
MAX_MESSAGE = 400
"""How many characters of a message of the server are shown."""
MAX_QUERY = 4_000
"""How many characters of a query are sent in a URL: many proxies take 8,000."""
Body = Mapping[str, object] | str | None
"""An object, sent as JSON; a form, sent as it is; or nothing."""
OK = (200,)
PUT_OFF = (429, 503)


@frozen
class ServerNames:
    """How messages call a server, and its hints: by the status of an answer, and for an answer of something else."""

    name: str
    not_this: str
    hints: Mapping[int, str]

    @property
    def hint(self) -> str:
        """What to do about any other status."""
        return f"see the log of {self.name}, and try again"


@frozen
class Answer:
    """The status and the JSON data of an answer."""

    status: int
    data: Any

    @property
    def message(self) -> str:
        """What the server says, if anything."""
        data = self.data if isinstance(self.data, dict) else {}
        message = data.get("message") or data.get("error")
        return str(message) if message else http.client.responses.get(self.status, "no message")


class JsonApi:
    """Sends requests to one server. No redirect is followed: the token goes to the URL that was given, or nowhere.

    `timeout` is in seconds; `wait` sleeps, and is another function in tests.
    """

    def __init__(
        self, names: ServerNames, access: Access, timeout: float, wait: Callable[[float], None] = time.sleep
    ) -> None:
        self.names = names
        self.access = access
        self.timeout = timeout
        self.wait = wait
        proxies = urllib.request.ProxyHandler({}) if _is_loopback(access.url) else urllib.request.ProxyHandler()
        self._opener = urllib.request.build_opener(proxies, _NoRedirects)

    @property
    def url(self) -> str:
        """The URL of the server."""
        return self.access.url

    def get(self, path: str, accepted: Container[int] = OK, **query: str | list[str]) -> Answer:
        """Get a resource. Raises `BuildError` for a status that is not accepted, and where there is no answer."""
        return self._send("GET", f"{path}?{urlencode(query, doseq=True)}" if query else path, None, accepted)

    def query(self, path: str, **parameters: str) -> Answer:
        """Ask a read endpoint of Prometheus' API, by POST where the URL would be too long for a proxy."""
        form = urlencode(parameters)
        if len(form) <= MAX_QUERY:
            return self._send("GET", f"{path}?{form}", None, OK)
        return self._send("POST", path, form, OK)

    def post(self, path: str, body: Mapping[str, object], accepted: Container[int] = OK) -> Answer:
        """Send an object. Raises `BuildError` as `get` does."""
        return self._send("POST", path, body, accepted)

    def delete(self, path: str, accepted: Container[int] = OK) -> Answer:
        """Delete a resource. Raises `BuildError` as `get` does."""
        return self._send("DELETE", path, None, accepted)

    def _send(
        self, method: str, path: str, body: Mapping[str, object] | str | None, accepted: Container[int]
    ) -> Answer:
        for attempt in range(MAX_ATTEMPTS):
            answer, after = self._open(method, path, body)
            if answer.status not in PUT_OFF or after is None or after > MAX_WAIT or attempt == MAX_ATTEMPTS - 1:
                break
            self.wait(after)
        if answer.status not in accepted:
            raise BuildError([self.rejection(f"{method} {path.partition('?')[0]}", answer)])
        return answer

    def _open(self, method: str, path: str, body: Body) -> tuple[Answer, float | None]:
        """Send a request once. Also returns the seconds after which it may be sent again, if the server puts it off."""
        request = urllib.request.Request(f"{self.url}{path}", method=method, headers={"Accept": "application/json"})
        if isinstance(body, str):
            request.data = body.encode()
            request.add_header("Content-Type", "application/x-www-form-urlencoded")
        elif body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        if self.access.token:
            request.add_header("Authorization", self.access.authorization)
        try:
            try:
                with self._opener.open(request, timeout=self.timeout) as response:
                    return self._answer(response.status, response.headers, response.read()), None
            except urllib.error.HTTPError as error:
                with error:
                    answer = self._answer(error.code, error.headers, error.read())
                    return answer, _retry_after(error.headers.get("Retry-After"), answer.status)
        except (OSError, http.client.HTTPException) as error:
            raise BuildError([self._no_answer(error)]) from None

    def _answer(self, status: int, headers: Message, content: bytes) -> Answer:
        """The data of an answer. An error that a proxy before the server gives as a page keeps its status alone."""
        if 300 <= status < 400:
            target = self.public(str(headers.get("Location")))
            what = f"it redirects to {target}"
            hint = "give a token: --token-file FILE" if "/login" in target else "give the URL that it redirects to"
            raise BuildError([Problem(self.url, what, hint)])
        try:
            return Answer(status, json.loads(content))
        except ValueError:
            if status >= 400 and status != 404:
                return Answer(status, None)
            kind = headers.get("Content-Type") or "no content type"
            what = f"it answers {status} with {self.public(kind)}, not with JSON"
            raise BuildError([Problem(self.url, what, self.names.not_this)]) from None

    def rejection(self, request: str, answer: Answer) -> Problem:
        """The problem of a request that the server refuses."""
        what = f"{request} is answered with {answer.status}: {self.public(answer.message)}"
        return Problem(self.url, what, self.names.hints.get(answer.status, self.names.hint))

    def _no_answer(self, error: OSError | http.client.HTTPException) -> Problem:
        reason = getattr(error, "reason", error)
        if isinstance(reason, TimeoutError):
            hint = "try again, or give it more time: --timeout SECONDS"
            return Problem(self.url, f"it does not answer within {self.timeout:g} s", hint)
        if isinstance(reason, ssl.SSLCertVerificationError):
            hint = "set SSL_CERT_FILE to a file with the certificate of your authority"
            return Problem(self.url, f"its certificate is not trusted ({reason.verify_message})", hint)
        if isinstance(reason, ssl.SSLError):
            hint = "give http:// in the URL if the server does not speak TLS"
            return Problem(self.url, f"there is no TLS connection ({reason.reason})", hint)
        text = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
        return Problem(self.url, f"it does not answer ({self.public(text)})", "start it, or give the URL of another")

    def public(self, text: str) -> str:
        """A text of the server for a message: on one line, short, for any terminal, and without the token."""
        if self.access.token:
            text = text.replace(self.access.token, "…")
        text = " ".join(text.split())
        short = text if len(text) <= MAX_MESSAGE else f"{text[:MAX_MESSAGE]}…"
        return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in short)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow none: the answer itself is an error."""


def path_segment(text: str) -> str:
    """A text as a part of a path."""
    return quote(text, safe="")


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _retry_after(header: str | None, status: int) -> float | None:
    """The seconds after which a request may be sent again: those of the header, or one without it.

    None: the status is another one, or the server is not ready and names no time.
    """
    if status not in PUT_OFF:
        return None
    if header is None:
        return 1.0 if status == 429 else None
    if header.strip().isdecimal():
        return float(header)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(header).timestamp() - time.time())
    except ValueError:
        return 1.0
