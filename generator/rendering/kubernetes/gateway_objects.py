"""The gateway before Prometheus as objects: the Collector with its Services, and who may reach what."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from generator.external.tool import OTELCOL
from generator.rendering.gateway.files import MEMORY_MIB, METRICS_PORT, PUSH_PORT
from generator.rendering.kubernetes.dashboard_objects import PROMETHEUS_PORT
from generator.rendering.kubernetes.objects import BUILT_IN, OPERATOR_ALPHA, KubernetesObject, object_name

GATEWAY_FOLDER = "gateway/"
COMPONENT = "gateway"
NETWORKING = "networking.k8s.io/v1"
PEERS = ("gateway", "prometheus", "alertmanager")
"""Whom a NetworkPolicy protects."""
PROCESS_SHARE = (5, 4)
"""The container's memory is so much of what the Collector's own limit is: it refuses pushes before it is killed."""


def gateway_objects(configuration: str, slug: str) -> tuple[KubernetesObject, ...]:
    """Every object of the gateway, from the text of the Collector's configuration."""
    name = object_name(COMPONENT, "", slug)
    return (
        _object("configuration", BUILT_IN, "ConfigMap", name, "file", key="collector.yaml", text=configuration),
        _object(
            "deployment", "apps/v1", "Deployment", name, "gateway_deployment", **_deployment(name, configuration, slug)
        ),
        _object("service", BUILT_IN, "Service", name, "gateway_service", port=PUSH_PORT, headless=False),
        _object(
            "service-metrics",
            BUILT_IN,
            "Service",
            object_name(COMPONENT, "metrics", slug),
            "gateway_service",
            port=METRICS_PORT,
            headless=True,
        ),
        _object(
            "scrape",
            OPERATOR_ALPHA,
            "ScrapeConfig",
            object_name("scrape", COMPONENT, slug),
            "scrape",
            job=COMPONENT,
            target=object_name(COMPONENT, "metrics", slug),
            port=METRICS_PORT,
            identity={},
        ),
        *_policies(slug),
    )


def _deployment(name: str, configuration: str, slug: str) -> dict[str, object]:
    """The values of the Deployment; the hash starts it again with another configuration."""
    return {
        "hash": sha256(configuration.encode()).hexdigest(),
        "name": name,
        "version": OTELCOL.version,
        "prometheus": f"http://{object_name('prometheus', '', slug)}:{PROMETHEUS_PORT}",
        "push_port": PUSH_PORT,
        "metrics_port": METRICS_PORT,
        "memory_mib": MEMORY_MIB * PROCESS_SHARE[0] // PROCESS_SHARE[1],
    }


def _policies(slug: str) -> Iterator[KubernetesObject]:
    """A NetworkPolicy for each server, which lets through what the chain needs."""
    for peer in PEERS:
        yield _object(
            f"policy-{peer}",
            NETWORKING,
            "NetworkPolicy",
            object_name("policy", peer, slug),
            f"policy_{peer}",
            push_port=PUSH_PORT,
            metrics_port=METRICS_PORT,
        )


def _object(file: str, api: str, kind: str, name: str, template: str, /, **values: object) -> KubernetesObject:
    return KubernetesObject(f"{GATEWAY_FOLDER}{file}.yaml", api, kind, name, COMPONENT, template, values)
