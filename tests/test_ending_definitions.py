"""Definitions that would end the command, or never end: each is a problem at its line, without a traceback."""

from __future__ import annotations

from pathlib import Path

from tests.copied_project import copied

NO_EXIT = "remove this exit: a definition only returns what it defines."
MODULES = {
    "calls_exit": "import sys\n\n\ndef leave():\n    sys.exit(3)\n\n\nleave()\n",
    "calls_the_builtin": "exit()\n",
    "raises_interrupt": "raise KeyboardInterrupt\n",
    "raises_its_own": "class Enough(BaseException):\n    pass\n\n\nraise Enough('no more')\n",
    "calls_itself": "def deeper(depth):\n    return deeper(depth + 1)\n\n\ndeeper(0)\n",
    "calls_itself_by_the_library": (
        "import copy\n\n\nclass Endless:\n    def __copy__(self):\n        return copy.copy(Endless())\n\n\n"
        "copy.copy(Endless())\n"
    ),
    "needs_memory": "raise MemoryError\n",
    "first_of_two": "from alerts.second_of_two import B\n\nA = 1\n",
    "second_of_two": "from alerts.first_of_two import A\n\nB = 2\n",
    "imports_itself": "from alerts.imports_itself import C\n\nC = 3\n",
    "has_no_syntax": "x = = 1\n",
}
PROBLEMS = [
    f"alerts/calls_exit.py:5 leave: SystemExit would end the command; {NO_EXIT}",
    "alerts/calls_itself.py:2 deeper: RecursionError: maximum recursion depth exceeded; "
    "fix this line of the definition.",
    f"alerts/calls_the_builtin.py:1: SystemExit would end the command; {NO_EXIT}",
    "alerts/first_of_two.py:1: alerts/first_of_two.py and alerts/second_of_two.py import each other; "
    "move what both need into a module that imports neither.",
    "alerts/has_no_syntax.py:1: invalid syntax; fix the Python syntax.",
    "alerts/imports_itself.py:1: alerts/imports_itself.py imports itself; "
    "move what both need into a module that imports neither.",
    "alerts/needs_memory.py:1: MemoryError; fix this line of the definition.",
    f"alerts/raises_interrupt.py:1: KeyboardInterrupt would end the command; {NO_EXIT}",
    f"alerts/raises_its_own.py:5: Enough would end the command; {NO_EXIT}",
    "alerts/second_of_two.py:1: alerts/first_of_two.py and alerts/second_of_two.py import each other; "
    "move what both need into a module that imports neither.",
]


def test_a_module_that_ends_is_a_problem(root: Path, tmp_path: Path) -> None:
    """Exits, interrupts, endless recursion and cyclic imports while a module is loaded, all at once."""
    project = copied(root, tmp_path / "project")
    for name, text in MODULES.items():
        (project.folder / f"alerts/{name}.py").write_text(text, encoding="utf-8")
    result = project.generator("build")
    assert result.returncode == 2
    *problems, count = result.stderr.splitlines()
    assert [problem for problem in problems if "by_the_library" not in problem] == PROBLEMS
    (recursion,) = (problem for problem in problems if "by_the_library" in problem)
    assert "RecursionError" in recursion
    assert count == f"{len(PROBLEMS) + 1} problems; nothing was written."


def test_a_definition_that_exits_when_it_is_called_is_a_problem(root: Path, tmp_path: Path) -> None:
    """The exit is in the function of an alert and of an alert test, which run after all modules are loaded."""
    project = copied(root, tmp_path / "project")
    text = (project.folder / "alerts/errors.py").read_text(encoding="utf-8")
    function = text.index("def route_high_error_rate(")
    docstring_end = text.index('"""\n', text.index('"""', function) + 3) + len('"""\n')
    line = text.count("\n", 0, docstring_end) + 1
    changed = f"{text[:docstring_end]}    raise SystemExit\n{text[docstring_end:]}"
    (project.folder / "alerts/errors.py").write_text(changed, encoding="utf-8")
    result = project.generator("build")
    assert result.returncode == 2
    problem, count = result.stderr.splitlines()
    assert problem == f"alerts/errors.py:{line} route_high_error_rate: SystemExit would end the command; {NO_EXIT}"
    assert count == "1 problem; nothing was written."


def test_a_cycle_with_the_contract_is_a_problem(root: Path, tmp_path: Path) -> None:
    """The contract is loaded before anything else, and its modules can import each other, too."""
    project = copied(root, tmp_path / "project")
    project.change("contract/labels.py", "from generator", "from contract.api import LATENCY\nfrom generator")
    result = project.generator("build")
    assert result.returncode == 2
    problem, count = result.stderr.splitlines()
    assert "import each other; move what both need into a module that imports neither." in problem
    assert problem.startswith("contract/")
    assert count == "1 problem; nothing was written."
