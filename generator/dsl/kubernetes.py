"""The settings of the Kubernetes objects of a platform."""

from __future__ import annotations

from generator.frozen import frozen

SIDECAR, GRAFANA_OPERATOR = "sidecar", "grafana-operator"
DASHBOARD_CONTROLLERS = (SIDECAR, GRAFANA_OPERATOR)
"""What takes dashboards and data sources to Grafana: its chart's sidecar from ConfigMaps, grafana-operator from its
own objects."""
DEFAULT_NAMESPACE = "monitoring"
DEFAULT_STORAGE_GIB = 50


@frozen
class KubernetesSettings:
    """What takes the dashboards to Grafana, the namespace of Prometheus (a part of its address) and the size of its
    volume in GiB."""

    dashboards: str = SIDECAR
    namespace: str = DEFAULT_NAMESPACE
    storage_gib: int = DEFAULT_STORAGE_GIB
