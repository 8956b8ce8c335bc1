"""Labels without names that are not public: what neither the contract, nor the platform file, nor a rule names gets a
pseudonym, such as tenant-1."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from contract.labels import BILLED_UNIT, DAY, MONTH, RULE_GROUP, TENANT
from generator.dsl.label_values import values_of
from generator.dsl.labels import Label
from generator.dsl.platform import Platform
from generator.errors import BuildError, Problem
from generator.promql.parser import matched_labels, parsed
from generator.verify.replay.stages import ReplayRule

OTHER = "other"
"""The tenant of what is counted beyond the limit on series."""
STORED = ("__name__", "le", "job", "instance")
"""Names of labels that Prometheus gives series."""
PUBLIC = frozenset({"__name__", "le", *(label.name for label in (MONTH, DAY, BILLED_UNIT))})
"""Labels whose values rules, the calendar and the bounds of buckets give."""
Kept = Mapping[str, Collection[str]]
"""The values that stay, by the name of their label."""


def public_values(
    labels: Iterable[Label], platform: Platform, rules: Iterable[ReplayRule], hide_tenants: bool
) -> dict[str, frozenset[str]]:
    """The values that the contract, the platform file or a rule names, by the names of all known labels. With
    `hide_tenants`, tenants that the platform file names are not among them."""
    values: dict[str, set[str]] = defaultdict(set, {name: set() for name in STORED})
    for label in labels:
        values[label.name] |= {*values_of(label, platform), label.fallback}
    for name, added in platform.metric_labels.items():
        values[name] |= {*added.values, OTHER}
    for rule in rules:
        for name, value in rule.body.get("labels", {}).items():
            values[name].add(str(value))
        for name, op, value in _matchers(rule):
            values[name] |= {value} if op == "=" else {*value.split("|")} if op == "=~" else set()
    tenants = set() if hide_tenants else {*values[TENANT.name], *platform.tenants}
    values[TENANT.name] = {*tenants, TENANT.fallback, OTHER}
    return {name: frozenset(own) for name, own in values.items()}


class Pseudonyms:
    """Replaces the values of labels, each by the same pseudonym each time. `names` has the pseudonyms of an earlier
    export by label and value, and gets those of this one."""

    def __init__(self, kept: Kept, rules: Iterable[ReplayRule], names: dict[str, dict[str, str]]) -> None:
        self.kept = kept
        self.names = names
        self.matchers: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
        for rule in rules:
            for name, op, value in _matchers(rule):
                self.matchers[name][op, value] = None
        self.groups = {rule.group for rule in rules}

    def add(self, series: Sequence[Mapping[str, str]]) -> None:
        """Give the values of these labels pseudonyms, in an order that does not say how the values are sorted."""
        pairs = {(name, value) for labels in series for name, value in labels.items() if not self._stays(name, value)}
        for name, value in sorted(pairs, key=hash):
            self._pseudonym(name, value)

    def labels(self, labels: Mapping[str, str]) -> dict[str, str]:
        """The labels with pseudonyms in the place of values and of names that are not public."""
        result = {}
        for name, value in labels.items():
            public_name = name if name in self.kept or name in PUBLIC else self._numbered("label", name, "_")
            result[public_name] = value if self._stays(name, value) else self._pseudonym(name, value)
        return result

    def _stays(self, name: str, value: str) -> bool:
        return name in PUBLIC or value in self.kept.get(name, ()) or not value

    def _pseudonym(self, name: str, value: str) -> str:
        if name == RULE_GROUP.name:
            file, _, group = value.rpartition(";")
            public = group if group in self.groups else self._numbered("other_group", group)
            return f"{self._numbered('file', file)};{public}"
        pseudonym = self._numbered(name.removesuffix("_id") if name in self.kept else "value", value, label=name)
        if self._matched(name, value) != self._matched(name, pseudonym):
            what = f"a rule selects some of the values of {name} by a pattern, which their pseudonyms do not match"
            hint = "match the values by `=`, or list them in platform.yaml, if they may be public"
            raise BuildError([Problem("--export", what, hint)])
        return pseudonym

    def _numbered(self, kind: str, value: str, separator: str = "-", label: str = "") -> str:
        own = self.names.setdefault(label or kind, {})
        if value not in own:
            taken = {*own.values(), *self.kept.get(label, ())}
            numbers = range(len(own) + 1, len(own) + len(taken) + 2)
            own[value] = next(name for number in numbers if (name := f"{kind}{separator}{number}") not in taken)
        return own[value]

    def _matched(self, name: str, value: str) -> list[bool]:
        return [bool(re.fullmatch(pattern, value)) for op, pattern in self.matchers[name] if "~" in op]


def _matchers(rule: ReplayRule) -> Iterator[tuple[str, str, str]]:
    return matched_labels(parsed(str(rule.body["expr"])))
