"""Keys of earlier versions, each with the key that replaces it."""

from __future__ import annotations

from tests.config.bad_platforms.bad_platform import at, bad

RENAMED = "this key was renamed"
REPLACED = "this key was replaced by a list of receivers"

OLD_KEYS = (
    bad("models", "model_prices:", "models:", at("models", RENAMED, "write model_prices", "37:1")),
    bad(
        "floor_requests among the thresholds",
        "min_requests:",
        "floor_requests:",
        at("thresholds.floor_requests", RENAMED, "write thresholds.min_requests", "24:3"),
    ),
    bad(
        "floor_errors among the thresholds",
        "min_errors:",
        "floor_errors:",
        at("thresholds.floor_errors", RENAMED, "write thresholds.min_errors", "25:3"),
    ),
    bad(
        "route_down_percent",
        "outage_percent:",
        "route_down_percent:",
        at("thresholds.errors.route_down_percent", RENAMED, "write thresholds.errors.outage_percent", "28:5"),
    ),
    bad(
        "kept_percent",
        "target_percent:",
        "kept_percent:",
        at("slos.availability.kept_percent", RENAMED, "write slos.availability.target_percent", "14:5"),
    ),
    bad(
        "kept_days",
        "window_days:",
        "kept_days:",
        at("slos.availability.kept_days", RENAMED, "write slos.availability.window_days", "15:5"),
    ),
    bad(
        "heartbeat_seconds",
        "telemetry_stale_after_seconds:",
        "heartbeat_seconds:",
        at("thresholds.heartbeat_seconds", RENAMED, "write thresholds.telemetry_stale_after_seconds", "36:3"),
    ),
    bad(
        "an old section with two keys",
        "thresholds:\n  min_requests: 15\n  min_errors: 10\n",
        "OLD:\n  floor_requests: 15\n  floor_errors: 10\nthresholds:\n".replace("OLD", "promis" + "es"),
        at("promis" + "es.floor_requests", RENAMED, "write thresholds.min_requests", "24:3"),
        at("promis" + "es.floor_errors", RENAMED, "write thresholds.min_errors", "25:3"),
    ),
    bad(
        "the keys of receivers",
        "    page: [{pagerduty: {key_file: /secrets/key}}]\n    ticket: [{webhook: {url_file: /secrets/url}}]",
        "    page_key_file: /secrets/key\n    ticket_url_file: /secrets/url",
        at("teams.ops.page_key_file", REPLACED, "write page: [{pagerduty: {key_file: …}}]", "43:5"),
        at("teams.ops.ticket_url_file", REPLACED, "write ticket: [{webhook: {url_file: …}}]", "44:5"),
    ),
    bad(
        "an old key of receivers beside the new one",
        "    page: [{pagerduty: {key_file: /secrets/key}}]",
        "    page: [{pagerduty: {key_file: /secrets/key}}]\n    page_key_file: hunter2",
        at("teams.ops.page_key_file", REPLACED, "write page: [{pagerduty: {key_file: …}}]", "44:5"),
    ),
    bad(
        "an old section that is empty",
        "links:\n",
        "OLD: {}\nlinks:\n".replace("OLD", "promis" + "es"),
        at("promis" + "es", RENAMED, "write slos or thresholds", "55:1"),
    ),
)
