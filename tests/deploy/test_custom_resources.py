"""The custom resources, by the models of prometheus-operator and grafana-operator."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.deploy.conftest import Build
from tests.deploy.models import problems

GROUPS = ("monitoring.coreos.com/", "grafana.integreatly.org/")


def test_every_custom_resource_matches_its_model(build: Build, validator: Path) -> None:
    """No object has an invalid value, or a key that the operator does not know."""
    assert problems(validator, custom_resources(build)) == []


def test_a_file_of_overrides_is_scraped_by_a_resource(scraping_build: Build) -> None:
    """With more than 200 overrides there is one ScrapeConfig more, which has a target for each part of the file."""
    (scrape,) = (item for (kind, name), item in scraping_build.deployed.items() if kind == "ScrapeConfig")
    assert scrape["spec"]["jobName"] == "overrides"
    parts = [target["labels"]["part"] for target in scrape["spec"]["staticConfigs"]]
    assert parts == ["part-00"]


def test_the_resources_of_a_file_of_overrides_match_their_models(scraping_build: Build, validator: Path) -> None:
    """Its ScrapeConfig has no key that the operator does not know, and a misspelt one is found."""
    custom = custom_resources(scraping_build)
    assert problems(validator, custom) == []
    (name,) = (key for key, item in custom.items() if item["spec"].get("jobName") == "overrides")
    misspelt = {**custom[name], "spec": {**custom[name]["spec"], "honourLabels": True}}
    (line,) = problems(validator, {name: misspelt})
    assert "honourLabels" in line


def custom_resources(build: Build) -> dict[str, Any]:
    """The objects of the operators' own kinds."""
    objects = build.all.items()
    return {" ".join(key): item for key, item in objects if item["apiVersion"].startswith(GROUPS)}


def test_a_misspelt_key_is_a_problem(build: Build, validator: Path) -> None:
    """The models are closed."""
    (line,) = problems(validator, prometheus_with(build, {"enableOtlpReceiver": True}))
    assert "enableOtlpReceiver" in line


def test_a_wrong_value_is_a_problem(build: Build, validator: Path) -> None:
    """The models check values: there is no such strategy."""
    lines = problems(validator, prometheus_with(build, {"otlp": {"translationStrategy": "WithoutSuffixes"}}))
    assert any("/otlp/translationStrategy must be equal to one of the allowed values" in line for line in lines)


def prometheus_with(build: Build, settings: dict[str, Any]) -> dict[str, Any]:
    """The Prometheus of a build with other settings."""
    (item,) = (item for (kind, _), item in build.servers.items() if kind == "Prometheus")
    return {"Prometheus": {**item, "spec": {**item["spec"], **settings}}}
