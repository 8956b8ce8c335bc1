"""The project speaks its field's language: docs/glossary.md has the terms, and these tests hold them."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

from tests.vocabulary.words import ALLOWED, GENERIC, definitions, files, retired, uses, variables

EXEMPT = {
    "CHANGELOG.md": "it has the tables of old and new names",
    "tests/vocabulary/words.py": "it has the list",
}
MOST_ALLOWED = 20


def python_files(root: Path) -> list[str]:
    """The Python modules of the project."""
    return [path for path in files(root) if path.endswith(".py")]


def test_no_file_holds_a_forbidden_word(root: Path) -> None:
    """Every use of a forbidden word is in the list of allowed uses, with its reason, and every allowed use exists."""
    counts = Counter((use.path, use.word) for path in files(root) if path not in EXEMPT for use in uses(root, path))
    assert counts == {use: count for use, (count, _) in ALLOWED.items()}


def test_few_uses_are_allowed() -> None:
    """At most 20 uses are allowed, each with a reason."""
    assert sum(count for count, _ in ALLOWED.values()) <= MOST_ALLOWED
    assert all(reason.strip() for _, reason in ALLOWED.values())


def test_no_definition_has_a_retired_name(root: Path) -> None:
    """No class, function, module or file is named by a retired term: the glossary has another name for the concept."""
    named = [(path, 0, part) for path in files(root) for part in Path(path).with_suffix("").parts]
    for path in python_files(root):
        tree = ast.parse((root / path).read_text(encoding="utf-8"))
        named += [(path, line, name) for line, name in definitions(tree)]
    assert [f"{path}:{line} {name}" for path, line, name in named if retired(name)] == []


def test_variables_say_what_they_hold(root: Path) -> None:
    """No variable is called `one`, `found`, `given`, `there` or `mine`."""
    generic = [
        f"{path}:{line} {name}"
        for path in python_files(root)
        for line, name in variables(ast.parse((root / path).read_text(encoding="utf-8")))
        if name.strip("_") in GENERIC
    ]
    assert generic == []


def test_a_type_name_is_one_concept(root: Path) -> None:
    """No two classes of the product share a name."""
    names = Counter(
        node.name
        for path in python_files(root)
        if not path.startswith("tests/")
        for node in ast.walk(ast.parse((root / path).read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_the_glossary_gives_a_source_for_every_term(root: Path) -> None:
    """Every row has a term, a meaning and a source, which is a link or a dash for a term of this project."""
    rows = [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in (root / "docs/glossary.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| ") and not line.startswith(("| term", "|---"))
    ]
    assert len(rows) > 50
    assert [row for row in rows if len(row) != 3 or not all(row) or not (row[2].startswith("[") or row[2] == "–")] == []
