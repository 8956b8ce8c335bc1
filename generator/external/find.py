"""Where a tool is: named by its variable, on PATH, or built here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from generator.errors import BuildError, Problem
from generator.external.build import built
from generator.external.process import run
from generator.external.tool import ALERTMANAGER, AMTOOL, PROMETHEUS, PROMTOOL, ROOT, SLOTH, VMALERT, Tool, Version

PATIENCE = 10.0
"""Seconds that a tool has to say its version."""


def find_promtool(root: Path = ROOT) -> Path:
    """Prometheus' checker of rules and runner of their tests. Raises `Faults`."""
    return find_tool(PROMTOOL, root)


def find_prometheus(root: Path = ROOT) -> Path:
    """Prometheus' server. Raises `Faults`."""
    return find_tool(PROMETHEUS, root)


def find_amtool(root: Path = ROOT) -> Path:
    """Alertmanager's checker of routes. Raises `Faults`."""
    return find_tool(AMTOOL, root)


def find_alertmanager(root: Path = ROOT) -> Path:
    """Alertmanager's server. Raises `Faults`."""
    return find_tool(ALERTMANAGER, root)


def find_vmalert(root: Path = ROOT) -> Path:
    """VictoriaMetrics' evaluator of rules, which replays the past. Raises `Faults`."""
    return find_tool(VMALERT, root)


def find_sloth(root: Path = ROOT) -> Path:
    """The generator of rules that ours are measured against. Raises `Faults`."""
    return find_tool(SLOTH, root)


def find_tool(tool: Tool, root: Path = ROOT, patience: float = PATIENCE) -> Path:
    """A tool that is new enough: the one its variable names, else the one on PATH, else the one built in `.tools/`.

    Raises `Faults`: if the named one will not do, or if none can be built.
    """
    named = os.environ.get(tool.variable, "")
    if named:
        return _named(tool, named, patience)
    on_path = shutil.which(tool.name)
    if on_path and not _refusal(tool, on_path, patience):
        return Path(on_path)
    return built(tool, root)


def _named(tool: Tool, named: str, patience: float) -> Path:
    """What the variable names, or `Faults` that say why it will not do."""
    place = shutil.which(named)
    if place:
        refusal = _refusal(tool, place, patience)
    else:
        refusal = f"{named} may not be executed" if Path(named).exists() else f"there is no {named}"
    if place and not refusal:
        return Path(place).absolute()
    hint = f"set ${tool.variable} to the path of {tool.name} {_dotted(tool.floor)} or newer, or unset it"
    raise BuildError([Problem(f"${tool.variable}", refusal, hint)])


def _refusal(tool: Tool, place: str, patience: float) -> str:
    """Why the program at a place will not do; empty if it will."""
    try:
        answer = run([place, tool.asking], seconds=patience)
    except subprocess.TimeoutExpired:
        return f"{place} {tool.asking} gave no answer in {patience:g} seconds"
    except OSError as error:
        return f"{place} cannot be started ({error.strerror})"
    pattern = tool.telling.format(name=tool.name) + r"(\d+)\.(\d+)"
    told = re.search(pattern, f"{answer.output}\n{answer.errors}", re.MULTILINE)
    if answer.status or not told:
        return f"{place} {tool.asking} tells no version of {tool.name}: {answer.gist(lines=1)}"
    version = (int(told[1]), int(told[2]))
    return "" if version >= tool.floor else f"{place} is version {_dotted(version)}"


def _dotted(version: Version) -> str:
    return ".".join(map(str, version))
