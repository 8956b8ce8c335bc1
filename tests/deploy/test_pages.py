"""The examples in docs/deploy: objects that their controllers know, and a patch that kustomize applies."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.conftest import Build, Run, parsed
from tests.deploy.models import problems

WAYS = (
    *("argo-cd", "compose", "files", "flux", "gateway", "git-sync", "grafana-operator", "kubernetes", "overrides"),
    "terraform",
)


def text_of(root: Path, page: str) -> str:
    """The text of a page."""
    return (root / "docs" / "deploy" / f"{page}.md").read_text(encoding="utf-8")


def examples(root: Path, page: str) -> list[Any]:
    """The YAML documents of a page."""
    blocks = re.findall(r"^```yaml\n(.*?)^```", text_of(root, page), re.DOTALL | re.MULTILINE)
    return [document for block in blocks for document in yaml.safe_load_all(block)]


def test_every_way_says_what_it_does_with_drift_and_pruning(root: Path) -> None:
    """Each page has both words, and the overview names each page."""
    overview = (root / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert sorted(file.stem for file in (root / "docs" / "deploy").glob("*.md")) == sorted(WAYS)
    for page in WAYS:
        assert f"deploy/{page}.md" in overview
        for word in ("Drift", "Pruning"):
            assert word in text_of(root, page), (page, word)


@pytest.mark.parametrize("page", ["argo-cd", "flux", "grafana-operator"])
def test_the_objects_of_a_page_match_their_models(page: str, root: Path, validator: Path) -> None:
    """No example has an invalid value or an unknown key."""
    documents = [item for item in examples(root, page) if "apiVersion" in item and "spec" in item]
    objects = {f"{item['kind']} {number}": item for number, item in enumerate(documents)}
    assert problems(validator, objects) == []


def test_the_label_of_a_grafana_can_be_patched(build: Build, run: Run, root: Path, tmp_path: Path) -> None:
    """The patch of the page changes the label that every object of grafana-operator selects, and nothing else."""
    (example,) = [item for item in examples(root, "grafana-operator") if item.get("kind") == "Kustomization"]
    shutil.copytree(build.folder, tmp_path / "out" / "kubernetes")
    (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump(example), encoding="utf-8")
    patched = parsed(run("kustomize", "build", tmp_path).stdout)
    originals = {**build.deployed, **build.servers}
    assert patched.keys() == originals.keys()
    for key, item in patched.items():
        original = originals[key]
        if item["apiVersion"].startswith("grafana.integreatly.org/"):
            assert item["spec"]["instanceSelector"] == {"matchLabels": {"grafana": "main"}}
            assert original["spec"]["instanceSelector"] == {"matchLabels": {"dashboards": "grafana"}}
        else:
            assert item == original
