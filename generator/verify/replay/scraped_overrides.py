"""The file of overrides as rules that record the same series: a replay has no scrapes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generator.output import OVERRIDES_FILE
from generator.rendering.overrides_file import series_in


def override_files(rules: Path) -> list[Path]:
    """The file of overrides of a folder of rules, in it or where a build has it; none where there is none."""
    *_, folder, name = OVERRIDES_FILE.split("/")
    files = (*sorted(rules.glob(f"*{name}")), rules.parent / folder / name)
    return [file for file in files if file.is_file()]


def recorded_overrides(text: str) -> Iterator[dict[str, Any]]:
    """The bodies of rules that record the series of a file. Raises ValueError for a line that is not one of ours."""
    for name, labels, value in series_in(text):
        yield {"record": name, "expr": f"vector({value})", "labels": labels}
