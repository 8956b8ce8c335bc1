"""Objects and memory that are not needed any more, of which Python and the C library keep much for a short process."""

from __future__ import annotations

import contextlib
import ctypes
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


def return_free_memory() -> None:
    """Give back to the system what large objects used: glibc keeps it for the process, below what is still used. Other
    C libraries have no such function, and are left alone."""
    gc.collect()
    with contextlib.suppress(OSError, TypeError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
