"""Find a tool: from its environment variable, on PATH, or built from the pins in `tools/`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from generator.errors import BuildError, Problem
from generator.external.build import FOLDER, build_tool
from generator.external.process import run
from generator.external.tool import ALERTMANAGER, AMTOOL, PROMETHEUS, PROMTOOL, SLOTH, VMALERT, Tool, Version
from generator.project import ROOT

VERSION_TIMEOUT = 10.0
"""Seconds in which a tool must print its version."""


def find_promtool(root: Path = ROOT) -> Path:
    """Return the path of promtool, which checks rules and runs rule unit tests. Raises `BuildError`."""
    return find_tool(PROMTOOL, root)


def find_prometheus(root: Path = ROOT) -> Path:
    """Return the path of the Prometheus server. Raises `BuildError`."""
    return find_tool(PROMETHEUS, root)


def find_amtool(root: Path = ROOT) -> Path:
    """Return the path of amtool, which checks Alertmanager's routes. Raises `BuildError`."""
    return find_tool(AMTOOL, root)


def find_alertmanager(root: Path = ROOT) -> Path:
    """Return the path of the Alertmanager server. Raises `BuildError`."""
    return find_tool(ALERTMANAGER, root)


def find_vmalert(root: Path = ROOT) -> Path:
    """Return the path of VictoriaMetrics' vmalert, which replays rules over past samples. Raises `BuildError`."""
    return find_tool(VMALERT, root)


def find_sloth(root: Path = ROOT) -> Path:
    """Return the path of sloth, whose burn-rate rules the back-tests compare ours with. Raises `BuildError`."""
    return find_tool(SLOTH, root)


def find_tool(tool: Tool, root: Path = ROOT, timeout: float = VERSION_TIMEOUT) -> Path:
    """Return the tool that its environment variable names, else the one on PATH, else the one built in `.tools/`.

    `timeout` is in seconds. A tool on PATH that is too old is not used, and
    stderr says why. Raises `BuildError` if the named tool is
    unusable, or if no tool can be built.
    """
    named = os.environ.get(tool.environment_variable, "")
    if named:
        return _from_environment(tool, named, timeout)
    on_path = shutil.which(tool.name)
    rejection = _rejection(tool, on_path, timeout) if on_path else ""
    if on_path and not rejection:
        return Path(on_path)
    if rejection:
        wanted = f"{tool.name} {_dotted(tool.minimum_version)} or newer"
        print(f"{tool.name}: {rejection}, not {wanted}; {FOLDER}/{tool.name} is used", file=sys.stderr, flush=True)
    return build_tool(tool, root)


def _from_environment(tool: Tool, named: str, timeout: float) -> Path:
    path = shutil.which(named)
    if path:
        rejection = _rejection(tool, path, timeout)
    else:
        rejection = f"{named} is not executable" if Path(named).exists() else f"there is no {named}"
    if path and not rejection:
        return Path(path).absolute()
    version = _dotted(tool.minimum_version)
    hint = f"set ${tool.environment_variable} to the path of {tool.name} {version} or newer, or unset it"
    raise BuildError([Problem(f"${tool.environment_variable}", rejection, hint)])


def _rejection(tool: Tool, path: str, timeout: float) -> str:
    """Return why the program at `path` is unusable, or an empty string."""
    try:
        result = run([path, tool.version_flag], seconds=timeout)
    except subprocess.TimeoutExpired:
        return f"{path} {tool.version_flag} did not end within {timeout:g} seconds"
    except OSError as error:
        return f"{path} cannot be started ({error.strerror})"
    pattern = tool.version_pattern.format(name=tool.name) + r"(\d+)\.(\d+)"
    match = re.search(pattern, f"{result.output}\n{result.errors}", re.MULTILINE)
    if result.status or not match:
        return f"{path} {tool.version_flag} prints no version of {tool.name}: {result.excerpt(lines=1)}"
    version = (int(match[1]), int(match[2]))
    return "" if version >= tool.minimum_version else f"{path} is version {_dotted(version)}"


def _dotted(version: Version) -> str:
    return ".".join(map(str, version))
