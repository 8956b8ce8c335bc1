"""The process of the command: `python -m generator`, or the installed console script."""

from __future__ import annotations

import gc
import sys

from generator.errors import print_internal_error
from generator.project import ROOT

YOUNG_OBJECTS = 200_000
"""How many objects are made before Python looks for garbage among them; its default of 700 is a tenth of a build."""


def main() -> None:
    """Run the command on the definitions of the project's folder."""
    gc.set_threshold(YOUNG_OBJECTS)
    # The console script's own folder is first on the path, and the project's contract must be found before it.
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    try:
        from generator.cli import run
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        sys.exit(print_internal_error(error))
    run()


if __name__ == "__main__":
    main()
