"""vmalert prints its version in a format of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import BuildError
from generator.external import find_vmalert
from tests.external.programs import program


@pytest.mark.parametrize("output", ["vmalert-20260901-120000-tags-v1.151.0-0-g0123456789", "vmalert-v1.110.2"])
def test_the_versions_of_releases_and_of_our_build_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str
) -> None:
    """A release prints its build time before its version; a build from `tools/` prints the version alone."""
    named = program(tmp_path / "vmalert", f"echo {output}")
    monkeypatch.setenv("VMALERT", str(named))
    assert find_vmalert() == named


def test_an_old_version_is_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Version 1.109 is older than the minimum, 1.110."""
    named = program(tmp_path / "vmalert", "echo vmalert-20250101-120000-tags-v1.109.0-0-g0123456789")
    monkeypatch.setenv("VMALERT", str(named))
    with pytest.raises(BuildError, match=r"vmalert is version 1\.109"):
        find_vmalert()
