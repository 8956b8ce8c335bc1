"""Which series an expression depends on, directly or through recording rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from generator.frozen import frozen
from generator.ir.expression import series_names
from generator.ir.rules import RecordingRule


@frozen
class Dependencies:
    """The recording rules of a build as a graph: `reads` has the names of the series that each one reads."""

    reads: Mapping[str, frozenset[str]]

    def closure(self, names: Iterable[str]) -> set[str]:
        """The series of these names, and every series that they depend on."""
        result: set[str] = set()
        pending = set(names)
        while pending:
            result |= pending
            pending = {name for recorded in pending for name in self.reads.get(recorded, ())} - result
        return result

    def recorded(self, names: Iterable[str]) -> set[str]:
        """The recorded series among the closure of these names."""
        return self.closure(names) & self.reads.keys()


def dependencies(rules: Iterable[tuple[str, Iterable[str]]]) -> Dependencies:
    """The graph of recording rules, given as pairs: the name of the recorded series, and the names that it reads.
    Several rules may record series of one name."""
    reads: dict[str, frozenset[str]] = {}
    for name, names in rules:
        reads[name] = reads.get(name, frozenset()) | frozenset(names)
    return Dependencies(reads)


def rule_dependencies(rules: Iterable[RecordingRule]) -> Dependencies:
    """The graph of recording rules that are not rendered yet."""
    return dependencies((rule.name, () if rule.is_constant else series_names(rule.expression)) for rule in rules)
