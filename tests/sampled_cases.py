"""Samples of parametrized tests: `make test` runs some of the cases of a long test, `make test-samples` all of them."""

from __future__ import annotations

from collections import Counter

import pytest

OPTION = "--every-case"
MARKER = "sampled"
DESCRIPTION = f"{MARKER}(step): without {OPTION}, every step-th case of the test runs, from the first one on"


def left_out(items: list[pytest.Item]) -> set[pytest.Item]:
    """The cases that are in no sample. A test without the marker keeps all of its cases."""
    cases: Counter[str] = Counter()
    result = set()
    for item in items:
        marker = item.get_closest_marker(MARKER)
        if marker is not None:
            test = item.nodeid.partition("[")[0]
            if cases[test] % marker.args[0]:
                result.add(item)
            cases[test] += 1
    return result
