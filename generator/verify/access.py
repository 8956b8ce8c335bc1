"""Where a server is, and the token that it takes. Both are checked before anything is sent.

The token comes from a file alone: command lines and environments are visible to other processes and in logs.
"""

from __future__ import annotations

import base64
import re
import stat
from dataclasses import field
from pathlib import Path
from urllib.parse import urlsplit

from generator.errors import BuildError, Problem
from generator.frozen import frozen

TOKEN = re.compile(r"[!-~]+")
"""The characters that the value of an HTTP header can have: a token has no others."""
READABLE_BY_ALL = stat.S_IROTH


@frozen
class AccessOptions:
    """The options that name a server and the file of its token, and the hints where they are wrong."""

    url: str = "URL"
    token: str = "--token-file"
    url_hint: str = "give the URL of a Grafana, such as http://127.0.0.1:3000 (GRAFANA_URL=URL)"
    token_hint: str = "write the token of a service account into it, and nothing else"


GRAFANA_OPTIONS = AccessOptions()


@frozen
class Access:
    """The URL of a server, without a slash at its end, and a token, which is empty where none is sent."""

    url: str
    token: str = field(default="", repr=False)

    @property
    def authorization(self) -> str:
        """The header: that of Basic authentication for a token of the form `user:password`."""
        if ":" in self.token:
            return f"Basic {base64.b64encode(self.token.encode()).decode()}"
        return f"Bearer {self.token}"


def read_access(url: str, token_file: Path | None, options: AccessOptions = GRAFANA_OPTIONS) -> Access:
    """The access that a URL and a file give. Raises `BuildError` with the problems of both."""
    problems: list[Problem] = []
    token = _token(token_file, problems, options) if token_file else ""
    access = Access(_checked_url(url, problems, options), token)
    if problems:
        raise BuildError(sorted(problems))
    return access


def _checked_url(url: str, problems: list[Problem], options: AccessOptions) -> str:
    """The URL without a slash at its end. A password in it is not repeated in a message."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        problems.append(Problem(options.url, "this is not a URL", options.url_hint))
        return ""
    if parts.username is not None or parts.password is not None:
        hint = f"remove them, and give the token of a service account by {options.token} FILE"
        problems.append(Problem(options.url, "it has a user or a password", hint))
    elif parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or not TOKEN.fullmatch(url):
        problems.append(Problem(options.url, "this is not the URL of a server", options.url_hint))
    elif parts.query or parts.fragment:
        problems.append(Problem(options.url, "it has a query or a fragment", "give the part of it before ? and #"))
    return url.rstrip("/")


def _token(file: Path, problems: list[Problem], options: AccessOptions) -> str:
    where = f"{options.token} {file}"
    try:
        mode = file.stat().st_mode
        content = file.read_bytes()
    except OSError as error:
        hint = "give a file with a token that you may read"
        problems.append(Problem(where, f"it cannot be read ({error.strerror})", hint))
        return ""
    token = content.decode("ascii", errors="replace").strip()
    if mode & READABLE_BY_ALL:
        problems.append(Problem(where, "every user of this machine can read it", f"run chmod 600 {file}"))
    if not token:
        problems.append(Problem(where, "it is empty", options.token_hint))
    elif not TOKEN.fullmatch(token):
        what = "it has several words or lines, or characters that no token has"
        problems.append(Problem(where, what, options.token_hint))
    return token
