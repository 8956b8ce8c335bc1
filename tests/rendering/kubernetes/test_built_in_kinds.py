"""Objects of Kubernetes' own kinds, by its published schemas."""

from __future__ import annotations

from typing import Any

import kubernetes_validate
import pytest

from generator.ir.build import Compiled
from tests.rendering.kubernetes.parsed_objects import objects_in

VERSIONS = ("1.31", "1.37")
"""An old and a new version of Kubernetes."""
BUILT_IN = ("v1", "apps/v1", "networking.k8s.io/v1")


def built_in(compiled: Compiled) -> dict[str, Any]:
    """The objects of a build that Kubernetes itself has schemas of, by path."""
    return {path: item for path, item in objects_in(compiled.texts).items() if item["apiVersion"] in BUILT_IN}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_matches_the_schema_of_its_kind(version: str, production: Compiled) -> None:
    """Strictly: no object has a key that its kind does not have."""
    objects = built_in(production)
    assert {item["kind"] for item in objects.values()} == {
        "ConfigMap",
        "Secret",
        "Service",
        "Deployment",
        "NetworkPolicy",
    }
    for path, item in objects.items():
        assert kubernetes_validate.validate(item, version, strict=True) == version, path


def test_an_unknown_key_is_rejected(production: Compiled) -> None:
    """The schemas are closed: a misspelt key of a Service is an error."""
    service = built_in(production)["kubernetes/servers/service-prometheus.yaml"]
    misspelt = {**service, "spec": {**service["spec"], "clusterIp": "None"}}
    with pytest.raises(kubernetes_validate.ValidationError, match="clusterIp"):
        kubernetes_validate.validate(misspelt, VERSIONS[-1], strict=True)
