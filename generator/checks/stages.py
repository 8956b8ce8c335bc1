"""The stages of a build after which its checks run."""

from __future__ import annotations

from generator.check import Stage
from generator.checks.parsed_output import ParsedOutput
from generator.ir.build import Lowered

LOWERED: Stage[Lowered] = Stage("lowered", "by every build, before anything is rendered")
COMPILED: Stage[ParsedOutput] = Stage("compiled", "by every build, on the rendered files before they are written")
COVERAGE: Stage[Lowered] = Stage("coverage", "by `check`, so that a build works while tests are still being written")
