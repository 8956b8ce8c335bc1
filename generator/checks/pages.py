"""The documentation pages of checks, configuration, costs and backends, which `make checks-docs` writes."""

from __future__ import annotations

import json
import sys
from itertools import groupby
from pathlib import Path

from generator.checks.registry import CHECKS
from generator.config.load import load
from generator.definitions import load_definitions
from generator.lowering.alert_settings import allowed_keys
from generator.option_parser import run_module, take_no_arguments
from generator.project import ROOT, TEST_PLATFORM_NAME
from generator.rendering.backend_pages import backend_pages, comparison_page
from generator.rendering.configuration_page import configuration_page
from generator.rendering.costs_page import costs_page
from generator.rendering.templates import render

FOLDER = ROOT / "docs/checks"
LIVE_FOLDER = FOLDER / "live"
"""The pages of the checks of a running system, which another module writes."""
CONFIGURATION = ROOT / "docs/configuration.md"
COSTS = ROOT / "docs/costs.md"
BACKENDS = ROOT / "docs/backends.md"
BACKENDS_FOLDER = ROOT / "docs/backends"
MEASURED = BACKENDS_FOLDER / "measured.json"
"""What the last `make backends` wrote."""
COMMAND = "make checks-docs"
EXAMPLE = "promql/counter-without-rate"


def pages() -> dict[str, str]:
    """The text of every page, by its path in the folder."""
    checks = sorted(CHECKS, key=lambda check: check.id)
    areas = [(area, list(members)) for area, members in groupby(checks, key=lambda check: check.area)]
    (example,) = (check for check in checks if check.id == EXAMPLE)
    return {
        "README.md": render("checks.md.j2", areas=areas, example=example, command=COMMAND),
        **{f"{check.id}.md": render("check.md.j2", check=check, command=COMMAND) for check in checks},
    }


def write(folder: Path) -> None:
    """Write all pages, and remove those of checks that no longer exist."""
    texts = pages()
    for file in folder.rglob("*.md"):
        name = file.relative_to(folder)
        if name.as_posix() not in texts and name.parts[0] != LIVE_FOLDER.name:
            file.unlink()
    for path, text in texts.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def configuration() -> str:
    """The page of the configuration, with the keys that the alerts take on the platform of the alert tests."""
    platform = load(ROOT / TEST_PLATFORM_NAME)
    names: dict[str, list[str]] = {"window": [], "for": [], "except_routes": []}
    for alert in sorted(load_definitions().alerts, key=lambda alert: alert.name):
        for key in set(names) & set(allowed_keys(alert, platform)):
            names[key] = list(dict.fromkeys([*names[key], alert.name]))
    return configuration_page(names, COMMAND)


def backends() -> str:
    """The page that compares backends, with the results of the last `make backends`."""
    return comparison_page(COMMAND, json.loads(MEASURED.read_text(encoding="utf-8")))


def main() -> int:
    """Write all pages. Raises BuildError for an argument, and for definitions that do not load."""
    take_no_arguments(
        "generator.checks.pages",
        "Write the pages of checks, configuration, costs and backends into docs.",
    )
    write(FOLDER)
    CONFIGURATION.write_text(configuration(), encoding="utf-8")
    COSTS.write_text(costs_page(COMMAND), encoding="utf-8")
    BACKENDS.write_text(backends(), encoding="utf-8")
    BACKENDS_FOLDER.mkdir(exist_ok=True)
    for name, text in backend_pages(COMMAND).items():
        (BACKENDS_FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(run_module(main))
