"""vmalert-tool prints its version in a format of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import BuildError
from generator.external.find import find_tool
from generator.external.tool import VMALERT_TOOL
from tests.external.programs import program

RELEASE = "vmalert-tool version vmalert-tool-20260901-120000-tags-v1.151.0-0-g0123456789"


@pytest.mark.parametrize("output", [RELEASE, "vmalert-tool version vmalert-tool-v1.152.1"])
def test_the_versions_of_releases_and_of_our_build_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str
) -> None:
    """A release prints its build time before its version; the variable of the tool has no hyphen."""
    named = program(tmp_path / "vmalert-tool", f"echo {output}")
    monkeypatch.setenv("VMALERT_TOOL", str(named))
    assert find_tool(VMALERT_TOOL) == named


def test_an_old_version_is_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Version 1.150 is older than that of the tested vmalert."""
    named = program(tmp_path / "vmalert-tool", "echo vmalert-tool version vmalert-tool-v1.150.0")
    monkeypatch.setenv("VMALERT_TOOL", str(named))
    with pytest.raises(BuildError, match=r"vmalert-tool is version 1\.150"):
        find_tool(VMALERT_TOOL)
