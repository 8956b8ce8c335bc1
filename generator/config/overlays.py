"""Lays a file over the one that it extends: mappings are merged, all else is replaced, and `null` takes a key away."""

from __future__ import annotations

from pathlib import Path

from generator.config.document import Breach, Finding, Node, Place, quoted
from generator.config.yaml_reader import text_of, tree_of
from generator.errors import DefinitionError

MOST_FILES = 10


def extended(path: Path, above: tuple[Path, ...] = (), asked: Place | None = None) -> tuple[Node | None, list[Finding]]:
    """The tree of a file laid over all that it extends, and all that is wrong with these files.

    Every node keeps the place in the file it comes from. There is no tree where one of the files has none. `above` are
    the files that extend this one, `asked` the place where the nearest of them does.
    """
    try:
        text = text_of(path)
        refuse_endless(path, above)
    except DefinitionError as refusal:
        what = f"{quoted(str(path))} cannot be laid under: {refusal.what}" if above else refusal.what
        breach = Breach(("extends",) if above else (), what, refusal.hint)
        return None, [Finding(breach, asked or Place(str(path)))]
    root, findings = tree_of(text, str(path))
    if root is None or not isinstance(root.value, dict) or "extends" not in root.value:
        return root, findings
    name = root.value["extends"]
    own = Node({key: node for key, node in root.value.items() if key != "extends"}, root.place)
    if not isinstance(name.value, str):
        breach = Breach(("extends",), f"{name.shown()} is not a file's name", "give a path, as seen from this file")
        return None, [*findings, Finding(breach, name.place)]
    base, more = extended(path.parent / name.value, (*above, path), name.place)
    return (laid_over(base, own) if base else None), [*findings, *more]


def refuse_endless(path: Path, above: tuple[Path, ...]) -> None:
    """Refuses a file that extends itself, by whatever way, and a chain of more than `MOST_FILES`."""
    chain = [x.resolve() for x in above]
    if path.resolve() in chain:
        cycle = [*above[chain.index(path.resolve()) :], path]
        raise DefinitionError(
            f"the files go in a circle, {' extends '.join(map(str, cycle))}", "let one of them extend nothing"
        )
    if len(chain) >= MOST_FILES:
        raise DefinitionError(f"more than {MOST_FILES} files extend one another", "join some of them")


def laid_over(base: Node, top: Node) -> Node:
    """One tree over another. A `null` over what is not there stays, so that the schema complains of it."""
    if not isinstance(base.value, dict) or not isinstance(top.value, dict):
        return top
    merged = dict(base.value)
    for key, node in top.value.items():
        if node.value is None and key in merged:
            del merged[key]
        else:
            merged[key] = laid_over(merged[key], node) if key in merged else node
    return Node(merged, top.place)
