"""Names and ids that definitions give: each is valid wherever it becomes a part of a name.

A dashboard's id becomes a file's name, a ConfigMap's name and a part of a Grafana UID; a family of alerts becomes a
file's name and a PrometheusRule's name; a runbook becomes a file's name and a part of a URL. Kubernetes names are
DNS names: lower-case letters, digits and hyphens, with a letter or a digit at both ends.
"""

from __future__ import annotations

import re

from generator.errors import DefinitionError

MAX_LENGTH = 63
"""The longest name that Kubernetes accepts as a label's value too, in characters."""
MAX_ROW_LENGTH = 100
OBJECT_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
ID = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")
MODULE_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def require_object_name(name: object, call: str, what: str) -> None:
    """Raise DefinitionError unless a name is valid as a part of the name of a file and of a Kubernetes object."""
    _require(OBJECT_NAME, name, call, what, "-", 'lower-case letters, digits and "-"')


def require_id(name: object, call: str, what: str = "id") -> None:
    """Raise DefinitionError unless an id is lower-case words, joined by `_` or `-`."""
    _require(ID, name, call, what, "_", 'lower-case letters, digits, "_" and "-"')


def require_module_name(name: str, call: str) -> None:
    """Raise DefinitionError unless the name of a definition's module is valid as a part of a Kubernetes object's name,
    with `-` for `_`, and no other module's name is equal then."""
    if not MODULE_NAME.fullmatch(name) or len(name) > MAX_LENGTH:
        wanted = _suggested(name, "_")
        characters = f'lower-case letters, digits and "_", at most {MAX_LENGTH}'
        raise DefinitionError(
            f'{call} is in the module "{name}", whose name becomes that of files and objects',
            f"rename the module with {characters}, as {wanted}.py",
        )


def require_row_id(name: object) -> None:
    """Raise DefinitionError unless a row's id is a line of text. Only its hash is used, so it may be a sentence."""
    valid = isinstance(name, str) and name.isprintable() and name == name.strip() and 1 <= len(name) <= MAX_ROW_LENGTH
    if not valid:
        hint = f"write a line of text without spaces around it, 1 to {MAX_ROW_LENGTH} characters"
        raise DefinitionError(f"Row(…) has the id {name!r}", hint)


def _require(pattern: re.Pattern[str], name: object, call: str, what: str, joint: str, characters: str) -> None:
    text = name if isinstance(name, str) else ""
    if not pattern.fullmatch(text) or len(text) > MAX_LENGTH:
        hint = f'write {characters}, at most {MAX_LENGTH} and a letter first, as "{_suggested(text, joint)}"'
        raise DefinitionError(f"{call} has the {what} {name!r}", hint)


def _suggested(name: str, joint: str) -> str:
    """The nearest valid name: words of ASCII letters and digits, joined and cut to the maximum."""
    plain = re.sub(r"[^a-z0-9]+", joint, name.lower()).lstrip("0123456789" + joint)
    return plain[:MAX_LENGTH].strip(joint) or "example"
