"""A small valid platform with one key a line, and a directory to load changed copies of it from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from generator.config.load import load
from generator.errors import BuildError

SMALL_PLATFORM = """\
platform: small
services: {api: [/a, /b]}
tenant_default: {tokens_per_day: 1000, error_percent: 5}
tenants:
  acme: {tokens_per_day: 2000}
slos:
  availability: {target_percent: 99.5, window_days: 30}
  latency_p95_ms: {routes: {/a: 100, /b: 500}, ai: 1000, vectorize: 250}
thresholds:
  min_requests: 15
  min_errors: 10
  errors: {route_percent: 2, outage_percent: 50, ai_percent: 5}
  storage: {ticket_percent: 1, page_percent: 10}
  cost: {warning_percent: 80, dollars_per_day: 0.1}
  telemetry_stale_after_seconds: 180
model_prices: {m: {input: 0.1, output: 0.3}}
teams: {ops: {page: [{pagerduty: {key_file: /secrets/key}}], ticket: [{webhook: {url_file: /secrets/url}}]}}
owners: {errors: ops, latency: ops, cost: ops, storage: ops, telemetry: ops}
dead_man_url_file: /secrets/dead-man
links: {grafana: "https://g.example.com", runbooks: "https://r.example.com/books"}
"""


def changed(old: str, new: str) -> str:
    """Return the small platform with a text replaced that it has once."""
    assert SMALL_PLATFORM.count(old) == 1, f"{old!r} occurs {SMALL_PLATFORM.count(old)} times in the small platform"
    return SMALL_PLATFORM.replace(old, new)


class Workspace:
    """A directory for platform files, which are loaded by the paths that messages show."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write files by their names."""
        """Write files by their names."""
        for name, content in files.items():
            (self.folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    def problems(self, files: Mapping[str, str | bytes], name: str = "platform.yaml") -> list[str]:
        """Return the problems of loading one of the files."""
        self.write(files)
        with pytest.raises(BuildError) as error:
            load(Path(name))
        return [str(problem) for problem in error.value.problems]
