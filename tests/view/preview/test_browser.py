"""The page in a real Chromium; what it is held to stands in `preview/tests`."""

from __future__ import annotations

import os

import pytest

from generator.external.process import run
from generator.view.preview.page import FOLDER, node
from tests.view.preview.conftest import Shown

FILES = sorted(path.name for path in (FOLDER / "tests").glob("*.test.mjs"))
PATIENCE = 600
"""Seconds for one file: many times what it takes."""


@pytest.mark.parametrize("file", FILES)
def test_the_page_in_a_browser(shown: Shown, file: str) -> None:
    """Each file of the page's tests holds, the simulated day in a real Prometheus being what they look at."""
    command = [node(), "--test", "--test-reporter=spec", str(FOLDER / "tests" / file)]
    answer = run(command, seconds=PATIENCE, folder=FOLDER, environment={**os.environ, **shown.environment})
    assert answer.status == 0, answer.output
