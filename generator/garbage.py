"""Python's search for garbage, which costs a short process of many objects more than it finds."""

from __future__ import annotations

import gc

YOUNG_OBJECTS = 200_000
"""How many objects are made before Python looks for garbage among them; its default of 700 is a tenth of a build."""


def search_rarely() -> None:
    """From now on, search after many more objects than by default."""
    gc.set_threshold(YOUNG_OBJECTS)


def leave_to_the_system() -> None:
    """Keep all objects until the process is gone: Python would search all of them before it ends, which is a twelfth of
    a build."""
    gc.freeze()
