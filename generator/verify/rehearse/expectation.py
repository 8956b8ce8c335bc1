"""What a rehearsal of a recording must give: the JSON result of an earlier one, as a regression case."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from generator.errors import BuildError, Problem

COMPARED = {"alerts": "alert", "not_rehearsed": "alert", "receivers": "receiver"}
"""The lists of a result that are compared, and the key that names their items."""
Items = Mapping[str, Mapping[str, Any]]


def read_expectation(file: Path) -> Mapping[str, Any]:
    """Read a result that `--json` printed. Raises `BuildError` for another file."""
    hint = "write it by rehearse --recording FILE --json > EXPECTED"
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        for key, name in COMPARED.items():
            _by_name(data[key], name)
    except OSError as error:
        raise BuildError([Problem(f"--expect {file}", f"it cannot be read ({error.strerror})", hint)]) from None
    except (ValueError, LookupError, TypeError):
        raise BuildError([Problem(f"--expect {file}", "this is no result of a rehearsal", hint)]) from None
    return data  # type: ignore[no-any-return]


def differences(expected: Mapping[str, Any], actual: Mapping[str, Any]) -> Iterator[str]:
    """Yield where a result differs from what is expected, a line for each alert and receiver."""
    for key, name in COMPARED.items():
        before, after = (_by_name(each[key], name) for each in (expected, actual))
        for title in sorted(before.keys() | after.keys()):
            if title not in after:
                yield f"{title}: expected in {key}, and not there"
            elif title not in before:
                yield f"{title}: in {key}, and not expected"
            elif changed := [*_changed(before[title], after[title])]:
                yield f"{title}: {'; '.join(changed)}"


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for key, value in after.items():
        if before.get(key) != value:
            yield f"{key} {_short(before.get(key))} expected, {_short(value)} now"


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}…"


def _by_name(items: list[Mapping[str, Any]], name: str) -> Items:
    return {str(item[name]): item for item in items}
