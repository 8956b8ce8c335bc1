"""The page in a real Chromium; its tests are in `preview/tests`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator.external.process import run
from generator.view.preview.page import PREVIEW_FOLDER, find_node
from tests.view.preview.conftest import SimulatedPreview

FILES = sorted(path.name for path in (PREVIEW_FOLDER / "tests").glob("*.test.mjs"))
TIMEOUT = 600
"""Seconds for one file: many times what it takes."""


@pytest.mark.sampled(3)
@pytest.mark.parametrize("file", FILES)
def test_the_page_in_a_browser(simulated_preview: SimulatedPreview, out_of_twelve_routes: Path, file: str) -> None:
    """Each file of the page's tests passes on the simulated day in a real Prometheus."""
    command = [find_node(), "--test", "--test-reporter=spec", str(PREVIEW_FOLDER / "tests" / file)]
    routes = {"PREVIEW_OUT_OF_TWELVE_ROUTES": str(out_of_twelve_routes)}
    environment = {**os.environ, **simulated_preview.environment, **routes}
    result = run(command, seconds=TIMEOUT, folder=PREVIEW_FOLDER, environment=environment)
    assert result.status == 0, result.output
