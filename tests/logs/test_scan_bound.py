"""The scan holds a bounded number of chunks in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from generator.logs.scan import tallies
from tests.logs.lines import SCHEMA, line


def test_the_scan_reads_few_chunks_ahead_of_the_results(tmp_path: Path) -> None:
    """With two processes, at most five of 40 chunks are read before the first result is taken, and one more for each
    further result."""
    cores, files = 2, 40
    path = tmp_path / "log"
    path.write_bytes(line())
    opened = 0

    def names() -> Iterator[str]:
        nonlocal opened
        for _ in range(files):
            opened += 1
            yield str(path)

    ahead = [opened - taken for taken, _ in enumerate(tallies(names(), SCHEMA, cores=cores))]
    assert opened == files
    assert cores < max(ahead) <= 2 * cores + 1
