"""`python -m generator.external TOOL ...`: find or build the Go tools in advance and print their paths."""

from __future__ import annotations

import sys
from functools import partial

from generator.errors import BuildError, Problem
from generator.external.find import find_tool
from generator.external.tool import TOOLS
from generator.option_parser import ProblemParser, run_module


def main(arguments: list[str] | None = None) -> int:
    """Return exit status 2 if an argument is wrong, or a tool is neither found nor built; all problems go to stderr."""
    return run_module(partial(_print_paths, arguments))


def _print_paths(arguments: list[str] | None) -> int:
    parser = ProblemParser(
        prog="python -m generator.external", description="Find the Go tools, or build them once, and print their paths."
    )
    parser.add_argument("names", nargs="+", choices=sorted(TOOLS), metavar="TOOL", help=", ".join(sorted(TOOLS)))
    problems: list[Problem] = []
    for name in parser.parse_args(arguments).names:
        try:
            print(find_tool(TOOLS[name]))
        except BuildError as error:
            problems += error.problems
    if problems:
        raise BuildError(problems)
    return 0


if __name__ == "__main__":
    sys.exit(main())
