"""The flags of Prometheus, which its configuration, the Compose file and the operator's object name."""

from __future__ import annotations

from generator.dsl.backend import Setting
from generator.dsl.platform import Platform

ZERO_INGESTION = "created-timestamp-zero-ingestion"
FEATURES = ("exemplar-storage", ZERO_INGESTION)
FEATURES_REASON = "without it, new series lose an increment"


def prometheus_flags(platform: Platform) -> tuple[Setting, ...]:
    """The flags, each with its reason."""
    window = platform.availability.window.text()
    return (
        Setting("--web.enable-otlp-receiver", "Workers push metrics"),
        Setting(f"--enable-feature={','.join(FEATURES)}", FEATURES_REASON),
        Setting(f"--storage.tsdb.retention.time={platform.retention}", f"error budgets have a window of {window}"),
    )
