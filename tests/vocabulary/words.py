"""The words that the project does not use, and the identifiers of its sources."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FORBIDDEN = frozenset(
    (
        *(
            "told",
            "heard",
            "lawful",
            "obey",
            "obeys",
            "obeyed",
            "senseless",
            "untold",
            "lingering",
            "ceiling",
            "ceilings",
        ),
        *("papers", "ledger", "ledgers", "teller", "stretch", "stretches", "kin", "mend", "mends", "mended", "anew"),
        *("promise", "promises", "promised"),
    )
)
"""Words that no file may hold, alone or as a part of an identifier."""
ALLOWED: dict[tuple[str, str], tuple[int, str]] = {
    ("generator/config/renamed_keys.py", "promises"): (1, "the old key that the error names"),
}
"""Allowed uses of forbidden words: by path and word, how many, and why."""
FORBIDDEN_IDENTIFIERS = ("as_many_as", "used_of", "left_of", "picked_by", "told_by")
"""Identifiers that no file may hold."""
RETIRED_NAMES = frozenset(
    (
        *(
            "told",
            "heard",
            "law",
            "laws",
            "breach",
            "fault",
            "faults",
            "cure",
            "refusal",
            "promise",
            "ceiling",
            "floor",
        ),
        *("story", "stories", "plot", "flow", "act", "acts", "stretch", "senseless", "untold", "lingering", "lasting"),
        *(
            "wall",
            "sheet",
            "dial",
            "bars",
            "heat",
            "spread",
            "pick",
            "picks",
            "marks",
            "drawn",
            "lang",
            "leaf",
            "reading",
        ),
        *(
            "ledger",
            "union",
            "told_apart",
            "holding",
            "aside",
            "catalogue",
            "rooms",
            "floors",
            "house",
            "papers",
            "court",
        ),
        *("trial", "judge", "judged", "alarm", "peer", "lead", "lane", "teller", "tally", "birth", "visit", "sweep"),
        *("foreign", "emit", "measure"),
    )
)
"""Names that no class, function, module or file may have: the glossary has another term for the concept."""
GENERIC = frozenset(("one", "found", "given", "there", "mine", "several", "said"))
"""Names that no variable may have: they do not say what the variable holds."""
NOT_OURS = re.compile(r"(^|/)(node_modules|package-lock\.json|go\.sum|LICENSE$)|\.lock$|\.(png|svg|ico|woff2?)$")
JAVASCRIPT = (".ts", ".tsx", ".mjs", ".js")
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


@dataclass(frozen=True)
class Use:
    """A word at a place: path and line."""

    path: str
    line: int
    word: str


def files(root: Path) -> list[str]:
    """The paths of all files of the project, those in `out/` included, that people write or read."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    paths = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.splitlines()
    return [path for path in paths if not NOT_OURS.search(path) and (root / path).is_file()]


def uses(root: Path, path: str) -> Iterator[Use]:
    """The forbidden words and identifiers in a file, and in its path. `Promise` is JavaScript's in JavaScript."""
    text = (root / path).read_text(encoding="utf-8")
    for number, line in enumerate((path, *text.splitlines())):
        yield from (Use(path, number, name) for name in FORBIDDEN_IDENTIFIERS if name in line)
        for word in map(str.lower, WORD.findall(line)):
            if word in FORBIDDEN and not (word.startswith("promise") and path.endswith(JAVASCRIPT)):
                yield Use(path, number, word)


def definitions(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The classes and functions of a Python module, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name


def variables(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The variables and parameters of a Python module, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.MatchAs) and node.name:
            yield node.lineno, node.name


def retired(name: str) -> bool:
    """Whether a class, function or module has a retired name: the name itself or, of a class, each word of it."""
    words = [word.lower() for word in WORD.findall(name)]
    return name.strip("_").lower() in RETIRED_NAMES or (name[:1].isupper() and bool(RETIRED_NAMES & set(words)))
