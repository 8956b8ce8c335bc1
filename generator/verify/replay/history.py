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
from generator.verify.replay.scraped_overrides import override_files
from generator.verify.replay.server import PrometheusServer, running_prometheus
from generator.verify.replay.stages import ReplayRule, load_rules, split_into_stages
from generator.verify.simulation import block, exported, samples
from generator.verify.simulation import resolution as resolutions
from generator.verify.simulation.block.write import write_blocks
from generator.verify.simulation.disk_space import require_space
from generator.verify.simulation.progress import Progress, no_progress
from generator.verify.simulation.resolution import Resolution, series_count
from generator.verify.simulation.simulation import Simulation

CACHE = PROJECT / ".cache" / "history"
CACHE_SIZE = 8
"""The number of histories in the cache; the least recently used ones are removed."""
UNFINISHED = "unfinished-"
EVERYTHING = Resolution()
BYTES_PER_SAMPLE = 4
"""A history has about three bytes for each sample, its recorded series included."""


@contextmanager
def history(
    simulation: Simulation,
    out: Path,
    *,
    port: int = 0,
    cache: Path = CACHE,
    progress: Progress = no_progress,
    resolution: Resolution = EVERYTHING,
) -> Iterator[PrometheusServer]:
    """Run a Prometheus on 127.0.0.1 with the samples of a simulation and the results of the rules in
    `out/prometheus/rules`.

    The history comes from the cache if it is there; each caller works on a copy. Prometheus stops when the block ends.
    Raises `BuildError` if a tool is missing or fails, if the port is in use, or if there are no rules.
    """
    cached = _cached_history(simulation, out / RULES_FOLDER, cache, progress, resolution)
    with tempfile.TemporaryDirectory(prefix="history-") as folder:
        data = _copy(cached, Path(folder) / "data")
        with running_prometheus(data, port) as server:
            yield server


def _cached_history(
    simulation: Simulation, rules: Path, cache: Path, progress: Progress, resolution: Resolution
) -> Path:
    """Return the folder of a history in the cache, and create it if necessary."""
    stages = split_into_stages(load_rules(rules))
    cached = cache / fingerprint(simulation, rules, resolution)
    try:
        if not cached.is_dir():
            cache.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=cache, prefix=UNFINISHED) as folder:
                _add_to_cache(_create(simulation, stages, Path(folder) / "data", progress, resolution), cached)
        cached.touch()
        _evict(cache)
    except OSError as error:
        raise BuildError([_not_writable(cache, error)]) from None
    return cached


def _create(
    simulation: Simulation,
    stages: Sequence[Sequence[ReplayRule]],
    data: Path,
    progress: Progress,
    resolution: Resolution,
) -> Path:
    clock = simulation.plan.clock
    steps = resolution.steps(clock)
    needed = BYTES_PER_SAMPLE * series_count(simulation) * steps.size
    hint = "free disk space, or set TMPDIR to a folder on another disk"
    # The second is that of the copy.
    require_space((data.parent, Path(tempfile.gettempdir())), needed, hint)
    write_blocks(simulation, data, progress, steps)
    with running_prometheus(data) as server:
        replay(server, stages, resolution.spans(clock), progress)
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


def fingerprint(simulation: Simulation, rules: Path, resolution: Resolution = EVERYTHING) -> str:
    """Return a hash of everything that determines a history: simulation, rules, tools and the code that creates it."""
    parts = [simulation.fingerprint(), repr(resolution).encode()]
    parts += [path.read_bytes() for path in (*sorted(rules.glob("*.yaml")), *override_files(rules))]
    parts += [path.read_bytes() for path in source_files()]
    parts += [TOOLS[name].fingerprint(ROOT).encode() for name in ("prometheus", "vmalert")]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:32]


def source_files() -> list[Path]:
    """Return the modules that export samples, create blocks and replay rules."""
    modules = [Path(str(module.__file__)) for module in (samples, exported, resolutions)]
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
