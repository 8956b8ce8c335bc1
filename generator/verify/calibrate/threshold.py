"""A threshold of a platform file: its value, the builds that other values give, and the file with another value."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from generator.config.overlays import read_merged
from generator.config.yaml_tree import Node
from generator.errors import BuildError, Location, Problem, nearest_name
from generator.frozen import frozen
from generator.output import OVERRIDES_FOLDER, RULES_FOLDER
from generator.pipeline import compile_all, load_sources
from generator.verify.replay.stages import ReplayRule, load_rules

OPTION = "KEY"


@frozen
class Threshold:
    """A number of a platform file at the keys of a path. `location` is where its key stands, `text` how it is
    written."""

    file: Path
    path: tuple[str, ...]
    value: float
    location: Location
    text: str

    @property
    def key(self) -> str:
        """The path as it is given: tenant_default.error_percent."""
        return ".".join(self.path)


def read_threshold(file: Path, key: str) -> Threshold:
    """Find a number in a platform file or in those that it extends. Raises `BuildError` where it is not there."""
    root, violations = read_merged(file)
    if root is None or violations:
        raise BuildError(sorted(each.problem for each in violations))
    numbers = dict(_numbers(root))
    node = numbers.get(key)
    if node is None:
        raise BuildError([Problem(f"{OPTION} {key}", f"{file} has no such number", nearest_name(key, numbers))])
    assert isinstance(node.value, int | Fraction)
    path = next(path for path, _ in _paths(root) if ".".join(path) == key)
    return Threshold(file, path, float(node.value), node.location, node.text)


def _numbers(root: Node) -> Iterator[tuple[str, Node]]:
    for path, node in _paths(root):
        if isinstance(node.value, int | Fraction) and not isinstance(node.value, bool):
            yield ".".join(path), node


def _paths(node: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
    yield path, node
    for key, child in node.value.items() if isinstance(node.value, dict) else ():
        yield from _paths(child, (*path, key))


def rules_with(threshold: Threshold, value: float, time_lapse: int = 1) -> tuple[ReplayRule, ...]:
    """The rules of the platform with another value of the threshold. Raises `BuildError` where it does not build."""
    overlay: object = value
    for key in reversed(threshold.path):
        overlay = {key: overlay}
    assert isinstance(overlay, Mapping)
    with tempfile.TemporaryDirectory(prefix="calibrate-") as name:
        folder = Path(name)
        file = folder / "platform.yaml"
        # JSON is YAML, and quotes what needs it.
        file.write_text(json.dumps({"extends": str(threshold.file.resolve()), **overlay}), encoding="utf-8")
        try:
            sources = load_sources(file)
            texts = compile_all(sources.platform, sources.definitions, time_lapse).texts
        except BuildError as error:
            where = f"{threshold.key} = {value:g}"
            raise BuildError([Problem(where, each.what, each.hint) for each in error.problems]) from None
        for path, text in texts.items():
            if path.startswith((RULES_FOLDER, OVERRIDES_FOLDER)):
                (folder / f"rules-{Path(path).name}").write_text(text, encoding="utf-8")
        file.unlink()
        return load_rules(folder)


def write_threshold(threshold: Threshold, value: float) -> None:
    """Write another value into the file that has the threshold, and leave everything else as it is, comments included.
    Raises `BuildError` where the number is not found at its place, or the file cannot be written."""
    location = threshold.location
    file = Path(location.file)
    where = f"{location} {threshold.key}"
    try:
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        line = lines[location.line - 1]
        start = location.column - 1
        number = re.compile(rf"(?P<key>[^:]*:\s*){re.escape(threshold.text)}(?![\w.])")
        if (match := number.match(line, start)) is None:
            hint = f"write {value:g} there yourself"
            raise BuildError([Problem(where, f"the number {threshold.text} is not in this line", hint)])
        lines[location.line - 1] = f"{line[:start]}{match['key']}{value:g}{line[match.end() :]}"
        file.write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        problem = Problem(where, f"the file cannot be written ({error.strerror})", "make it writable")
        raise BuildError([problem]) from None
