"""The configuration files of Grafana and Prometheus."""

from __future__ import annotations

import re
from hashlib import sha256

from contract.labels import CLUSTER
from generator.dsl.backend import OutputPart, Setting
from generator.dsl.backends import PROMETHEUS_VERSIONS
from generator.dsl.platform import CLASSIC, Platform
from generator.dsl.units import minutes
from generator.ir.rules import FAST_INTERVAL, min_step
from generator.lowering.identity import identity_names
from generator.lowering.ids import PREFIX, slug
from generator.lowering.time_lapse import shorter
from generator.output import DATASOURCE, LIMITS, OVERRIDES_FILE, PROMETHEUS_CONFIG, dashboard_provider_path, flags_path
from generator.rendering.overrides_file import SCRAPE_INTERVAL, SCRAPE_JOB, SERVER, SERVER_PORT
from generator.rendering.prometheus_flags import prometheus_flags
from generator.rendering.templates import render

READABLE = re.compile(r"[A-Za-z0-9]+( [A-Za-z0-9]+)*")
MAX_UID_LENGTH = 40
URL_OF_ENVIRONMENT = "$__env{PROMETHEUS_URL}"


LOOK_BACK, RESEND_DELAY, FOR_GRACE_PERIOD = minutes(5), minutes(1), minutes(10)
"""Prometheus' defaults of flags that are durations."""


def provisioning(platform: Platform, time_lapse: int = 1) -> dict[str, str]:
    """Grafana's data source and dashboard provider, and Prometheus' configuration, whose durations are divided by
    `time_lapse`; or the flags and limits of another backend. Grafana reads the URL of Prometheus from its
    environment."""
    has = platform.backend.has
    return {
        **(_grafana(platform) if has(OutputPart.PROVISIONING) else {}),
        **(_prometheus(platform, time_lapse) if has(OutputPart.PROMETHEUS_CONFIG) else {}),
        **_backend(platform),
    }


def _grafana(platform: Platform) -> dict[str, str]:
    grafana, backend = platform.grafana, platform.backend
    return {
        DATASOURCE: render(
            "datasource.yaml.j2",
            url=URL_OF_ENVIRONMENT,
            name=grafana.data_source_name,
            uid=grafana.data_source_uid,
            min_step=min_step(platform.sample_interval),
            settings=backend.data_source,
            secrets=backend.data_source_secrets,
        ),
        **_provider(platform),
    }


def _prometheus(platform: Platform, time_lapse: int) -> dict[str, str]:
    return {
        PROMETHEUS_CONFIG: render(
            "prometheus.yaml.j2",
            oldest=PROMETHEUS_VERSIONS.first,
            scrape_interval=shorter(platform.scrape_interval, time_lapse),
            evaluation_interval=shorter(FAST_INTERVAL, time_lapse),
            flags=[*prometheus_flags(platform), *_flags_of(time_lapse)],
            native_histograms=platform.native_histograms,
            identity=identity_names(platform),
            labels=external_labels(platform),
            overrides=overrides_scrape(platform, time_lapse),
        ),
    }


def overrides_scrape(platform: Platform, time_lapse: int) -> dict[str, object] | None:
    """How Prometheus scrapes the file of overrides, where the platform has it."""
    if not platform.scrapes_overrides:
        return None
    name = OVERRIDES_FILE.rpartition("/")[2]
    interval = shorter(SCRAPE_INTERVAL, time_lapse)
    return {"job": SCRAPE_JOB, "target": f"{SERVER}:{SERVER_PORT}", "path": f"/{name}", "interval": interval}


def _backend(platform: Platform) -> dict[str, str]:
    """The flags of each program of the backend, and the limits that it needs."""
    backend, retention = platform.backend, str(platform.retention)
    files = {
        flags_path(program.name): render(
            "backend.flags.j2",
            program=program.name,
            title=backend.title,
            flags=[(flag.on(retention), flag.reason) for flag in program.flags],
        )
        for program in backend.programs
    }
    settings = (*backend.limits, *(backend.histogram_limits if platform.native_histograms else ()))
    if settings:
        limits = [(limit.on(retention), limit.reason) for limit in settings]
        files[LIMITS] = render("backend_limits.yaml.j2", title=backend.title, limits=limits)
    return files


def external_labels(platform: Platform) -> dict[str, str]:
    """The labels of a platform's Prometheus, by which others know its series."""
    return {**platform.labels, **({CLUSTER.name: platform.cluster} if platform.cluster else {})}


def _flags_of(time_lapse: int) -> list[Setting]:
    """The flags of Prometheus whose defaults are too long for a time lapse."""
    flags = {
        "query.lookback-delta": LOOK_BACK,
        "rules.alert.resend-delay": RESEND_DELAY,
        "rules.alert.for-grace-period": FOR_GRACE_PERIOD,
    }
    if time_lapse == 1:
        return []
    return [
        Setting(f"--{name}={shorter(duration, time_lapse)}", "durations are divided")
        for name, duration in flags.items()
    ]


def _provider(platform: Platform) -> dict[str, str]:
    """The provider of the dashboards' files, where they are written. Grafana deletes the dashboards of a provider that
    are not in its folder: each platform has its own."""
    settings = platform.grafana
    if CLASSIC not in settings.formats:
        return {}
    name = provider_name(platform)
    folder = {"folder": settings.folder, "folder_uid": folder_uid(settings.folder)}
    return {dashboard_provider_path(name): render("dashboard_provider.yaml.j2", name=name, **folder)}


def provider_name(platform: Platform) -> str:
    """The name of the provider of a platform's dashboards, and of the folder of their files."""
    own = slug(platform.name, platform.cluster)
    return f"{PREFIX}-{own}" if own else PREFIX


def folder_uid(title: str) -> str:
    """The UID of a folder, which follows from its title: Grafana keeps one folder of each UID. It is readable where the
    title consists of words."""
    if READABLE.fullmatch(title) and len(title) <= MAX_UID_LENGTH:
        return title.lower().replace(" ", "-")
    return f"workers-ai-{sha256(title.encode()).hexdigest()[:16]}"
