"""What kustomize, Flux and Helm make of `out/kubernetes`: the objects as they are."""

from __future__ import annotations

import base64
import copy
import gzip
import json
import shutil
from pathlib import Path

from tests.deploy.conftest import Build, Run, parsed

ANNOTATION = "    kustomize.toolkit.fluxcd.io/substitute: disabled\n"
MAX_SECRET_BYTES = 1024 * 1024
"""Helm stores a release in a Secret."""


def test_kustomize_prints_the_objects(build: Build, run: Run) -> None:
    """Both kustomizations have every object of their folder, unchanged."""
    assert parsed(run("kustomize", "build", build.folder).stdout) == build.deployed
    assert parsed(run("kustomize", "build", build.folder / "servers").stdout) == build.servers
    assert parsed(run("kustomize", "build", build.folder / "gateway").stdout) == build.gateway


def test_a_kustomization_sets_the_namespace_and_labels(build: Build, run: Run, tmp_path: Path) -> None:
    """A kustomization of an adopter includes both folders, sets its namespace, and adds a label."""
    shutil.copytree(build.folder, tmp_path / "out")
    text = "namespace: telemetry\nlabels: [{pairs: {release: stack}}]\nresources: [out, out/servers, out/gateway]\n"
    (tmp_path / "kustomization.yaml").write_text(text, encoding="utf-8")
    expected = copy.deepcopy(build.all)
    for item in expected.values():
        item["metadata"]["namespace"] = "telemetry"
        item["metadata"]["labels"]["release"] = "stack"
    assert parsed(run("kustomize", "build", tmp_path).stdout) == expected


def test_flux_substitutes_nothing(build: Build, run: Run) -> None:
    """With variables to substitute, Flux' own function leaves every object as it is."""
    variables = ("datasource=lost", "tenant=lost", "name=lost", "PROMETHEUS_REPLICA=lost")
    assert parsed(run("fluxbuild", build.folder, *variables).stdout) == build.deployed
    assert parsed(run("fluxbuild", build.folder / "servers", *variables).stdout) == build.servers
    assert parsed(run("fluxbuild", build.folder / "gateway", "PROMETHEUS_URL=lost").stdout) == build.gateway


def test_without_the_annotation_flux_breaks_dashboards(build: Build, run: Run, tmp_path: Path) -> None:
    """The test above can fail: without the annotation, Flux refuses a dashboard for its variables."""
    folder = tmp_path / "kubernetes"
    shutil.copytree(build.folder, folder)
    for file in folder.glob("dashboard-*.yaml"):
        file.write_text(file.read_text(encoding="utf-8").replace(ANNOTATION, "    other: annotation\n"), "utf-8")
    result = run("fluxbuild", folder, "datasource=lost", check=False)
    assert result.returncode != 0
    assert "envsubst error" in result.stderr


def test_helm_prints_the_objects(build: Build, run: Run) -> None:
    """The chart has the objects of the one folder, and of all three with its values, unchanged: Helm reads no `{{`."""
    assert parsed(run("helm", "template", "release", build.folder).stdout) == build.deployed
    both = run("helm", "template", "release", build.folder, "--set", "servers=true,gateway=true").stdout
    assert parsed(both) == build.all


def test_helm_accepts_the_chart_and_packs_it(build: Build, run: Run, tmp_path: Path) -> None:
    """Its lint has no errors and no warnings; its package is what an OCI registry stores."""
    lint = run("helm", "lint", "--strict", build.folder).stdout
    assert "[ERROR]" not in lint
    assert "[WARNING]" not in lint
    run("helm", "package", build.folder, "--destination", tmp_path)
    (package,) = tmp_path.glob("*.tgz")
    text = run("helm", "template", "release", package).stdout
    assert parsed(text) == build.deployed


def test_a_release_fits_into_its_secret(build: Build, run: Run) -> None:
    """Helm stores the chart's files and the printed objects, compressed and in base64, in a Secret of at most 1 MiB."""
    manifest = run("helm", "template", "release", build.folder, "--set", "servers=true,gateway=true").stdout
    files = {
        str(file.relative_to(build.folder)): base64.b64encode(file.read_bytes()).decode()
        for file in build.folder.rglob("*")
        if file.is_file()
    }
    stored = base64.b64encode(gzip.compress(json.dumps({"files": files, "manifest": manifest}).encode()))
    assert len(base64.b64encode(stored)) < MAX_SECRET_BYTES / 2
