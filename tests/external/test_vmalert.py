"""vmalert says its version in words of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import BuildError
from generator.external import find_vmalert
from tests.external.programs import program


@pytest.mark.parametrize("said", ["vmalert-20260901-120000-tags-v1.151.0-0-g0123456789", "vmalert-v1.110.2"])
def test_releases_and_our_own_build_are_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    """A release tells when it was built before its version; the one that is built here tells the version alone."""
    named = program(tmp_path / "vmalert", f"echo {said}")
    monkeypatch.setenv("VMALERT", str(named))
    assert find_vmalert() == named


def test_an_old_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """1.109 is older than 1.110."""
    named = program(tmp_path / "vmalert", "echo vmalert-20250101-120000-tags-v1.109.0-0-g0123456789")
    monkeypatch.setenv("VMALERT", str(named))
    with pytest.raises(BuildError, match=r"vmalert is version 1\.109"):
        find_vmalert()
