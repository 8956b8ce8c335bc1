"""What the peer is asked for: the same objective, for each route; and what becomes of one that fails."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generator.dsl.platform import Platform
from generator.errors import BuildError
from generator.verify.backtest.rules import tried
from generator.verify.backtest.sloth import peer, specification
from tests.external.programs import program

RULES = """groups:
- name: g
  rules:
  - {record: r5m, expr: "sum(rate(e[5m]))"}
  - {alert: SlothErrorBudget, expr: r5m > 1, labels: {severity: page}}
"""


def test_every_route_has_the_platforms_objective(platform: Platform) -> None:
    """99.5 % for each of three routes, told as pages and as tickets, from the contract's own counters."""
    levels = yaml.safe_load(specification(platform))["slos"]
    assert [(one["name"], one["objective"]) for one in levels] == [("chat", 99.5), ("search", 99.5), ("ingest", 99.5)]
    assert levels[1]["sli"]["events"]["error_query"] == 'sum(rate(errors_total{route="/search"}[{{.window}}]))'
    assert levels[0]["alerting"]["page_alert"] == {"labels": {"severity": "page"}}


def test_its_rules_are_read_as_ours_are(platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it writes to --out is what is tried."""
    (tmp_path / "made.yaml").write_text(RULES, encoding="utf-8")
    script = f'if [ "$1" = version ]; then echo v0.16.0; else cp {tmp_path}/made.yaml "$5"; fi'
    monkeypatch.setenv("SLOTH", str(program(tmp_path / "sloth", script)))
    assert [rule.series for rule in tried(peer(platform), 600)] == ["ALERTS", "r5m"]


def test_one_that_fails_is_told(platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own last words, and what to do."""
    script = 'if [ "$1" = version ]; then echo v0.16.0; else echo no such objective >&2; exit 1; fi'
    monkeypatch.setenv("SLOTH", str(program(tmp_path / "sloth", script)))
    with pytest.raises(BuildError, match=r"sloth: it makes no rules: no such objective; set \$SLOTH to another"):
        peer(platform)


@pytest.mark.parametrize("said", ["v0.15.0", "dev"])
def test_an_old_one_will_not_do(said: str, platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """0.16 is the first that will; one that names no version is refused too."""
    monkeypatch.setenv("SLOTH", str(program(tmp_path / "sloth", f"echo {said}")))
    with pytest.raises(BuildError, match=r"\$SLOTH: .*; set \$SLOTH to the path of sloth 0.16 or newer"):
        peer(platform)
