"""What promtool says of a build: the last word on every rule and every query."""

from __future__ import annotations

from pathlib import Path

from generator.compile import Compiled
from generator.lang.faults import Fault
from generator.promtool import Promtool


def confirmed(compiled: Compiled, out: Path, promtool: Promtool) -> list[Fault]:
    """What promtool finds wrong with the rule files and the configuration in `out`."""
    rules = sorted((out / "prometheus/rules").glob("*.yaml"))
    return promtool.check_rules(rules) + promtool.check_config(out / "prometheus/prometheus.yaml")
