"""The dashboards look as they did when their pictures were stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.pipeline import TEST_PLATFORM, build
from tests.optional_tools import skip_or_fail
from tests.view.preview.stored_pictures import COMMAND, NO_BROWSER, run_program


def test_the_dashboards_look_like_their_pictures(node_and_npm: None, tmp_path: Path) -> None:
    """Those of the tests' own platform, in the pinned Chromium; a change that is meant needs new pictures."""
    build(TEST_PLATFORM, tmp_path / "out")
    result = run_program(tmp_path / "out", ["--into", str(tmp_path)])
    if result.status == NO_BROWSER:
        skip_or_fail(f"the pinned Chromium does not start ({result.output.strip()})")
    if result.status != 0:
        hint = f"The new pictures are in {tmp_path}. If they are as they should be, run `{COMMAND}`."
        pytest.fail(f"{result.output}{hint}", pytrace=False)
