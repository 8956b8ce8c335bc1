"""`rehearse PROMETHEUS_URL --export FILE`: write a recording of a server's history. It only reads the server."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from generator.errors import BuildError, Problem
from generator.output import RULES_FOLDER
from generator.pipeline import load_sources
from generator.reporting import Outcome
from generator.verify.drift.rule_groups import loaded_groups
from generator.verify.rehearse.data import estimate_data
from generator.verify.rehearse.export import DAY, Exported, ExportPlan, export, export_estimate, export_plan
from generator.verify.rehearse.history_api import HistoryApi
from generator.verify.rehearse.pseudonyms import Pseudonyms, public_values
from generator.verify.rehearse.run import read_server, require_limit
from generator.verify.rehearse.text import counted, estimate_text
from generator.verify.replay.stages import load_rules
from generator.verify.simulation.progress import reported_progress

Names = dict[str, dict[str, str]]
"""Pseudonyms by the name of a label and the value that they replace."""


def export_command(arguments: argparse.Namespace) -> Outcome:
    """Write the recording, and print its size. Raises `BuildError`: wrong arguments, a server that gives no answer, or
    too many samples."""
    api, time = read_server(arguments)
    names = _read_names(arguments.names)
    rules = load_rules(arguments.out / RULES_FOLDER)
    sources = load_sources(arguments.platform)
    labels = sources.definitions.contract.labels
    kept = public_values(labels, sources.platform, rules, arguments.hide_tenants)
    pseudonyms = Pseudonyms(kept, rules, names)
    probing, history = (HistoryApi(api, arguments.pause) for _ in range(2))
    with reported_progress(arguments.command) as progress:
        planned = export_plan(probing, rules, loaded_groups(api), time)
        expected = export_estimate(probing, planned, arguments.pause, progress)
    print(estimate_text(expected), flush=True)
    require_limit(expected, arguments)
    with reported_progress(arguments.command) as progress:
        exported = export(history, planned, pseudonyms, arguments.export, arguments.pause, progress)
    _write_names(arguments.names, names)
    print(_exported_text(arguments.export, planned, exported))
    data = {
        "url": api.url,
        "start": time.text(time.start),
        "end": time.text(time.end),
        "estimate": estimate_data(expected),
        "cost": estimate_data(exported.cost),
        "file": str(arguments.export),
        "series": exported.series,
        "samples": exported.samples,
        "bytes": exported.size,
    }
    return Outcome(0, data)


def _exported_text(file: Path, planned: ExportPlan, exported: Exported) -> str:
    days = (planned.header.end - planned.header.start) / DAY
    each = exported.size / max(exported.series * days, 1e-9)
    size = f"{exported.size / 1e6:.2f} MB" if exported.size >= 1e5 else f"{exported.size:,} bytes"
    length = f"{days:.3g} {'day' if days == 1 else 'days'}"
    return (
        f"{file}: {length}, {exported.series:,} series, {counted(exported.samples, 'sample')}, {size}: "
        f"{each:,.0f} bytes for each day of a series"
    )


def _read_names(file: Path | None) -> Names:
    """The names of an earlier export, or none yet. Raises `BuildError` for another file."""
    if file is None or not file.exists():
        return {}
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        return {str(label): {str(value): str(name) for value, name in own.items()} for label, own in data.items()}
    except (OSError, ValueError, AttributeError):
        hint = "give a file that --names wrote, or one that does not exist yet"
        raise BuildError([Problem(f"--names {file}", "it has no names of an export", hint)]) from None


def _write_names(file: Path | None, names: Names) -> None:
    if file is None:
        return
    text = json.dumps(names, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    try:
        file.touch(mode=0o600)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BuildError(
            [Problem(f"--names {file}", f"it cannot be written ({error.strerror})", "name another")]
        ) from None
