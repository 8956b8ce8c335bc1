"""`python -m generator.external NAME ...`: finds or builds tools ahead of their use, and prints where they are."""

from __future__ import annotations

import argparse
import sys

from generator.errors import BuildError
from generator.external.find import find_tool
from generator.external.tool import TOOLS


def main(arguments: list[str] | None = None) -> int:
    """Exit status 2 if one is neither found nor built; every fault on stderr."""
    parser = argparse.ArgumentParser(
        prog="python -m generator.external", description="Find, or build once, the Go tools."
    )
    parser.add_argument("names", nargs="+", choices=sorted(TOOLS), metavar="NAME", help=", ".join(sorted(TOOLS)))
    status = 0
    for name in parser.parse_args(arguments).names:
        try:
            print(find_tool(TOOLS[name]))
        except BuildError as problems:
            print(problems, file=sys.stderr)
            status = 2
    return status


if __name__ == "__main__":
    sys.exit(main())
