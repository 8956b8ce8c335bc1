"""The paths of the files in `out/`; writes `out/` atomically, and only over a folder that an earlier build wrote."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.errors import BuildError, Problem

METRICS_JSON = "contract/metrics.json"
METRICS_PAGE = "contract/metrics.md"
LOG_SCHEMA = "contract/log.schema.json"
PLATFORM_SCHEMA = "contract/platform.schema.json"
WORKER_CONTRACT = "contract/contract.gen.ts"
DASHBOARDS_FOLDER = "grafana/dashboards/"
DATASOURCE = "grafana/provisioning/datasources/prometheus.yaml"
DASHBOARD_PROVIDER = "grafana/provisioning/dashboards/workers-ai.yaml"
PROMETHEUS_CONFIG = "prometheus/prometheus.yaml"
RULES_FOLDER = "prometheus/rules/"
ALERTMANAGER_CONFIG = "alertmanager/alertmanager.yaml"
NOTIFICATION_TEMPLATES = "alertmanager/notifications.tmpl"
RUNBOOKS_FOLDER = "runbooks/"
ALERT_TESTS_FOLDER = "tests/"
KUBERNETES_FOLDER = "kubernetes/"
OURS = METRICS_JSON


def dashboard_path(id_: str) -> str:
    """The path of a dashboard's JSON in `out/`."""
    return f"{DASHBOARDS_FOLDER}{id_}.json"


def rule_file_path(name: str) -> str:
    """The path of a rule file in `out/`."""
    return f"{RULES_FOLDER}{name}.yaml"


def runbook_path(name: str) -> str:
    """The path of a runbook in `out/`."""
    return f"{RUNBOOKS_FOLDER}{name}.md"


def alert_test_path(name: str) -> str:
    """The path of a file of alert tests in `out/`."""
    return f"{ALERT_TESTS_FOLDER}{name}.yaml"


@dataclass(frozen=True)
class Changes:
    """How a folder differs from what it should hold: paths that are missing, that differ, and that are too much."""

    missing: tuple[str, ...]
    different: tuple[str, ...]
    stale: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.different or self.stale)

    def states(self) -> Iterator[tuple[str, str]]:
        """Each path that differs, and how."""
        yield from ((path, "is missing") for path in self.missing)
        yield from ((path, "is not what the sources say") for path in self.different)
        yield from ((path, "is not made by any source") for path in self.stale)


def changes(out: Path, texts: Mapping[str, str]) -> Changes:
    """How a folder differs from the texts by their paths. Faults: a folder that cannot be read."""
    try:
        there = {path.relative_to(out).as_posix(): path for path in sorted(out.rglob("*")) if path.is_file()}
        different = [
            name for name in texts if name in there and there[name].read_bytes() != texts[name].encode("utf-8")
        ]
    except OSError as error:
        raise BuildError([_unwritable(out, error)]) from None
    missing = tuple(sorted(name for name in texts if name not in there))
    return Changes(missing, tuple(sorted(different)), tuple(name for name in there if name not in texts))


def replace_folder(out: Path, texts: Mapping[str, str]) -> None:
    """Put the texts in the place of what lies in `out`: written beside it first, then exchanged by renaming. A file
    that says what it said keeps its time, so that what make builds from it is not built anew.

    Faults: a folder that holds something else than an earlier build, or that cannot be written; it is as before then.
    """
    _refuse_foreign(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}.new-", dir=out.parent))
    except OSError as error:
        raise BuildError([_unwritable(out, error)]) from None
    try:
        _fill(fresh, texts)
        _keep_times(fresh, out, texts)
        _exchange(fresh, out)
    except OSError as error:
        raise BuildError([_unwritable(out, error)]) from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _fill(folder: Path, texts: Mapping[str, str]) -> None:
    folder.chmod(0o755)
    for parent in sorted({(folder / path).parent for path in texts}):
        parent.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        (folder / path).write_bytes(text.encode("utf-8"))


def _keep_times(fresh: Path, out: Path, texts: Mapping[str, str]) -> None:
    found = changes(out, texts)
    for path in texts.keys() - {*found.missing, *found.different}:
        before = (out / path).stat()
        os.utime(fresh / path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _exchange(fresh: Path, out: Path) -> None:
    if not out.exists():
        os.rename(fresh, out)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{out.name}.old-", dir=out.parent)) / "out"
    try:
        os.rename(out, old)
        try:
            os.rename(fresh, out)
        except OSError:
            os.rename(old, out)
            raise
    finally:
        shutil.rmtree(old.parent, ignore_errors=True)


def _refuse_foreign(out: Path) -> None:
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise BuildError([Problem(str(out), "it is not a folder", "name a folder that can be replaced")])
    if out.exists() and not (out / OURS).exists() and (found := next(out.iterdir(), None)):
        hint = "name an empty folder, or one that an earlier build filled"
        raise BuildError([Problem(str(out), f"it holds {found.name}, which no build made", hint)])


def _unwritable(out: Path, error: OSError) -> Problem:
    place = error.filename or out
    return Problem(
        str(out), f"it cannot be written ({error.strerror}: {place})", "mend its rights, or name another OUT"
    )
