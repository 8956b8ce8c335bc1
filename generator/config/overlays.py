"""Overlays: a file merged over the one that it extends. Mappings merge, other values replace, `null` removes a key."""

from __future__ import annotations

from pathlib import Path

from generator.config.renamed_keys import report_renamed_keys
from generator.config.secrets import HIDDEN, looks_secret
from generator.config.validation import suggestion
from generator.config.yaml_tree import (
    ConfigViolation,
    FileError,
    Invalid,
    KeyPath,
    LocatedConfigViolation,
    Node,
    parse,
    quoted,
    read_text,
)
from generator.errors import Location

MAX_FILES = 10
EXTENDS = "extends"


def read_merged(
    path: Path, overlays: tuple[Path, ...] = (), extends: Node | None = None
) -> tuple[Node | None, list[LocatedConfigViolation]]:
    """Return the tree of a file merged over all files that it extends, and the violations in reading them.

    Every node keeps its location in its own file. There is no tree if one of the files has none. `overlays` are the
    files that extend this one, `extends` is the value with which the last of them names it.
    """
    try:
        text = read_text(path)
        check_chain(path, overlays)
    except FileError as error:
        if extends is None:
            return None, [LocatedConfigViolation(ConfigViolation((), error.what, error.hint), Location(str(path)))]
        # The path of a URL has one slash less than its text, which may have a password.
        shown_path = HIDDEN if looks_secret(extends.text) else quoted(str(path))
        what = f"cannot extend {shown_path}: {error.what}"
        return None, [LocatedConfigViolation(ConfigViolation((EXTENDS,), what, error.hint), extends.location)]
    root, violations = parse(text, str(path))
    if root is not None:
        root, renamed = report_renamed_keys(root)
        violations += renamed
    if root is None or not isinstance(root.value, dict) or EXTENDS not in root.value:
        return root, violations
    name = root.value[EXTENDS]
    overlay = Node({key: node for key, node in root.value.items() if key != EXTENDS}, root.location)
    if not isinstance(name.value, str):
        hint = "give the path of a platform file, relative to this file"
        violation = ConfigViolation((EXTENDS,), f"{name.describe()} is not a path", hint)
        return None, [*violations, LocatedConfigViolation(violation, name.location)]
    base, base_violations = read_merged(path.parent / name.value, (*overlays, path), name)
    violations += base_violations
    if base is None:
        return None, violations
    merged, merge_violations = merge(base, overlay)
    return merged, [*violations, *merge_violations]


def check_chain(path: Path, overlays: tuple[Path, ...]) -> None:
    """FileError: the file extends itself, directly or through others, or the chain has more than `MAX_FILES`."""
    resolved = [overlay.resolve() for overlay in overlays]
    if path.resolve() in resolved:
        cycle = [*overlays[resolved.index(path.resolve()) :], path]
        what = f"the files form a cycle, {' extends '.join(map(str, cycle))}"
        raise FileError(what, "remove `extends` from one of them")
    if len(resolved) >= MAX_FILES:
        raise FileError(f"the chain of `extends` is longer than {MAX_FILES} files", "merge some of them")


def merge(base: Node, overlay: Node, path: KeyPath = ()) -> tuple[Node, list[LocatedConfigViolation]]:
    """Return one tree merged over another, and a violation for each `null` whose key the base does not have."""
    if not isinstance(base.value, dict) or not isinstance(overlay.value, dict):
        return overlay, []
    merged, violations = dict(base.value), list[LocatedConfigViolation]()
    for key, node in overlay.value.items():
        if key not in base.value:
            merged[key] = node
            if node.value is None:
                what = "null removes a key of the extended file, which does not have this key"
                violation = ConfigViolation(
                    (*path, key), what, suggestion(key, base.value, "remove it or write a value")
                )
                violations.append(LocatedConfigViolation(violation, node.location))
                merged[key] = Node(Invalid(), node.location)
        elif node.value is None:
            del merged[key]
        else:
            merged[key], below = merge(base.value[key], node, (*path, key))
            violations += below
    return Node(merged, overlay.location), violations
