"""Checks that a schema cannot express; each check has a platform that violates it."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.checks import registry
from generator.config.checks import CHECKS
from generator.config.document import CONFIG
from generator.config.load import load
from tests.config.small_platform import Workspace, changed

VIOLATIONS = [
    (
        "config/native-histograms-impossible",
        "services: {api: [/a, /b]}",
        "services: {api: [/a, /b]}\nbackend: thanos\nhistograms: native",
        "4 histograms",
        "Thanos receive, query and rule does not convert the Workers' histograms to native ones",
        "remove the key",
    ),
    (
        "config/native-histograms-impossible",
        "services: {api: [/a, /b]}",
        "services: {api: [/a, /b]}\nhistograms: native\nmetrics: {conventions: gen-ai-0.1.0}",
        "3 histograms",
        "no rule can record native histograms under conventional names: their bounds are in other units",
        "remove the key, or metrics.conventions",
    ),
    (
        "config/label-of-the-backend",
        "services: {api: [/a, /b]}",
        "services: {api: [/a, /b]}\nbackend: thanos\nlabels: {thanos_tenant: a}",
        "4 labels.thanos_tenant",
        'the label "thanos_tenant" is reserved: Thanos receive sets it to its own tenant',
        "choose another name",
    ),
    (
        "config/label-of-the-backend",
        "services: {api: [/a, /b]}",
        "services: {api: [/a, /b]}\nbackend: thanos\nmetrics: {labels: {receive_replica: {values: [a]}}}",
        "4 metrics.labels.receive_replica",
        'the label "receive_replica" is reserved: Thanos query counts replicas once by it, and drops it',
        "choose another name",
    ),
    (
        "config/severities-with-one-name",
        "services: {api: [/a, /b]}",
        "services: {api: [/a, /b]}\nseverities: {page: critical, ticket: critical}",
        "3 severities.ticket",
        '"critical" is the name of page, too',
        "give each severity a name of its own",
    ),
    (
        "config/threshold-of-unused-store",
        "page_percent: 10}",
        "page_percent: 10, stores: {r2: {ticket_percent: 2}}}",
        "13 thresholds.storage.stores.r2",
        "the platform does not use this store",
        "remove the key, or add r2 to `stores`",
    ),
    (
        "config/threshold-of-unused-store",
        "services: {api: [/a, /b]}",
        "services: {api: [/a, /b]}\nstores: [d1, kv]",
        "9 slos.latency_p95_ms.vectorize",
        "the platform does not use this store",
        "remove the key, or add vectorize to `stores`",
    ),
    (
        "config/vectorize-without-latency-slo",
        ", vectorize: 250",
        "",
        "8 slos.latency_p95_ms.vectorize",
        "this key is required",
        "give a number above 0, or a list of `stores` without vectorize",
    ),
    (
        "config/latency-slo-without-route",
        "/b: 500",
        "/b: 500, /bb: 100",
        "8 slos.latency_p95_ms.routes./bb",
        "no service has this route",
        'did you mean "/b"? If not, add it to the routes of a service',
    ),
    (
        "config/latency-slo-without-route",
        "/b: 500",
        "/b: 500, /search: 100",
        "8 slos.latency_p95_ms.routes./search",
        "no service has this route",
        "use one of /a, /b, or add it to the routes of a service",
    ),
    (
        "config/route-without-latency-slo",
        ", /b: 500",
        "",
        "2 services.api[1]",
        '"/b" has no latency SLO',
        "add it to slos.latency_p95_ms.routes",
    ),
    (
        "config/route-without-latency-slo",
        "services: {api: [/a, /b]}",
        "services: {api: [/a, /b], web: [/c]}",
        "2 services.web[0]",
        '"/c" has no latency SLO',
        "add it to slos.latency_p95_ms.routes",
    ),
    (
        "config/override-of-unknown-name",
        "{routes: {/a: 100, /b: 500}",
        "{services: {api: 500, ap: 250}",
        "8 slos.latency_p95_ms.services.ap",
        "there is no such service",
        'did you mean "api"? If not, add it to services',
    ),
    (
        "config/latency-slo-not-a-bucket-bound",
        "{routes: {/a: 100, /b: 500}",
        "{services: {api: 600}",
        "8 slos.latency_p95_ms.services.api",
        "600 ms is not a bucket bound of latency_ms",
        "give 500 or 1000",
    ),
    (
        "config/route-in-two-services",
        "{api: [/a, /b]}",
        "{api: [/a, /b], web: [/a]}",
        "2 services.web[0]",
        '"/a" is also a route of api',
        "keep it in one of the two",
    ),
    (
        "config/latency-slo-not-a-bucket-bound",
        "/a: 100",
        "/a: 600",
        "8 slos.latency_p95_ms.routes./a",
        "600 ms is not a bucket bound of latency_ms",
        "give 500 or 1000",
    ),
    (
        "config/latency-slo-not-a-bucket-bound",
        "/a: 100",
        "/a: 90000",
        "8 slos.latency_p95_ms.routes./a",
        "90,000 ms is not a bucket bound of latency_ms",
        "give 10000",
    ),
    (
        "config/latency-slo-not-a-bucket-bound",
        "/a: 100",
        "/a: 0.5",
        "8 slos.latency_p95_ms.routes./a",
        "0.5 ms is not a bucket bound of latency_ms",
        "give 5",
    ),
    (
        "config/latency-slo-not-a-bucket-bound",
        "ai: 1000",
        "ai: 60000",
        "8 slos.latency_p95_ms.ai",
        "60,000 ms is the highest bucket bound of ai_latency_ms, which a measured p95 never exceeds",
        "give 30000",
    ),
    (
        "config/latency-slo-not-a-bucket-bound",
        "vectorize: 250",
        "vectorize: 260",
        "8 slos.latency_p95_ms.vectorize",
        "260 ms is not a bucket bound of vectorize_latency_ms",
        "give 250 or 500",
    ),
    (
        "config/outage-not-above-route-errors",
        "outage_percent: 50",
        "outage_percent: 2",
        "12 thresholds.errors.outage_percent",
        "2% is not above route_percent, which is 2%",
        "give more than 2",
    ),
    (
        "config/page-not-above-ticket",
        "page_percent: 10",
        "page_percent: 0.5",
        "13 thresholds.storage.page_percent",
        "0.5% is not above ticket_percent, which is 1%",
        "give more than 1",
    ),
    (
        "config/burn-rate-alert-cannot-fire",
        "target_percent: 99.5",
        "target_percent: 90",
        "7 slos.availability.target_percent",
        "the alert on 2% of the error budget in 1 hour can never fire: it needs 144% errors",
        "give more than 93.06",
    ),
    (
        "config/outage-not-above-route-errors",
        "ai_percent: 5",
        "ai_percent: 5, routes: {/a: {route_percent: 50}}",
        "12 thresholds.errors.routes./a.route_percent",
        "50% is not below outage_percent, which is 50%",
        "give less than 50",
    ),
    (
        "config/outage-not-above-route-errors",
        "ai_percent: 5",
        "ai_percent: 5, routes: {/a: {route_percent: 5, outage_percent: 4}}",
        "12 thresholds.errors.routes./a.outage_percent",
        "4% is not above route_percent, which is 5%",
        "give more than 5",
    ),
    (
        "config/page-not-above-ticket",
        "page_percent: 10",
        "page_percent: 10, stores: {kv: {page_percent: 1}}",
        "13 thresholds.storage.stores.kv.page_percent",
        "1% is not above ticket_percent, which is 1%",
        "give more than 1",
    ),
    (
        "config/latency-slo-not-a-bucket-bound",
        "ai: 1000",
        "ai: 1000, models: {m: 1001}",
        "8 slos.latency_p95_ms.models.m",
        "1,001 ms is not a bucket bound of ai_latency_ms",
        "give 1000 or 2500",
    ),
    (
        "config/burn-rate-alert-cannot-fire",
        "window_days: 30",
        "window_days: 30, routes: {/a: {target_percent: 90}}",
        "7 slos.availability.routes./a.target_percent",
        "the alert on 2% of the error budget in 1 hour can never fire: it needs 144% errors",
        "give more than 93.06",
    ),
    (
        "config/override-of-unknown-name",
        "window_days: 30",
        "window_days: 30, services: {apii: {target_percent: 99}}",
        "7 slos.availability.services.apii",
        "there is no such service",
        'did you mean "api"? If not, add it to services',
    ),
    (
        "config/override-of-unknown-name",
        "window_days: 30",
        "window_days: 30, routes: {/aa: {target_percent: 99}}",
        "7 slos.availability.routes./aa",
        "no service has this route",
        'did you mean "/a"? If not, add it to the routes of a service',
    ),
    (
        "config/override-of-unknown-name",
        "ai_percent: 5",
        "ai_percent: 5, models: {gpt: {ai_percent: 1}}",
        "12 thresholds.errors.models.gpt",
        "this model has no price",
        "use one of m, or add it to model_prices",
    ),
    (
        "config/override-of-unknown-name",
        "ai: 1000",
        "ai: 1000, models: {gpt: 1000}",
        "8 slos.latency_p95_ms.models.gpt",
        "this model has no price",
        "use one of m, or add it to model_prices",
    ),
    (
        "config/unknown-team",
        "cost: ops",
        "cost: opps",
        "18 owners.cost",
        'there is no team "opps"',
        'did you mean "ops"? If not, add it to teams',
    ),
    (
        "config/retention-shorter-than-slo-window",
        "platform: small\n",
        "platform: small\nprometheus: {retention_days: 30}\n",
        "2 prometheus.retention_days",
        "30 days are less than the SLO's window_days, which is 30, and a day",
        "give at least 31, or remove the key",
    ),
    (
        "config/reserved-static-label",
        "platform: small\n",
        "platform: small\nlabels: {region: eu, route: all}\n",
        "2 labels.route",
        'the label "route" is one of the contract or of Prometheus',
        "choose another name",
    ),
    (
        "config/stale-before-two-pushes",
        "telemetry_stale_after_seconds: 180",
        "telemetry_stale_after_seconds: 30",
        "15 thresholds.telemetry_stale_after_seconds",
        "30 seconds are not more than two intervals of 15 seconds between samples",
        "give more than 30",
    ),
    (
        "config/stale-before-two-pushes",
        "telemetry_stale_after_seconds: 180",
        "telemetry_stale_after_seconds: 100\nprometheus: {scrape_interval_seconds: 50}",
        "15 thresholds.telemetry_stale_after_seconds",
        "100 seconds are not more than two intervals of 50 seconds between samples",
        "give more than 100",
    ),
    (
        "config/email-without-server",
        "[{webhook: {url_file: /secrets/url}}]",
        "[{webhook: {url_file: /secrets/url}}, {email: {to: ops@example.com}}]",
        "17 teams.ops.ticket[1].email",
        "no server sends this e-mail",
        'add the key email, such as email: {from: alerts@example.com, smarthost: "smtp.example.com:587"}',
    ),
    (
        "config/mail-user-without-password",
        "platform: small",
        'platform: small\nemail: {from: a@example.com, smarthost: "smtp.example.com:587", user: a}',
        "2 email.user",
        "the user has no password",
        "add password_file, or remove user",
    ),
    (
        "config/unknown-time-zone",
        "[{webhook: {url_file: /secrets/url}}]",
        '[{webhook: {url_file: /secrets/url}}], ticket_hours: [{from: "09:00", to: "17:00", time_zone: Europe/Berln}]',
        "17 teams.ops.ticket_hours[0].time_zone",
        'there is no time zone "Europe/Berln"',
        'did you mean "Europe/Berlin"? If not, give a name of the IANA database',
    ),
    (
        "config/hours-end-before-they-begin",
        "[{webhook: {url_file: /secrets/url}}]",
        '[{webhook: {url_file: /secrets/url}}], ticket_hours: [{from: "09:00", to: "09:00", time_zone: UTC}]',
        "17 teams.ops.ticket_hours[0].to",
        '"09:00" is not after from, which is "09:00"',
        "give a later time, or write two entries with midnight between them",
    ),
]


@pytest.mark.parametrize(("check", "old", "new", "where", "what", "hint"), VIOLATIONS)
def test_a_violation_of_a_check_is_one_problem(
    workspace: Workspace, check: str, old: str, new: str, where: str, what: str, hint: str
) -> None:
    """A violation is one problem, at the value to change, with a value that passes and the id of the check."""
    text = changed(old, new)
    assert workspace.problems({"platform.yaml": text}) == [f"platform.yaml:{where}: {what}; {hint}. [{check}]"]


def test_checks_skip_invalid_values(workspace: Workspace) -> None:
    """Services that are not a mapping are one problem; checks that do not read them still run."""
    text = changed("{api: [/a, /b]}", "5").replace("ai: 1000", "ai: 1001")
    assert [problem.partition(";")[0] for problem in workspace.problems({"platform.yaml": text})] == [
        "platform.yaml:2 services: 5 is not a mapping of services",
        "platform.yaml:8 slos.latency_p95_ms.ai: 1,001 ms is not a bucket bound of ai_latency_ms",
    ]


def test_every_check_is_violated() -> None:
    """Loading a platform runs every check of its stage, and a test violates each of them."""
    registered = [check.id for check in registry.CHECKS if check.stage is CONFIG]
    assert [check.id for check in CHECKS] == registered
    assert set(registered) == {check for check, *_ in VIOLATIONS}


def test_a_platform_without_vectorize_needs_no_slo_of_it(workspace: Workspace) -> None:
    """A file that lists D1 and KV loads without `vectorize`; the stores are in the contract's order."""
    text = changed(", vectorize: 250", "").replace("{api: [/a, /b]}", "{api: [/a, /b]}\nstores: [d1, kv]")
    workspace.write({"platform.yaml": text})
    assert load(Path("platform.yaml")).stores == ("kv", "d1")
