"""The peer: what sloth makes of the same objective, a service level for each route, with its own alerts."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import yaml

from generator.dsl.platform import Platform
from generator.errors import BuildError, Problem
from generator.external import find_sloth
from generator.external.process import run
from generator.verify.replay.stages import Rule, rules

PEER = "Sloth"
"""How the names of its alerts begin."""
PATIENCE = 60.0
"""Seconds that it may take."""


def peer(platform: Platform) -> tuple[Rule, ...]:
    """The rules that sloth generates. Raises `Faults`: it is missing, or fails."""
    program = find_sloth()
    with tempfile.TemporaryDirectory(prefix="peer-") as place:
        asked, made = Path(place) / "levels.yaml", Path(place) / "rules"
        asked.write_text(specification(platform), encoding="utf-8")
        made.mkdir()
        command = [str(program), "generate", "--input", str(asked), "--out", str(made / "rules.yaml")]
        try:
            answer = run(command, seconds=PATIENCE)
        except subprocess.TimeoutExpired:
            raise BuildError(
                [Problem("sloth", f"it makes no rules in {PATIENCE:g} s", "set $SLOTH to another")]
            ) from None
        if answer.status:
            raise BuildError([Problem("sloth", f"it makes no rules: {answer.gist(lines=3)}", "set $SLOTH to another")])
        return rules(made)


def specification(platform: Platform) -> str:
    """Its input, as YAML: for every route the objective of `platform.yaml`, over sloth's own 30 days."""
    levels = [
        {
            "name": route.strip("/").replace("/", "-"),
            "objective": float(platform.availability.target.amount * 100),
            "sli": {
                "events": {
                    "error_query": f'sum(rate(errors_total{{route="{route}"}}[{{{{.window}}}}]))',
                    "total_query": f'sum(rate(requests_total{{route="{route}"}}[{{{{.window}}}}]))',
                }
            },
            "alerting": {
                "name": f"{PEER}ErrorBudget",
                "labels": {"route": route},
                "page_alert": {"labels": {"severity": "page"}},
                "ticket_alert": {"labels": {"severity": "ticket"}},
            },
        }
        for route in platform.routes
    ]
    return yaml.safe_dump({"version": "prometheus/v1", "service": platform.name, "slos": levels}, sort_keys=False)
