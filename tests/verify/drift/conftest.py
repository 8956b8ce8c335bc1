"""Runs `drift`, and gives what it reports."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.cli import main

Drift = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def drift(root: Path, capsys: pytest.CaptureFixture[str]) -> Drift:
    """Compares the committed output with servers: returns the exit status and the document of `--json`."""

    def run(*arguments: str, out: Path = root / "out") -> tuple[int, dict[str, Any]]:
        status = main(["drift", "--json", "--out", str(out), *arguments])
        return status, json.loads(capsys.readouterr().out)

    return run


def lines(document: dict[str, Any]) -> list[str]:
    """The differences as `where: what`."""
    return [f"{each['where']}: {each['what']}" for each in document["differences"]]
