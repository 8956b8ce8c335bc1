"""The commands' work: load, compile, write; or load, compile, and hold against what lies there."""

from __future__ import annotations

from pathlib import Path

from generator.checks.promtool import confirmed
from generator.checks.registry import broken_in_stories
from generator.config.load import load
from generator.definitions import ROOT, Definitions, attempt, load_definitions
from generator.dsl.platform import Platform
from generator.errors import BuildError, Problem
from generator.external.promtool import Promtool
from generator.lowering.ids import PRODUCTION
from generator.output import Changes, changes, replace_folder
from generator.pipeline import Compiled, compile_all

NAMED = "alerts/tests/platform.yaml"
PLAN = ROOT / NAMED
"""The platform in whose numbers stories are told, whatever platform is built."""


def compiled(platform_file: Path) -> Compiled:
    """Everything that the sources and a platform file say. Faults: all that is wrong with either, at once."""
    problems: list[Problem] = []
    platform = attempt(lambda: load(platform_file), problems, str(platform_file))
    plan = attempt(lambda: load(PLAN), problems, str(PLAN))
    definitions = attempt(load_definitions, problems)
    if problems:
        raise BuildError(problems)
    assert isinstance(platform, Platform)
    assert isinstance(definitions, Definitions)
    return compile_all(platform, definitions, plan)


def told_aside(result: Compiled) -> str:
    """How many stories a build leaves out, since its platform has other numbers, and where they are judged instead."""
    if result.lowered.platform.name != PRODUCTION:
        return ""
    every = load_definitions().stories
    aside = len(every) - len(result.lowered.definitions.stories)
    return f"{aside} of {len(every)} stories, told in other numbers; make test judges them on {NAMED}" if aside else ""


def build(platform_file: Path, out: Path) -> tuple[Compiled, Changes]:
    """Compile, then put it in the place of what lay in `out`, whole or not at all."""
    result = compiled(platform_file)
    found = changes(out, result.texts)
    if found:
        replace_folder(out, result.texts)
    return result, found


def check(platform_file: Path, out: Path, promtool: Promtool) -> list[Problem]:
    """What is stale, missing or too much in `out`, what promtool finds wrong with it, and which stories are missing."""
    result, told = compiled(platform_file), compiled(PLAN)
    stale = changes(out, result.texts)
    hint = "run make build, look at the difference, and commit it"
    problems = [Problem(f"{out}/{path}", f"the file {state}", hint) for path, state in stale.states()]
    return [*broken_in_stories(told.lowered), *(problems or confirmed(result, out, promtool))]
