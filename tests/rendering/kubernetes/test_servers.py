"""Prometheus and Alertmanager as objects: the settings of the files, and secrets where the configuration reads them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import yaml

from generator.dsl.kubernetes import GRAFANA_OPERATOR, KubernetesSettings
from generator.dsl.platform import GrafanaSettings, Platform
from generator.dsl.receivers import Email, MailServer, Owner, PagerDuty, Webhook
from generator.dsl.units import days, seconds
from generator.ir.build import Compiled
from generator.output import PROMETHEUS_CONFIG
from generator.rendering.kubernetes import Rendered, kubernetes
from generator.rendering.kubernetes.secret_mounts import SecretMounts, secret_mounts
from generator.rendering.provisioning import provisioning
from generator.rendering.secret_files import secret_files
from tests.rendering.kubernetes.parsed_objects import GATEWAY, NOTIFICATIONS, objects_in, production, server_objects_of


def prometheus_of(platform: Platform) -> Any:
    """The `spec` of a platform's Prometheus."""
    return server_objects_of(platform)["prometheus"]["spec"]


def test_prometheus_has_the_settings_of_its_file() -> None:
    """Names are kept, retried pushes are taken, and intervals, retention and external labels are the platform's."""
    platform = replace(production(), retention=days(400), scrape_interval=seconds(20), labels={"region": "eu"})
    spec, file = prometheus_of(platform), yaml.safe_load(provisioning(platform)[PROMETHEUS_CONFIG])
    assert spec["enableOTLPReceiver"] is True
    assert spec["otlp"]["translationStrategy"] == file["otlp"]["translation_strategy"]
    assert spec["tsdb"]["outOfOrderTimeWindow"] == file["storage"]["tsdb"]["out_of_order_time_window"]
    assert (spec["retention"], spec["scrapeInterval"], spec["evaluationInterval"]) == ("400d", "20s", "30s")
    assert spec["externalLabels"] == {"region": "eu"}
    assert set(spec["enableFeatures"]) == {"exemplar-storage", "created-timestamp-zero-ingestion"}


def test_prometheus_finds_the_alertmanagers_and_scrapes_as_the_file_does() -> None:
    """It asks DNS for the Alertmanagers' Service; its own targets have the platform's label."""
    servers = server_objects_of(replace(production(), name="staging"))
    secret = servers["prometheus-alertmanagers"]
    selected = prometheus_of(replace(production(), name="staging"))["additionalAlertManagerConfigs"]
    assert selected["name"] == secret["metadata"]["name"]
    (discovery,) = yaml.safe_load(secret["stringData"][selected["key"]])[0]["dns_sd_configs"]
    service = servers["service-alertmanager"]
    assert discovery == {"names": [service["metadata"]["name"]], "type": "A", "port": 9093}
    assert service["spec"]["clusterIP"] == "None"
    for job in ("prometheus", "alertmanager"):
        spec = servers[f"scrape-{job}"]["spec"]
        assert (spec["jobName"], spec["relabelings"]) == (
            job,
            [{"targetLabel": "platform", "replacement": "staging"}],
        )


def test_no_server_asks_the_kubernetes_api() -> None:
    """Neither has a token of a service account, and there are no roles; both run as an ordinary user."""
    servers = server_objects_of(production())
    for name in ("prometheus", "alertmanager"):
        spec = servers[name]["spec"]
        assert spec["automountServiceAccountToken"] is False
        assert spec["securityContext"]["runAsNonRoot"] is True
    assert not {item["kind"] for item in servers.values()} & {"Role", "ClusterRole", "RoleBinding", "ServiceAccount"}


def test_the_secret_has_the_files_of_alertmanager(production: Compiled) -> None:
    """Both files of `out/alertmanager` that Alertmanager reads are in the Secret that its object names."""
    objects = objects_in(production.texts)
    secret = objects["kubernetes/servers/alertmanager-configuration.yaml"]
    spec = objects["kubernetes/servers/alertmanager.yaml"]["spec"]
    assert spec["configSecret"] == secret["metadata"]["name"]
    assert secret["stringData"] == {
        name: production.texts[f"alertmanager/{name}"].rstrip("\n")
        for name in ("alertmanager.yaml", "notifications.tmpl")
    }


def test_every_file_of_a_secret_is_mounted() -> None:
    """The Secret of `secrets/NAME/KEY` is mounted by the operator; other folders have a Secret of their own."""
    team = Owner(
        "ops",
        (PagerDuty("/etc/alertmanager/secrets/pager/key"), Email("a@example.com")),
        (Webhook("/etc/alertmanager/secrets/ticket-url", "/run/other_secrets/token"),),
    )
    platform = replace(
        production(),
        owners={"errors": team},
        dead_man_url_file="/etc/alertmanager/secrets/dead-man-url",
        mail_server=MailServer("b@example.com", "mail:25", "b", "/etc/alertmanager/secrets/mail/password"),
    )
    assert secret_files(platform) == [
        "/etc/alertmanager/secrets/dead-man-url",
        "/etc/alertmanager/secrets/mail/password",
        "/etc/alertmanager/secrets/pager/key",
        "/etc/alertmanager/secrets/ticket-url",
        "/run/other_secrets/token",
    ]
    assert secret_mounts(platform, "") == SecretMounts(
        ("mail", "pager"),
        (
            ("workers-ai-receivers", "/etc/alertmanager/secrets"),
            ("workers-ai-receivers-other-secrets", "/run/other_secrets"),
        ),
    )
    spec = server_objects_of(platform)["alertmanager"]["spec"]
    assert spec["secrets"] == ["mail", "pager"]
    assert {each["name"]: each["mountPath"] for each in spec["volumeMounts"]} == dict(
        secret_mounts(platform, "").volumes
    )
    assert {each["name"]: each["secret"]["secretName"] for each in spec["volumes"]} == {
        name: name for name, _ in secret_mounts(platform, "").volumes
    }


@pytest.mark.parametrize("controller", ["sidecar", GRAFANA_OPERATOR])
def test_the_data_source_is_that_of_the_dashboards(controller: str) -> None:
    """It has the UID of the dashboards, and the address of the Service of Prometheus in the platform's namespace."""
    settings = KubernetesSettings(controller, namespace="observability")
    platform = replace(production(settings=settings), name="staging", grafana=GrafanaSettings("AI", "mimir"))
    servers = server_objects_of(platform)
    item = servers["data-source"]
    if controller == GRAFANA_OPERATOR:
        uid, source = item["spec"]["uid"], item["spec"]["datasource"]
    else:
        (text,) = item["data"].values()
        (source,) = yaml.safe_load(text)["datasources"]
        uid = source["uid"]
        assert item["metadata"]["labels"]["grafana_datasource"] == "1"
    host = f"{servers['service-prometheus']['metadata']['name']}.observability.svc"
    assert (uid, source["url"]) == ("mimir", f"http://{host}:9090")
    assert source["jsonData"]["timeInterval"] == "15s"


def test_grafana_operator_gets_the_dashboards_in_their_folder() -> None:
    """Each dashboard is a GrafanaDashboard in the GrafanaFolder, which has the title and UID that files have, too."""
    dashboards = {"overview": '{"uid": "a", "query": "${x} {{ y }}"}\n', "tenant": '{"uid": "b"}\n'}
    platform = production("Team AI", KubernetesSettings(GRAFANA_OPERATOR))
    objects = objects_in(kubernetes(platform, Rendered(dashboards, [], NOTIFICATIONS, GATEWAY)))
    folder = objects["kubernetes/folder.yaml"]
    assert (folder["kind"], folder["spec"]["title"], folder["spec"]["uid"]) == ("GrafanaFolder", "Team AI", "team-ai")
    for id_, text in dashboards.items():
        item = objects[f"kubernetes/dashboard-{id_}.yaml"]
        assert (item["kind"], item["spec"]["folderRef"]) == ("GrafanaDashboard", folder["metadata"]["name"])
        assert json.loads(item["spec"]["json"]) == json.loads(text)


def test_flux_and_kustomize_leave_every_object_as_it_is(production: Compiled) -> None:
    """Every object has Flux' annotation, and the labels of the platform."""
    for item in objects_in(production.texts).values():
        metadata = item["metadata"]
        assert metadata["annotations"]["kustomize.toolkit.fluxcd.io/substitute"] == "disabled"
        assert metadata["labels"]["app.kubernetes.io/instance"] == "workers-ai"
        assert "namespace" not in metadata
