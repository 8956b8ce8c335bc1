"""Overlays: a file merged over the one that it extends. Mappings merge, other values replace, `null` removes a key."""

from __future__ import annotations

from pathlib import Path

from generator.config.yaml_tree import (
    ConfigViolation,
    FileError,
    LocatedViolation,
    Location,
    Node,
    parse,
    quoted,
    read_text,
)

MAX_FILES = 10
EXTENDS = "extends"


def read_merged(
    path: Path, overlays: tuple[Path, ...] = (), extended_at: Location | None = None
) -> tuple[Node | None, list[LocatedViolation]]:
    """Return the tree of a file merged over all files that it extends, and the violations in reading them.

    Every node keeps its location in its own file. There is no tree if one of the files has none. `overlays` are the
    files that extend this one, `extended_at` is the location where the last of them names it.
    """
    try:
        text = read_text(path)
        check_chain(path, overlays)
    except FileError as error:
        if extended_at is None:
            return None, [LocatedViolation(ConfigViolation((), error.what, error.hint), Location(str(path)))]
        what = f"cannot extend {quoted(str(path))}: {error.what}"
        return None, [LocatedViolation(ConfigViolation((EXTENDS,), what, error.hint), extended_at)]
    root, violations = parse(text, str(path))
    if root is None or not isinstance(root.value, dict) or EXTENDS not in root.value:
        return root, violations
    name = root.value[EXTENDS]
    overlay = Node({key: node for key, node in root.value.items() if key != EXTENDS}, root.location)
    if not isinstance(name.value, str):
        hint = "give the path of a platform file, relative to this file"
        violation = ConfigViolation((EXTENDS,), f"{name.describe()} is not a path", hint)
        return None, [*violations, LocatedViolation(violation, name.location)]
    base, base_violations = read_merged(path.parent / name.value, (*overlays, path), name.location)
    return (merge(base, overlay) if base else None), [*violations, *base_violations]


def check_chain(path: Path, overlays: tuple[Path, ...]) -> None:
    """FileError: the file extends itself, directly or through others, or the chain has more than `MAX_FILES`."""
    resolved = [overlay.resolve() for overlay in overlays]
    if path.resolve() in resolved:
        cycle = [*overlays[resolved.index(path.resolve()) :], path]
        what = f"the files form a cycle, {' extends '.join(map(str, cycle))}"
        raise FileError(what, "remove `extends` from one of them")
    if len(resolved) >= MAX_FILES:
        raise FileError(f"the chain of `extends` is longer than {MAX_FILES} files", "merge some of them")


def merge(base: Node, overlay: Node) -> Node:
    """Return one tree merged over another. A `null` for a key that the base lacks stays: the schema rejects it."""
    if not isinstance(base.value, dict) or not isinstance(overlay.value, dict):
        return overlay
    merged = dict(base.value)
    for key, node in overlay.value.items():
        if node.value is None and key in merged:
            del merged[key]
        else:
            merged[key] = merge(merged[key], node) if key in merged else node
    return Node(merged, overlay.location)
