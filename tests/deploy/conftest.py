"""A build for each controller of dashboards, written to a folder, and the programs that deploy it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.config.load import load
from generator.definitions import load_definitions
from generator.dsl.kubernetes import DASHBOARD_CONTROLLERS, KubernetesSettings
from generator.dsl.platform import Platform
from generator.external.find import find_tool
from generator.external.tool import TOOLS
from generator.pipeline import compile_all
from tests.alerts.other_platforms import MANY_OVERRIDES, platform_file
from tests.deploy.models import find_validator
from tests.rendering.kubernetes.parsed_objects import LOADER, objects_in

Run = Callable[..., subprocess.CompletedProcess[str]]
Key = tuple[str, str]
"""The kind and the name of an object."""


@dataclass(frozen=True)
class Build:
    """The folder of the Kubernetes objects of a build, and those of each of its parts, by kind and name."""

    folder: Path
    deployed: dict[Key, Any]
    servers: dict[Key, Any]
    gateway: dict[Key, Any]

    @property
    def all(self) -> dict[Key, Any]:
        """The objects of all parts."""
        return {**self.deployed, **self.servers, **self.gateway}


@pytest.fixture(scope="session", params=DASHBOARD_CONTROLLERS)
def build(request: pytest.FixtureRequest, platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Build:
    """A build of the tests' platform."""
    settings = replace(platform, kubernetes=KubernetesSettings(request.param))
    return built(settings, tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="session")
def scraping_build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """A build with 201 overrides, which are a file that Prometheus scrapes."""
    folder = tmp_path_factory.mktemp("many-overrides")
    return built(load(platform_file(folder, "many", MANY_OVERRIDES)), folder)


def built(platform: Platform, folder: Path) -> Build:
    """The build of a platform, written into a folder."""
    texts = compile_all(platform, load_definitions()).texts
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    objects = objects_in(texts)
    return Build(
        folder / "kubernetes",
        *(
            by_key(item for path, item in objects.items() if str(Path(path).parent) == part)
            for part in ("kubernetes", "kubernetes/servers", "kubernetes/gateway")
        ),
    )


@pytest.fixture(scope="session")
def run() -> Run:
    """A function that runs a tool and returns its output; a failure fails the test unless `check` is False."""

    def run_tool(name: str, *arguments: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        command = [str(find_tool(TOOLS[name])), *map(str, arguments)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert not check or result.returncode == 0, result.stderr
        return result

    return run_tool


def parsed(text: str) -> dict[Key, Any]:
    """The objects of a YAML stream, by kind and name."""
    return by_key(item for item in yaml.load_all(text, LOADER) if item)


def by_key(items: Iterator[Any]) -> dict[Key, Any]:
    """Objects by kind and name, each of which is there once."""
    listed = list(items)
    result = {(item["kind"], item["metadata"]["name"]): item for item in listed}
    assert len(result) == len(listed)
    return result


@pytest.fixture(scope="session")
def validator(root: Path) -> Path:
    """The script that validates custom resources."""
    return find_validator(root)
