"""Platforms of adopters that differ from the tests' own in every name and in their numbers."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import yaml

from generator.pipeline import TEST_PLATFORM

LATENCIES = (5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000)
"""The bounds of latency_ms that an SLO can have."""
ONE_OF_EACH: Mapping[str, Any] = {
    "services": {"only": ["/"]},
    "tenants": {"me": {}},
    "slos.latency_p95_ms.routes": {"/": 5},
    "model_prices": {"@cf/x/y": {"input": 0.5, "output": 1}},
}
LARGE: Mapping[str, Any] = {
    "services": {
        f"service-{number}": [f"/v1/{number}/{letter}" for letter in "abc"[: 3 if number < 2 else 2]]
        for number in range(5)
    },
    "tenants": {
        f"org.tenant-{number}": {"tokens_per_day": 1000 * number + 7, "error_percent": 1 + number % 90}
        if number % 3 == 0
        else {}
        for number in range(300)
    },
    "slos.latency_p95_ms.routes": {
        f"/v1/{number}/{letter}": LATENCIES[(number + index) % len(LATENCIES)]
        for number in range(5)
        for index, letter in enumerate("abc"[: 3 if number < 2 else 2])
    },
    "model_prices": {"@cf/acme/big": {"input": 3, "output": 9.5}, "@cf/acme/embed": {"input": 0.13}},
    "alerts": {"RequestsStopped": {"except_routes": ["/v1/0/a", "other"]}},
}
STRICT = {
    **ONE_OF_EACH,
    "tenant_default": {"tokens_per_day": 1000, "error_percent": 0.1},
    "thresholds.errors": {"route_percent": 0.05, "outage_percent": 1, "ai_percent": 0.25},
    "thresholds.storage": {"ticket_percent": 0.01, "page_percent": 0.03},
    "thresholds.cost": {"warning_percent": 10, "dollars_per_day": 0.5},
    "slos.availability": {"target_percent": 99.95, "window_days": 28},
    "thresholds.telemetry_stale_after_seconds": 60,
}
LOOSE = {
    "tenant_default": {"tokens_per_day": 123456789, "error_percent": 95},
    "thresholds.errors": {"route_percent": 90, "outage_percent": 99, "ai_percent": 97.5},
    "thresholds.storage": {"ticket_percent": 50, "page_percent": 99.9},
    "thresholds.cost": {"warning_percent": 99, "dollars_per_day": 12345.67},
    "slos.availability": {"target_percent": 95, "window_days": 30},
    "slos.latency_p95_ms": {"routes": {"/chat": 10000, "/search": 5, "/ingest": 25}, "ai": 30000, "vectorize": 5},
    "thresholds.telemetry_stale_after_seconds": 3600,
}
HIGH_MINIMUMS = {"thresholds.min_requests": 5000, "thresholds.min_errors": 700}
LOWEST_MINIMUMS = {"thresholds.min_requests": 1, "thresholds.min_errors": 1}
OTHER_SLO = {
    "slos.availability": {"target_percent": 99.9, "window_days": 90},
    "slos.latency_p95_ms": {
        "services": {"worker-api": 2500},
        "routes": {"/ingest": 1000},
        "ai": 10000,
        "vectorize": 250,
    },
    "thresholds.min_errors": 50,
}
ODD_NAMES = {
    "tenants": {
        'a "quoted" one': {"tokens_per_day": 31337},
        "ünï code 日本": {"error_percent": 33.3},
        "back\\slash {{x}}": {},
    },
    "model_prices": {"@cf/a/e": {"input": 0}, "@cf/a/f": {"input": 0, "output": 0}},
}
STORES: Mapping[str, Any] = {
    "thresholds.storage": {
        "ticket_percent": 1,
        "page_percent": 10,
        "stores": {
            "vectorize": {"ticket_percent": 2, "page_percent": 20},
            "kv": {"ticket_percent": 0.5, "page_percent": 0.6},
            "durable_objects": {"ticket_percent": 30, "page_percent": 95},
        },
    }
}
OTHER_SEVERITIES: Mapping[str, Any] = {"severities": {"page": "critical", "ticket": "warning", "none": "info"}}
LABELLED: Mapping[str, Any] = {"metrics": {"labels": {"region": {"values": ["eu", "us"]}}}}
MANY_OVERRIDES: Mapping[str, Any] = {
    "tenants": {
        f"org.tenant-{number}": {
            "tokens_per_day": 1000 * number + 7,
            "error_percent": 5 + number % 2,
            "dollars_per_day": 100 * (1 + number),
        }
        for number in range(67)
    }
}
"""201 overrides, which are a file that Prometheus scrapes."""
PLATFORMS: Mapping[str, Mapping[str, Any]] = {
    "large": LARGE,
    "one-of-each": ONE_OF_EACH,
    "strict": STRICT,
    "loose": LOOSE,
    "high-minimums": HIGH_MINIMUMS,
    "lowest-minimums": LOWEST_MINIMUMS,
    "other-slo": OTHER_SLO,
    "odd-names": ODD_NAMES,
    "labelled": LABELLED,
    "stores": STORES,
    "other-severities": OTHER_SEVERITIES,
    "on-thanos": {"backend": "thanos"},
    "on-mimir": {"backend": "mimir"},
    "on-victoriametrics": {"backend": "victoriametrics"},
    "native-histograms": {"histograms": "native"},
    "many-overrides": MANY_OVERRIDES,
}


def platform_file(folder: Path, name: str, changes: Mapping[str, Any]) -> Path:
    """Write the tests' own platform with other values, by their dotted keys, into a folder."""
    document = copy.deepcopy(yaml.safe_load(TEST_PLATFORM.read_text(encoding="utf-8")))
    document["platform"] = name
    for path, value in changes.items():
        *parents, last = path.split(".")
        section = document
        for parent in parents:
            section = section[parent]
        section[last] = value
    file = folder / f"{name}.yaml"
    file.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file


def random_changes(seed: int) -> Mapping[str, Any]:
    """Other names and numbers, drawn at random."""
    random = Random(seed)
    routes = [f"/route-{number}" for number in range(random.randint(1, 5))]
    ratios = sorted(round(random.uniform(0.1, 95), random.randint(0, 2)) or 1 for _ in range(6))
    return {
        "services": {"first": routes[:2], **({"second": routes[2:]} if routes[2:] else {})},
        "tenants": {
            f"tenant-{number}": {"tokens_per_day": random.randint(1, 10**7)} if random.random() < 0.5 else {}
            for number in range(random.randint(1, 6))
        },
        "tenant_default": {"tokens_per_day": random.randint(1, 10**7), "error_percent": random.choice(ratios)},
        "slos.latency_p95_ms.routes": {route: random.choice(LATENCIES) for route in routes},
        "slos.availability": {"target_percent": random.choice((95, 99, 99.5, 99.9, 99.95)), "window_days": 30},
        "thresholds.min_requests": random.randint(1, 200),
        "thresholds.min_errors": random.randint(1, 100),
        "thresholds.errors": {
            "route_percent": ratios[1],
            "outage_percent": ratios[5] + 1,
            "ai_percent": random.choice(ratios),
        },
        "thresholds.storage": {"ticket_percent": ratios[0], "page_percent": ratios[4] + 1},
        "thresholds.cost": {"warning_percent": random.randint(5, 99), "dollars_per_day": random.randint(1, 5000)},
        "thresholds.telemetry_stale_after_seconds": random.randint(60, 3600),
    }
