"""Long tests: `make test` runs some cases of a sampled one, `make test-samples` all of them and the long ones."""

from __future__ import annotations

from collections import Counter

import pytest

OPTION = "--every-case"
MARKER = "sampled"
LONG = "long"
DESCRIPTIONS = (
    f"{MARKER}(step): without {OPTION}, every step-th case of the test runs, from the first one on",
    f"{LONG}: the test runs with {OPTION} alone",
)


def left_out(items: list[pytest.Item]) -> set[pytest.Item]:
    """The long tests, and the cases that are in no sample. A test without a marker keeps all of its cases."""
    cases: Counter[str] = Counter()
    result = {item for item in items if item.get_closest_marker(LONG) is not None}
    for item in items:
        marker = item.get_closest_marker(MARKER)
        if marker is not None:
            test = item.nodeid.partition("[")[0]
            if cases[test] % marker.args[0]:
                result.add(item)
            cases[test] += 1
    return result
