"""Grafana's own types of its second dashboard model accept the dashboards, and refuse what is not in the model."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from generator.dsl.platform import GrafanaSettings
from generator.external.process import CommandResult, run
from generator.rendering.grafana.resources import resources
from generator.view.preview.page import PREVIEW_FOLDER
from tests.optional_tools import skip_or_fail
from tests.rendering.shipped_dashboards import shipped

COMPILER = PREVIEW_FOLDER / "node_modules/typescript/bin/tsc"
OPTIONS = (
    *("--ignoreConfig", "--noEmit", "--strict", "--skipLibCheck", "--target", "ES2023"),
    *("--module", "ESNext", "--moduleResolution", "bundler"),
)
TIMEOUT = 300
"""Seconds: many times what it takes."""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A TypeScript file beside the packages of the preview."""
    if not (shutil.which("node") and COMPILER.is_file()):
        skip_or_fail("there is no TypeScript compiler with Grafana's types; make preview-app installs it")
    (tmp_path / "node_modules").symlink_to(PREVIEW_FOLDER / "node_modules")
    return tmp_path / "dashboards.ts"


def specs(version: str) -> Mapping[str, Any]:
    """The specs of the dashboards in `out/` as a version of the second model, by their ids."""
    files = resources(shipped(), GrafanaSettings(formats=(version,)))
    return {id_: json.loads(files[f"grafana/{version}/{id_}.json"])["spec"] for id_ in shipped()}


def compiled(source: Path, version: str, boards: Mapping[str, Any]) -> CommandResult:
    """What the compiler says of dashboards that must satisfy the type of a version."""
    lines = [f'import type {{ Spec }} from "@grafana/schema/apis/dashboard.grafana.app/{version}";']
    lines += [f"export const {id_} = {json.dumps(board)} satisfies Spec;" for id_, board in boards.items()]
    source.write_text("\n".join(lines), encoding="utf-8")
    return run(["node", str(COMPILER), *OPTIONS, str(source)], seconds=TIMEOUT, folder=source.parent)


@pytest.mark.parametrize("version", ["v2beta1", "v2"])
def test_grafanas_types_accept_the_dashboards(source: Path, version: str) -> None:
    """Every dashboard in `out/` satisfies the type, which allows no other properties."""
    result = compiled(source, version, specs(version))
    assert (result.status, result.output) == (0, "")


@pytest.mark.parametrize(
    ("change", "message"),
    [({"cursorSync": "crosshair"}, '"crosshair"'), ({"refresh": "30s"}, "does not exist in type 'Spec'")],
)
def test_grafanas_types_refuse_what_is_not_in_the_model(source: Path, change: Mapping[str, Any], message: str) -> None:
    """A value of another enumeration and a property of the classic model do not compile."""
    result = compiled(source, "v2", {"overview": {**specs("v2")["overview"], **change}})
    assert result.status != 0
    assert message in result.output
