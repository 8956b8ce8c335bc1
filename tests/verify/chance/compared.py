"""The tickets of random traffic, compared with those that promtool finds with the rules of a platform."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import yaml

from generator.external.promtool import Promtool
from generator.ir.build import Lowered
from generator.ir.expression import series_names
from generator.promql.dependencies import rule_dependencies
from generator.rendering.rule_files import rule_file_yaml, rule_files
from tests.verify.chance.condition import ROUNDING, Booleans, Counts, tickets
from tests.verify.chance.figures import fires, incidents
from tests.verify.chance.kinds import Kind
from tests.verify.chance.traffic import independent, retried

QUIET, LASTS, AFTER = 60, 360, 120
MINUTES = QUIET + LASTS + AFTER
HEALTHY = ((1, 0.8), (15, 0.8), (60, 0.8))
"""Requests a minute of healthy tenants, and their share as a fraction of the threshold."""
RETRIED = (5, 15)
CHECKED = range(33, MINUTES, 60)
"""Minutes at which the tenants whose alert fires are compared. The window of six hours is read a minute later than the
others, so not at a multiple of 5."""


@dataclass(frozen=True)
class Traffic:
    """The samples of tenants, and when their alerts fire."""

    kind: Kind
    requests: Counts
    failures: Counts
    fires: Booleans

    @property
    def tenants(self) -> int:
        """How many tenants there are."""
        return int(self.fires.shape[0])


def random_tenants(kind: Kind, seed: int, of_each: int) -> Traffic:
    """Tenants with an incident of each kind, healthy ones close to their threshold, and ones that retry. Those whose
    alert depends on the rounding of a sum that is equal to a limit are left out: some 7 %."""
    random = np.random.default_rng((seed, zlib.crc32(kind.name.encode())))
    parts = []
    for rate, share in (*incidents(kind), *((rate, part * kind.threshold) for rate, part in HEALTHY)):
        shares = np.full(MINUTES, kind.usual_share if share > kind.threshold else share, dtype=np.float32)
        shares[QUIET : QUIET + LASTS] = share
        parts.append(independent(random, of_each, shares, rate))
    parts += [retried(random, of_each, MINUTES, rate, kind.usual_share * 5) for rate in RETRIED]
    requests, failures = (
        Counts(np.concatenate([each.first for each in counts]), np.concatenate([each.all for each in counts]))
        for counts in zip(*parts, strict=True)
    )
    firing, otherwise = (fires(kind, requests, failures, rounding) for rounding in (ROUNDING, -ROUNDING))
    sure = (firing == otherwise).all(axis=1)
    return Traffic(kind, requests.of(sure), failures.of(sure), firing[sure])


def differences(traffic: Traffic, lowered: Lowered, promtool: Promtool, folder: Path, batch: int = 10) -> list[str]:
    """What promtool finds that the figures do not: numbers of tickets, and tenants whose alert fires. A query of
    promtool has at most 10,000 samples: those of `batch` tenants."""
    names = _write_rules(traffic.kind.alert, lowered, folder)
    written = []
    for first in range(0, traffic.tenants, batch):
        tenants = range(first, min(first + batch, traffic.tenants))
        document = {
            "rule_files": [f"{name}.yaml" for name in names],
            "evaluation_interval": "1m",
            "group_eval_order": _groups(folder, names),
            "tests": [
                {
                    "interval": "15s",
                    "input_series": [series for tenant in tenants for series in _series(traffic, tenant)],
                    "promql_expr_test": list(_expected(traffic, tenants)),
                }
            ],
        }
        written.append(folder / f"test-{first}.yaml")
        written[-1].write_text(yaml.safe_dump(document), encoding="utf-8")
    # A call for each file: one of promtool is ended after ten minutes.
    results = (result for file in written for result in promtool.test_rules([file]).results)
    return [str(failure) for result in results for failure in result.failures]


def _write_rules(alert: str, lowered: Lowered, folder: Path) -> list[str]:
    """Write the files with the rule of the alert and what it reads; return their names."""
    alerts = tuple(rule for rule in lowered.alerts if rule.alert.name == alert)
    required = rule_dependencies(lowered.recording_rules).recorded(
        name for rule in alerts for name in series_names(rule.expression)
    )
    recording = tuple(rule for rule in lowered.recording_rules if rule.name in required)
    files = rule_files(replace(lowered, alerts=alerts, recording_rules=recording))
    for file in files:
        (folder / f"{file.name}.yaml").write_text(rule_file_yaml(file), encoding="utf-8")
    return [file.name for file in files]


def _groups(folder: Path, names: list[str]) -> list[str]:
    texts = (yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8")) for name in names)
    return [group["name"] for text in texts for group in text["groups"]]


def _series(traffic: Traffic, tenant: int) -> Iterator[dict[str, str]]:
    for series, counts in traffic.kind.series(traffic.requests, traffic.failures):
        labels = f'platform="production",tenant_id="t{tenant}"'
        yield {"series": f"{series},{labels}}}", "values": " ".join(map(str, _samples(counts, tenant)))}


def _samples(counts: Counts, tenant: int) -> Iterator[int]:
    """The value of a counter every 15 seconds; what comes after a minute's first sample comes with its second."""
    value = 0
    yield value
    for first, in_minute in zip(counts.first[tenant], counts.all[tenant], strict=True):
        value += int(first)
        yield value
        value += int(in_minute - first)
        yield from (value,) * 3


def _expected(traffic: Traffic, tenants: range) -> Iterator[dict[str, object]]:
    began = tickets(traffic.fires)
    alerts = f'ALERTS{{alertname="{traffic.kind.alert}",alertstate="firing"}}'
    begins = f"sum by (tenant_id) (count_over_time(({alerts} unless {alerts} offset 1m)[{MINUTES}m:1m]))"
    yield _test(begins, MINUTES, {tenant: int(began[tenant]) for tenant in tenants if began[tenant]})
    for minute in CHECKED:
        firing_now = {tenant: 1 for tenant in tenants if traffic.fires[tenant, minute - 1]}
        yield _test(f"count by (tenant_id) ({alerts})", minute, firing_now)


def _test(expression: str, minute: int, values: dict[int, int]) -> dict[str, object]:
    samples = [{"labels": f'{{tenant_id="t{tenant}"}}', "value": value} for tenant, value in values.items()]
    return {"expr": expression, "eval_time": f"{minute}m", "exp_samples": samples}
