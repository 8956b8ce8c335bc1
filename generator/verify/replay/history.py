"""The past of a simulation: made once, kept, and served by a Prometheus of its own while it is asked."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from generator.errors import BuildError, Problem
from generator.external.tool import ROOT, TOOLS
from generator.verify.replay.blocks import write_blocks
from generator.verify.replay.replay import replay
from generator.verify.replay.server import Server, serving
from generator.verify.replay.stages import Rule, rules, staged
from generator.verify.simulation import openmetrics, samples
from generator.verify.simulation.progress import Progress, silence
from generator.verify.simulation.simulation import Simulation

CACHE = ROOT / ".cache" / "history"
KEPT = 8
"""How many pasts the cache keeps: the ones used last."""


@contextmanager
def history(
    simulation: Simulation, out: Path, *, port: int = 0, cache: Path = CACHE, progress: Progress = silence
) -> Iterator[Server]:
    """A Prometheus on 127.0.0.1 that remembers a simulation, and what the rules of an output folder made of it.

    The rules are those in `out/prometheus/rules`. What was made before is taken from the cache; each caller has a copy
    of it. All that is started is ended with the block, however that ends. Raises `Faults`: a tool is missing or fails,
    the port is in use, there are no rules.
    """
    kept = _kept(simulation, out / "prometheus" / "rules", cache, progress)
    with tempfile.TemporaryDirectory(prefix="history-") as place:
        data = _copied(kept, Path(place) / "data")
        with serving(data, port) as server:
            yield server


def _kept(simulation: Simulation, folder: Path, cache: Path, progress: Progress) -> Path:
    """The past in the cache, made first if it is not there."""
    stages = staged(rules(folder))
    kept = cache / fingerprint(simulation, folder)
    try:
        if not kept.is_dir():
            cache.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=cache, prefix="unfinished-") as place:
                _keep(_made(simulation, stages, Path(place) / "data", progress), kept)
        kept.touch()
        _forget_old(cache)
    except OSError as error:
        raise BuildError([_unwritable(cache, error)]) from None
    return kept


def _made(simulation: Simulation, stages: Sequence[Sequence[Rule]], data: Path, progress: Progress) -> Path:
    write_blocks(simulation, data, progress)
    with serving(data) as server:
        replay(server, stages, simulation.plan.clock, progress)
    return data


def _copied(kept: Path, data: Path) -> Path:
    """A copy, for Prometheus locks its folder and works in it: the one that is kept stays as it was made."""
    try:
        return Path(shutil.copytree(kept, data))
    except (OSError, shutil.Error) as error:
        raise BuildError([_unwritable(data, error)]) from None


def _unwritable(place: Path, error: OSError) -> Problem:
    return Problem(
        str(place), f"it cannot be written ({error.strerror or error})", "make it writable, with room on the disk"
    )


def fingerprint(simulation: Simulation, rules_folder: Path) -> str:
    """A hash of all that a past depends on: what happened, the rules, the tools, and how it is made."""
    parts = [simulation.fingerprint()]
    parts += [path.read_bytes() for path in sorted(rules_folder.glob("*.yaml"))]
    parts += [path.read_bytes() for path in sources()]
    parts += [TOOLS[name].fingerprint(ROOT).encode() for name in ("prometheus", "promtool", "vmalert")]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:32]


def sources() -> list[Path]:
    """The modules that make samples and blocks of happenings, and replay rules."""
    return [Path(str(samples.__file__)), Path(str(openmetrics.__file__)), *sorted(Path(__file__).parent.glob("*.py"))]


def _keep(data: Path, kept: Path) -> None:
    """Move a finished past into the cache; where another process was faster, its own is as good."""
    try:
        data.rename(kept)
    except OSError:
        if not kept.is_dir():
            raise


def _forget_old(cache: Path) -> None:
    finished = [path for path in cache.iterdir() if not path.name.startswith("unfinished-")]
    for old in sorted(finished, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
