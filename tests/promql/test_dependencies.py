"""The graph of recording rules."""

from __future__ import annotations

import pytest

from generator.promql.dependencies import dependencies

GRAPH = dependencies([("a", ["b", "raw"]), ("b", ["c"]), ("b", ["d"]), ("cycle", ["loop"]), ("loop", ["cycle"])])


@pytest.mark.parametrize(
    ("names", "closure", "recorded"),
    [
        ([], "", ""),
        (["raw"], "raw", ""),
        (["b"], "b c d", "b"),
        (["a"], "a b c d raw", "a b"),
        (["cycle"], "cycle loop", "cycle loop"),
        (["a", "loop"], "a b c d raw cycle loop", "a b cycle loop"),
    ],
)
def test_the_closure_has_everything_that_a_series_depends_on(names: list[str], closure: str, recorded: str) -> None:
    """The closure follows all rules of a name, at any depth and through cycles."""
    assert GRAPH.closure(names) == set(closure.split())
    assert GRAPH.recorded(names) == set(recorded.split())
