"""`python -m generator.external NAME ...`: find or build the Go tools in advance and print their paths."""

from __future__ import annotations

import argparse
import sys

from generator.errors import BuildError
from generator.external.find import find_tool
from generator.external.tool import TOOLS


def main(arguments: list[str] | None = None) -> int:
    """Return exit status 2 if a tool is neither found nor built; all problems go to stderr."""
    parser = argparse.ArgumentParser(
        prog="python -m generator.external", description="Find the Go tools, or build them once, and print their paths."
    )
    parser.add_argument("names", nargs="+", choices=sorted(TOOLS), metavar="NAME", help=", ".join(sorted(TOOLS)))
    status = 0
    for name in parser.parse_args(arguments).names:
        try:
            print(find_tool(TOOLS[name]))
        except BuildError as error:
            print(error, file=sys.stderr)
            status = 2
    return status


if __name__ == "__main__":
    sys.exit(main())
