"""Memory that is free is the system's again, where the C library allows it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from generator.garbage import return_free_memory

MEGABYTES = 120
PAGES_OF_A_MEGABYTE = 256


def resident_megabytes() -> int:
    """The memory of this process, without what the system has taken back."""
    return int(Path("/proc/self/statm").read_text().split()[1]) // PAGES_OF_A_MEGABYTE


@pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc, and other C libraries return memory by themselves")
def test_free_memory_below_what_is_used_is_returned() -> None:
    """Of 400 objects of 300 kB that are gone, all but a tenth of the memory is free for other processes, although one
    that was made after them is still used. Before them, one of 30 MB makes glibc allocate them in one place."""
    one_of_30_megabytes = bytearray(30_000_000)
    del one_of_30_megabytes
    objects = [bytearray(300_000) for _ in range(400)]
    last = bytearray(300_000)
    used = resident_megabytes()
    del objects
    return_free_memory()
    assert used - resident_megabytes() > 0.9 * MEGABYTES
    assert len(last) == 300_000
