"""Keeps secrets that were pasted into a platform file out of messages: of the terminal, of CI logs and of JSON.

A value is not shown where a secret's path belongs, or where it looks like a secret: the redaction policy's credentials,
and opaque text, which no person would read as a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from contract.redaction import CREDENTIAL_RULES
from contract.secret_names import SECRET_NAMES
from generator.errors import Problem

SECRETS, TICKET_HOURS = "teams", "ticket_hours"
"""The section of receivers, where secrets are pasted, and its key that has none."""
SECRET_KEY = re.compile(
    rf"{SECRET_NAMES}|_(?:key|url)_file$|(?:^|_)(?:page|pager|ticket|man|webhook|hook|routing|integration)_(?:key|url)$"
)
HIDDEN = "(not shown: it may be a secret)"
TOKEN = re.compile(r"[A-Za-z0-9+/=_~-]{16,}")
"""Texts that can be a key: letters and digits, with the other characters of base64 and of vendors' keys."""
RUN = re.compile(r"[A-Za-z0-9]{5,}")
PASSWORD = re.compile(r"(?=\S*[a-z])(?=\S*[A-Z])(?=\S*[0-9])(?=\S*[!#$%^&*~?])\S{10,}")
CHARACTER_CLASSES = (str.islower, str.isupper, str.isdigit)
CAMEL_CASE = re.compile(r"[A-Z](?=[a-z])")
VOWELS = frozenset("aeiouyAEIOUY")
LONG_RUN, LONG_NUMBER, LETTERS = 32, 20, 16
CHANGES = 4
"""Names change between letters and digits, or between cases, fewer times: `fp8` twice, `30b` once."""
MIN_VOWELS = 0.2
MIN_LENGTH = 4
"""Shorter texts are not searched for in messages: they are in other words, too."""


def looks_secret(text: str) -> bool:
    """Return whether a text has a credential, or a part that is opaque."""
    if any(rule.may_match(text) and rule.compiled.search(text) for rule in CREDENTIAL_RULES):
        return True
    return bool(PASSWORD.search(text)) or any(map(_is_opaque, TOKEN.findall(text)))


def holds_secret(path: tuple[str | int, ...]) -> bool:
    """Return whether a secret, or the path of its file, belongs to a path: whatever its value is, it is not shown."""
    of_receivers = path[:1] == (SECRETS,) and path[2:3] != (TICKET_HOURS,)
    return bool(path) and (of_receivers or SECRET_KEY.search(str(path[-1])) is not None)


def without_secrets(problem: Problem, texts: Iterable[str]) -> Problem:
    """Return a problem in which texts that look like secrets are not shown, whoever wrote the message."""
    for text in sorted(set(texts), key=len, reverse=True):
        if len(text) >= MIN_LENGTH and any(text in part for part in (problem.where, problem.what, problem.hint)):
            parts = (part.replace(text, HIDDEN) for part in (problem.where, problem.what, problem.hint))
            where, what, hint = parts
            problem = replace(problem, where=where, what=what, hint=hint)
    return problem


def _is_opaque(token: str) -> bool:
    runs = RUN.findall(token)
    if not runs:
        return False
    longest = max(map(len, runs))
    numbers = any(run.isdigit() and len(run) >= LONG_NUMBER for run in runs)
    return longest >= LONG_RUN or numbers or sum(map(_changes, runs)) >= CHANGES or any(map(_is_unpronounceable, runs))


def _changes(run: str) -> int:
    """Return how often a run of letters and digits changes its class; the capital of a word does not count."""
    words = CAMEL_CASE.sub(lambda capital: capital[0].lower(), run)
    return sum(_class(before) != _class(after) for before, after in pairwise(words))


def _class(character: str) -> int:
    return next(number for number, is_class in enumerate(CHARACTER_CLASSES) if is_class(character))


def _is_unpronounceable(run: str) -> bool:
    return len(run) >= LETTERS and run.isalpha() and sum(map(VOWELS.__contains__, run)) < MIN_VOWELS * len(run)
