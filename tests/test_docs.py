"""The papers of the project: what no file may say, what a lock holds, how long things are, and what make offers."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

# Put together here, so that this file does not hold what it looks for.
HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("proxy", "golang", "org"),
        ("sum", "golang", "org"),
        ("registry", "npmjs", "org"),
        ("npmjs", "com"),
        ("repo", "maven", "apache", "org"),
        ("deb", "debian", "org"),
    )
]
# A place counts where a path begins: not inside one, nor after a variable, a glob or a call.
PLACES = ["/" + folder + "/" for folder in ("work", "root", "tmp", "home", "Users")]
FORBIDDEN = re.compile("|".join([*map(re.escape, HOSTS), *(rf"(?<![\w.}})*-]){place}" for place in PLACES)]))
VAGUE = {"util", "utils", "helper", "helpers", "common", "base", "misc"}
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_TEMPLATE = 250, 25, 40
LOCKS = ["build", "dev"]


@pytest.fixture(scope="module")
def papers(root: Path) -> list[Path]:
    """Every file that git tracks, or would if it were added."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    paths = [root / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file()]


def _named(papers: list[Path], *endings: str) -> list[Path]:
    return [path for path in papers if path.suffix in endings]


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def test_no_file_names_a_registry_or_a_path_of_a_machine(papers: list[Path], root: Path) -> None:
    """The project speaks of itself alone: neither where its packages came from nor where it once lay."""
    found = [
        f"{path.relative_to(root)}:{number}: {told[0]}"
        for path in papers
        for number, line in enumerate(_lines(path), 1)
        if (told := FORBIDDEN.search(line))
    ]
    assert found == []


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("place", PLACES)
def test_what_is_forbidden_is_seen(host: str, place: str) -> None:
    """Hosts are seen in addresses and paths where they begin; a folder of the same name inside a path is none."""
    assert FORBIDDEN.search(f"--index-url https://{host}/simple")
    assert FORBIDDEN.search(f'cd "{place}main"')
    assert not FORBIDDEN.search(f"generator{place}main.py")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_version_and_hashes(root: Path, lock: str) -> None:
    """Each requirement is pinned with == and followed by a SHA-256 hash; no line is an option of pip's."""
    text = (root / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")
    entries = re.sub(r" *\\\n", " ", re.sub(r"^ *#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    assert len(entries) >= 5
    assert [
        entry for entry in entries if not re.match(r"[\w.-]+==\S+( ; [^-]*?)?( +--hash=sha256:[0-9a-f]{64})+ *$", entry)
    ] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_what_its_list_wants(root: Path, lock: str) -> None:
    """Every package that is asked for by name is in the lock."""
    wanted = [
        re.split(r"[<>=!]", line)[0]
        for line in _lines(root / "requirements" / f"{lock}.in")
        if line[:1] not in ("", "#")
    ]
    locked = {line.split("==")[0] for line in _lines(root / "requirements" / f"{lock}.lock") if "==" in line}
    assert {name.lower().replace("_", "-") for name in wanted} - locked == set()


def test_the_locks_agree(root: Path) -> None:
    """`make test` puts the second lock over the first in one .venv: they never ask for two versions of one package."""
    build, dev = (
        {
            line.split("==")[0]: line.split()[0]
            for line in _lines(root / "requirements" / f"{lock}.lock")
            if "==" in line
        }
        for lock in LOCKS
    )
    assert build.items() <= dev.items()


def test_files_are_short(papers: list[Path], root: Path) -> None:
    """Python files stay under 250 lines, templates under 40."""
    bounds = {".py": LONGEST_FILE, ".j2": LONGEST_TEMPLATE}
    long = [
        f"{path.relative_to(root)}: {length} lines"
        for path in _named(papers, ".py", ".j2")
        if (length := len(_lines(path))) >= bounds[path.suffix]
    ]
    assert long == []


def test_functions_are_short(papers: list[Path], root: Path) -> None:
    """Functions stay under 25 lines, docstring included."""
    long = [
        f"{path.relative_to(root)}:{function.lineno} {function.name}: {length} lines"
        for path in _named(papers, ".py")
        for function in _functions(path.read_text(encoding="utf-8"))
        if (length := (function.end_lineno or 0) - function.lineno + 1) >= LONGEST_FUNCTION
    ]
    assert long == []


def _functions(source: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_modules_are_named_after_what_they_are_about(papers: list[Path]) -> None:
    """No module or folder bears a name that says nothing."""
    assert [path for path in _named(papers, ".py") if {path.stem, path.parent.name} & VAGUE] == []


def _targets(root: Path) -> list[str]:
    (phony,) = [line for line in _lines(root / "Makefile") if line.startswith(".PHONY:")]
    return [target for target in phony.split()[1:] if target != "gone"]


def test_make_alone_tells_every_target(root: Path) -> None:
    """Plain `make` lists each target that one may ask for, with a line about it."""
    told = subprocess.run(["make", "--no-print-directory"], cwd=root, capture_output=True, text=True, check=True).stdout
    listed = dict(line.split(None, 1) for line in told.splitlines() if line.startswith("  "))
    assert {"build", "test", "check"} < set(listed)
    assert sorted(listed) == sorted(_targets(root))


def test_ci_runs_the_two_commands(root: Path) -> None:
    """Both CIs run `make check` and `make test` and nothing of their own; the script may be executed."""
    script = root / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert [line for line in _lines(script) if line.startswith("make")] == ["make check", "make test"]
    input_series = yaml.safe_load((root / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    steps = input_series["jobs"]["check-and-test"]["steps"]
    assert [step["run"] for step in steps if "run" in step] == ["make check", "make test"]
    assert input_series["permissions"] == {"contents": "read"}
