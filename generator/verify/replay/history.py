"""The history of a simulation in Prometheus: created once, cached, and served from a copy for as long as needed."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from generator.errors import BuildError, Problem
from generator.external.tool import TOOLS
from generator.output import RULES_FOLDER
from generator.project import PROJECT, ROOT
from generator.verify.replay.replay import replay
from generator.verify.replay.server import PrometheusServer, running_prometheus
from generator.verify.replay.stages import ReplayRule, load_rules, split_into_stages
from generator.verify.simulation import block, exported, samples
from generator.verify.simulation.block.write import write_blocks
from generator.verify.simulation.progress import Progress, no_progress
from generator.verify.simulation.simulation import Simulation

CACHE = PROJECT / ".cache" / "history"
CACHE_SIZE = 8
"""The number of histories in the cache; the least recently used ones are removed."""
UNFINISHED = "unfinished-"


@contextmanager
def history(
    simulation: Simulation, out: Path, *, port: int = 0, cache: Path = CACHE, progress: Progress = no_progress
) -> Iterator[PrometheusServer]:
    """Run a Prometheus on 127.0.0.1 with the samples of a simulation and the results of the rules in
    `out/prometheus/rules`.

    The history comes from the cache if it is there; each caller works on a copy. Prometheus stops when the block ends.
    Raises `BuildError` if a tool is missing or fails, if the port is in use, or if there are no rules.
    """
    cached = _cached_history(simulation, out / RULES_FOLDER, cache, progress)
    with tempfile.TemporaryDirectory(prefix="history-") as folder:
        data = _copy(cached, Path(folder) / "data")
        with running_prometheus(data, port) as server:
            yield server


def _cached_history(simulation: Simulation, rules: Path, cache: Path, progress: Progress) -> Path:
    """Return the folder of a history in the cache, and create it if necessary."""
    stages = split_into_stages(load_rules(rules))
    cached = cache / fingerprint(simulation, rules)
    try:
        if not cached.is_dir():
            cache.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=cache, prefix=UNFINISHED) as folder:
                _add_to_cache(_create(simulation, stages, Path(folder) / "data", progress), cached)
        cached.touch()
        _evict(cache)
    except OSError as error:
        raise BuildError([_not_writable(cache, error)]) from None
    return cached


def _create(simulation: Simulation, stages: Sequence[Sequence[ReplayRule]], data: Path, progress: Progress) -> Path:
    write_blocks(simulation, data, progress)
    with running_prometheus(data) as server:
        replay(server, stages, simulation.plan.clock, progress)
    return data


def _copy(cached: Path, data: Path) -> Path:
    """Copy a cached history, because Prometheus locks its data folder and writes to it."""
    try:
        return Path(shutil.copytree(cached, data))
    except (OSError, shutil.Error) as error:
        raise BuildError([_not_writable(data, error)]) from None


def _not_writable(path: Path, error: OSError) -> Problem:
    what = f"it cannot be written ({error.strerror or error})"
    return Problem(str(path), what, "make it writable, and check the free disk space")


def fingerprint(simulation: Simulation, rules: Path) -> str:
    """Return a hash of everything that determines a history: simulation, rules, tools and the code that creates it."""
    parts = [simulation.fingerprint()]
    parts += [path.read_bytes() for path in sorted(rules.glob("*.yaml"))]
    parts += [path.read_bytes() for path in source_files()]
    parts += [TOOLS[name].fingerprint(ROOT).encode() for name in ("prometheus", "vmalert")]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:32]


def source_files() -> list[Path]:
    """Return the modules that export samples, create blocks and replay rules."""
    modules = [Path(str(module.__file__)) for module in (samples, exported)]
    folders = (Path(str(block.__file__)).parent, Path(__file__).parent)
    return [*modules, *(path for folder in folders for path in sorted(folder.glob("*.py")))]


def _add_to_cache(data: Path, cached: Path) -> None:
    """Move a complete history into the cache, unless another process has added the same one."""
    try:
        data.rename(cached)
    except OSError:
        if not cached.is_dir():
            raise


def _evict(cache: Path) -> None:
    complete = [path for path in cache.iterdir() if not path.name.startswith(UNFINISHED)]
    newest_first = sorted(complete, key=lambda path: path.stat().st_mtime, reverse=True)
    for path in newest_first[CACHE_SIZE:]:
        shutil.rmtree(path, ignore_errors=True)
