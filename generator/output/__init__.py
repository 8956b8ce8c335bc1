"""The paths of the files in `out/`."""

from __future__ import annotations

METRICS_JSON = "contract/metrics.json"
METRICS_PAGE = "contract/metrics.md"
LOG_SCHEMA = "contract/log.schema.json"
PLATFORM_SCHEMA = "contract/platform.schema.json"
WEAVER_FOLDER = "contract/weaver/"
WORKER_CONTRACT = "contract/contract.gen.ts"
DASHBOARDS_FOLDER = "grafana/dashboards/"
DATASOURCE = "grafana/provisioning/datasources/prometheus.yaml"
DASHBOARD_PROVIDERS_FOLDER = "grafana/provisioning/dashboards/"
PROMETHEUS_CONFIG = "prometheus/prometheus.yaml"
RULES_FOLDER = "prometheus/rules/"
OVERRIDES_FOLDER = "prometheus/overrides/"
"""What the web server of the overrides serves: nothing else of `out/`."""
OVERRIDES_FILE = f"{OVERRIDES_FOLDER}overrides.txt"
MANAGED_ALERTS_FOLDER = "grafana/alert-rules/"
ALERTMANAGER_CONFIG = "alertmanager/alertmanager.yaml"
NOTIFICATION_TEMPLATES = "alertmanager/notifications.tmpl"
ROUTES = "alertmanager/routes.json"
RUNBOOKS_FOLDER = "runbooks/"
ALERT_TESTS_FOLDER = "tests/"
KUBERNETES_FOLDER = "kubernetes/"
BACKEND_FOLDER = "backend/"
LIMITS = f"{BACKEND_FOLDER}limits.yaml"
COMPOSE = "compose.yaml"
GATEWAY_FOLDER = "gateway/"
MANIFEST = "manifest.sha256"
"""The hash of every other file, written last; `sha256sum --check` reads it."""
JOURNAL = ".build-journal"
"""What a build is about to write. It is there only during a build, and after one that was interrupted."""


def dashboard_path(id_: str) -> str:
    """The path of a dashboard's JSON in `out/`."""
    return f"{DASHBOARDS_FOLDER}{id_}.json"


def dashboard_provider_path(name: str) -> str:
    """The path of the provider of the dashboards' files in `out/`."""
    return f"{DASHBOARD_PROVIDERS_FOLDER}{name}.yaml"


def resource_path(version: str, name: str) -> str:
    """The path of a resource of a version of Grafana's API in `out/`."""
    return f"grafana/{version}/{name}.json"


def rule_file_path(name: str) -> str:
    """The path of a rule file in `out/`."""
    return f"{RULES_FOLDER}{name}.yaml"


def managed_alerts_path(family: str) -> str:
    """The path of a family of alerts for Grafana-managed alerting in `out/`."""
    return f"{MANAGED_ALERTS_FOLDER}{family}.yaml"


def gateway_path(name: str) -> str:
    """The path of a file of the gateway before Prometheus in `out/`."""
    return f"{GATEWAY_FOLDER}{name}"


def flags_path(program: str) -> str:
    """The path of the flags of a program of the backend in `out/`."""
    return f"{BACKEND_FOLDER}{program}.flags"


def runbook_path(name: str) -> str:
    """The path of a runbook in `out/`."""
    return f"{RUNBOOKS_FOLDER}{name}.md"


def alert_test_path(name: str) -> str:
    """The path of a file of alert tests in `out/`."""
    return f"{ALERT_TESTS_FOLDER}{name}.yaml"
