"""The files of the project: forbidden texts, locks, lengths, names of modules, and the targets of make."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

# Joined from parts, so that this file does not contain them.
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
FOLDERS = ["/" + folder + "/" for folder in ("work", "root", "tmp", "home", "Users")]
# A folder is forbidden where a path begins: not inside a path, nor after a variable, a glob or a call.
FORBIDDEN = re.compile("|".join([*map(re.escape, HOSTS), *(rf"(?<![\w.}})*-]){folder}" for folder in FOLDERS)]))
VAGUE_NAMES = {"util", "utils", "helper", "helpers", "common", "base", "misc"}
MAX_MODULE_LINES, MAX_FUNCTION_LINES, MAX_TEMPLATE_LINES = 500, 40, 39
LOCKS = ["build", "dev"]


@pytest.fixture(scope="module")
def files(root: Path) -> list[Path]:
    """All files that git tracks, and new files that it does not ignore."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.split("\0")
    return [root / name for name in names if name and (root / name).is_file()]


def with_suffix(files: list[Path], *suffixes: str) -> list[Path]:
    """The files with these suffixes."""
    return [path for path in files if path.suffix in suffixes]


def lines_of(path: Path) -> list[str]:
    """The lines of a file, which need not be text."""
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def test_no_file_names_a_registry_or_a_path_of_a_machine(files: list[Path], root: Path) -> None:
    """No file says where packages were downloaded from or in which folder of a machine the project was."""
    matches = [
        f"{path.relative_to(root)}:{number}: {match[0]}"
        for path in files
        for number, line in enumerate(lines_of(path), 1)
        if (match := FORBIDDEN.search(line))
    ]
    assert matches == []


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("folder", FOLDERS)
def test_hosts_and_absolute_paths_are_recognized(host: str, folder: str) -> None:
    """Hosts are recognized in URLs, folders at the start of a path; a folder of that name inside a path is fine."""
    assert FORBIDDEN.search(f"--index-url https://{host}/simple")
    assert FORBIDDEN.search(f'cd "{folder}main"')
    assert not FORBIDDEN.search(f"generator{folder}main.py")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_version_and_hashes(root: Path, lock: str) -> None:
    """Each requirement is pinned with == and has SHA-256 hashes, and no line is an option of pip."""
    text = (root / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")
    entries = re.sub(r" *\\\n", " ", re.sub(r"^ *#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    assert len(entries) >= 5
    assert [
        entry for entry in entries if not re.match(r"[\w.-]+==\S+( ; [^-]*?)?( +--hash=sha256:[0-9a-f]{64})+ *$", entry)
    ] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_the_packages_of_its_list(root: Path, lock: str) -> None:
    """Every package of requirements/*.in is in the lock."""
    required = [
        re.split(r"[<>=!]", line)[0]
        for line in lines_of(root / "requirements" / f"{lock}.in")
        if line[:1] not in ("", "#")
    ]
    assert {name.lower().replace("_", "-") for name in required} - locked_versions(root, lock).keys() == set()


def locked_versions(root: Path, lock: str) -> dict[str, str]:
    """The pinned requirements of a lock, by the names of their packages."""
    lines = lines_of(root / "requirements" / f"{lock}.lock")
    return {line.split("==")[0]: line.split()[0] for line in lines if "==" in line}


def test_the_locks_have_the_same_versions(root: Path) -> None:
    """`make test` installs the second lock over the first into one .venv."""
    build, dev = (locked_versions(root, lock) for lock in LOCKS)
    assert build.items() <= dev.items()


def test_files_are_short(files: list[Path], root: Path) -> None:
    """Python modules have at most 500 lines, templates at most 39."""
    bounds = {".py": MAX_MODULE_LINES, ".j2": MAX_TEMPLATE_LINES}
    long = [
        f"{path.relative_to(root)}: {length} lines"
        for path in with_suffix(files, ".py", ".j2")
        if (length := len(lines_of(path))) > bounds[path.suffix]
    ]
    assert long == []


def test_functions_are_short(files: list[Path], root: Path) -> None:
    """Functions have at most 40 lines, including the docstring."""
    long = [
        f"{path.relative_to(root)}:{function.lineno} {function.name}: {length} lines"
        for path in with_suffix(files, ".py")
        for function in functions_of(path.read_text(encoding="utf-8"))
        if (length := (function.end_lineno or 0) - function.lineno + 1) > MAX_FUNCTION_LINES
    ]
    assert long == []


def functions_of(source: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions of a Python module, methods and inner functions included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_modules_have_specific_names(files: list[Path]) -> None:
    """No module or folder has a name that says nothing about its content."""
    assert [path for path in with_suffix(files, ".py") if {path.stem, path.parent.name} & VAGUE_NAMES] == []


def test_make_lists_every_target(root: Path) -> None:
    """Plain `make` prints a line for each target."""
    (phony,) = [line for line in lines_of(root / "Makefile") if line.startswith(".PHONY:")]
    targets = [target for target in phony.split()[1:] if target != "gone"]
    command = ["make", "--no-print-directory"]
    text = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    described = dict(line.split(None, 1) for line in text.splitlines() if line.startswith("  "))
    assert {"build", "test", "check"} < set(described)
    assert sorted(described) == sorted(targets)


def test_ci_runs_make_alone(root: Path) -> None:
    """The script and the workflow run the same targets of make and nothing else; the script is executable."""
    targets = ["make check", "make wheel", "make test", "make verify"]
    script = root / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert [line for line in lines_of(script) if line.startswith("make")] == targets
    workflow = yaml.safe_load((root / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    steps = workflow["jobs"]["check-and-test"]["steps"]
    assert [step["run"] for step in steps if "run" in step] == targets
    assert workflow["permissions"] == {"contents": "read"}


def test_docs_quote_the_report_of_the_back_tests(root: Path) -> None:
    """docs/verification.md has the number of cases that pass, and the pages an incident, of the committed report."""
    report = (root / "docs/backtest.md").read_text(encoding="utf-8")
    prose = " ".join((root / "docs/verification.md").read_text(encoding="utf-8").split())
    (passed,) = re.findall(r"^- (\d+ of \d+ cases pass)", report, re.MULTILINE)
    ((shipped, baseline),) = re.findall(r"cases: ([\d.]+) shipped, ([\d.]+) baseline", report)
    assert passed in prose
    assert f"{shipped} pages an incident where common static thresholds send {baseline}" in prose
