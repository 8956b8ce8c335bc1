"""Keys of earlier versions: each gets one problem that names the key to write instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.config.yaml_tree import ConfigViolation, Invalid, KeyPath, LocatedConfigViolation, Node, dotted
from generator.errors import Location

OLD_RECEIVERS: Mapping[str, tuple[str, str]] = {
    "page_key_file": ("page", "pagerduty: {key_file: …}"),
    "ticket_url_file": ("ticket", "webhook: {url_file: …}"),
}
"""The keys of a team's secrets, each with the severity and the receiver that replace it."""
OLD_SECTION = "promises"
"""The section that had all SLOs and thresholds."""
RENAMED_KEYS: Mapping[KeyPath, KeyPath] = {
    (OLD_SECTION, "floor_requests"): ("thresholds", "min_requests"),
    (OLD_SECTION, "floor_errors"): ("thresholds", "min_errors"),
    (OLD_SECTION, "errors", "route_percent"): ("thresholds", "errors", "route_percent"),
    (OLD_SECTION, "errors", "route_down_percent"): ("thresholds", "errors", "outage_percent"),
    (OLD_SECTION, "errors", "ai_percent"): ("thresholds", "errors", "ai_percent"),
    (OLD_SECTION, "errors", "kept_percent"): ("slos", "availability", "target_percent"),
    (OLD_SECTION, "errors", "kept_days"): ("slos", "availability", "window_days"),
    (OLD_SECTION, "latency_ms", "routes"): ("slos", "latency_p95_ms", "routes"),
    (OLD_SECTION, "latency_ms", "ai"): ("slos", "latency_p95_ms", "ai"),
    (OLD_SECTION, "latency_ms", "vectorize"): ("slos", "latency_p95_ms", "vectorize"),
    (OLD_SECTION, "cost", "warning_percent"): ("thresholds", "cost", "warning_percent"),
    (OLD_SECTION, "cost", "dollars_per_day"): ("thresholds", "cost", "dollars_per_day"),
    (OLD_SECTION, "storage", "ticket_percent"): ("thresholds", "storage", "ticket_percent"),
    (OLD_SECTION, "storage", "page_percent"): ("thresholds", "storage", "page_percent"),
    (OLD_SECTION, "heartbeat_seconds"): ("thresholds", "telemetry_stale_after_seconds"),
    ("models",): ("model_prices",),
}
RENAMED_SECTIONS: Mapping[KeyPath, tuple[KeyPath, ...]] = {
    (OLD_SECTION, "errors"): (("thresholds", "errors"), ("slos", "availability")),
    (OLD_SECTION, "latency_ms"): (("slos", "latency_p95_ms"),),
    (OLD_SECTION, "cost"): (("thresholds", "cost"),),
    (OLD_SECTION, "storage"): (("thresholds", "storage"),),
    (OLD_SECTION,): (("slos",), ("thresholds",)),
}
"""Sections of renamed keys, innermost first, with the sections that replace them."""


def report_renamed_keys(root: Node) -> tuple[Node, list[LocatedConfigViolation]]:
    """Return the tree with invalid values at the new paths in place of old keys, and a violation for each old key.

    The invalid values prevent further problems: the old key is not unknown, and the new key is not missing.
    """
    violations: list[LocatedConfigViolation] = []
    for old, new in _keys():
        if node := root.find(old):
            violations.append(_renamed(old, node, dotted(new)))
            root = _with_invalid(_without(root, old), new, node.location)
    for old, sections in RENAMED_SECTIONS.items():
        if section := root.find(old):
            violations += _section_violations(old, section, " or ".join(map(dotted, sections)))
            root = _without(root, old)
            for new in sections:
                root = _with_invalid(root, new, section.location)
    return _report_old_receivers(root, violations)


def _report_old_receivers(
    root: Node, violations: list[LocatedConfigViolation]
) -> tuple[Node, list[LocatedConfigViolation]]:
    teams = root.find(("teams",))
    for team in teams.value if teams is not None and isinstance(teams.value, dict) else ():
        for old, (severity, receiver) in OLD_RECEIVERS.items():
            path: KeyPath = ("teams", team, old)
            if node := root.find(path):
                what, hint = "this key was replaced by a list of receivers", f"write {severity}: [{{{receiver}}}]"
                violations.append(LocatedConfigViolation(ConfigViolation(path, what, hint), node.location))
                root = _with_invalid(_without(root, path), ("teams", team, severity), node.location)
    return root, violations


def _keys() -> Iterator[tuple[KeyPath, KeyPath]]:
    """Yield old and new paths, also those of an old key in a new section."""
    for old, new in RENAMED_KEYS.items():
        yield old, new
        in_new_section = (*new[:-1], old[-1])
        if in_new_section not in (old, new):
            yield in_new_section, new


def _renamed(path: KeyPath, node: Node, new: str) -> LocatedConfigViolation:
    return LocatedConfigViolation(ConfigViolation(path, "this key was renamed", f"write {new}"), node.location)


def _section_violations(old: KeyPath, section: Node, new: str) -> Iterator[LocatedConfigViolation]:
    """Yield a violation for each unknown key that is left in an old section, or one for a section without keys."""
    if not isinstance(section.value, dict) or not section.value:
        yield _renamed(old, section, new)
        return
    for key, node in section.value.items():
        what, hint = f"unknown key in a section that was renamed to {new}", "remove this key"
        yield LocatedConfigViolation(ConfigViolation((*old, key), what, hint), node.location)


def _without(root: Node, path: KeyPath) -> Node:
    """Return a tree without the node at a path, which exists, and without the mappings that become empty."""
    key, *rest = path
    assert isinstance(root.value, dict)
    entries = {name: node for name, node in root.value.items() if name != key}
    if rest and (child := _without(root.value[str(key)], tuple(rest))).value:
        entries[str(key)] = child
    return Node(entries, root.location)


def _with_invalid(root: Node, path: KeyPath, location: Location) -> Node:
    """Return a tree with an invalid value at a path, unless there is a value at it or at a part of it."""
    if not path or not isinstance(root.value, dict):
        return root
    key, *rest = path
    absent = Node({}, location) if rest else Node(Invalid(), location)
    child = _with_invalid(root.value.get(str(key), absent), tuple(rest), location)
    return Node({**root.value, str(key): child}, root.location)
