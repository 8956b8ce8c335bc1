"""The configuration files of Grafana and Prometheus."""

from __future__ import annotations

import re
from hashlib import sha256

from contract.labels import CLUSTER
from generator.dsl.platform import CLASSIC, Platform
from generator.dsl.units import minutes
from generator.ir.rules import FAST_INTERVAL, min_step
from generator.lowering.identity import identity_names
from generator.lowering.ids import PREFIX, slug
from generator.lowering.time_lapse import shorter
from generator.output import DATASOURCE, PROMETHEUS_CONFIG, dashboard_provider_path
from generator.rendering.templates import render

READABLE = re.compile(r"[A-Za-z0-9]+( [A-Za-z0-9]+)*")
MAX_UID_LENGTH = 40


LOOK_BACK, RESEND_DELAY, FOR_GRACE_PERIOD = minutes(5), minutes(1), minutes(10)
"""Prometheus' defaults of flags that are durations."""


def provisioning(platform: Platform, time_lapse: int = 1) -> dict[str, str]:
    """Grafana's data source and dashboard provider, and Prometheus' configuration, whose durations are divided by
    `time_lapse`. Grafana reads the URL of Prometheus from its environment."""
    grafana = platform.grafana
    return {
        DATASOURCE: render(
            "datasource.yaml.j2",
            name=grafana.data_source_name,
            uid=grafana.data_source_uid,
            min_step=min_step(platform.sample_interval),
        ),
        **_provider(platform),
        PROMETHEUS_CONFIG: render(
            "prometheus.yaml.j2",
            retention=platform.retention,
            slo_window=platform.availability.window.text(),
            scrape_interval=shorter(platform.scrape_interval, time_lapse),
            evaluation_interval=shorter(FAST_INTERVAL, time_lapse),
            flags=_flags_of(time_lapse),
            identity=identity_names(platform),
            labels={**platform.labels, **({CLUSTER.name: platform.cluster} if platform.cluster else {})},
        ),
    }


def _flags_of(time_lapse: int) -> list[str]:
    """The flags of Prometheus whose defaults are too long for a time lapse."""
    flags = {
        "query.lookback-delta": LOOK_BACK,
        "rules.alert.resend-delay": RESEND_DELAY,
        "rules.alert.for-grace-period": FOR_GRACE_PERIOD,
    }
    if time_lapse == 1:
        return []
    return [f"--{name}={shorter(duration, time_lapse)}" for name, duration in flags.items()]


def _provider(platform: Platform) -> dict[str, str]:
    """The provider of the dashboards' files, where they are written. Grafana deletes the dashboards of a provider that
    are not in its folder: each platform has its own."""
    settings = platform.grafana
    if CLASSIC not in settings.formats:
        return {}
    own = slug(platform.name, platform.cluster)
    name = f"{PREFIX}-{own}" if own else PREFIX
    folder = {"folder": settings.folder, "folder_uid": folder_uid(settings.folder)}
    return {dashboard_provider_path(name): render("dashboard_provider.yaml.j2", name=name, **folder)}


def folder_uid(title: str) -> str:
    """The UID of a folder, which follows from its title: Grafana keeps one folder of each UID. It is readable where the
    title consists of words."""
    if READABLE.fullmatch(title) and len(title) <= MAX_UID_LENGTH:
        return title.lower().replace(" ", "-")
    return f"workers-ai-{sha256(title.encode()).hexdigest()[:16]}"
