"""Each backend on 127.0.0.1, with a build whose durations are divided."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from generator.pipeline import build
from tests.alerts.other_platforms import platform_file
from tests.backends import cortex, prometheus, thanos, victoriametrics
from tests.backends.day_run import LiveRun, run_day
from tests.backends.deployed import Deployed, TriedBackend

FACTOR = 30
"""What durations are divided by: groups are evaluated each second, increases of 5 minutes are of 10 seconds."""
ALL = (prometheus.NEWEST, prometheus.OLDEST, victoriametrics.TRIED, thanos.TRIED, cortex.TRIED)


@pytest.fixture(scope="package", params=ALL, ids=[tried.name for tried in ALL])
def tried(request: pytest.FixtureRequest) -> TriedBackend:
    """A backend in a version."""
    chosen: TriedBackend = request.param
    return chosen


@pytest.fixture(scope="package")
def deployed(tried: TriedBackend, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """The backend, with the rules of a build for it."""
    folder = tmp_path_factory.mktemp(tried.backend)
    changes = {
        "backend": tried.backend,
        "prometheus": {"push_interval_seconds": FACTOR, "scrape_interval_seconds": FACTOR},
        "notifications": {"page": {"group_wait": f"{FACTOR}s"}},
    }
    build(platform_file(folder, "production", changes), folder / "out", time_lapse=FACTOR)
    with tried.start(folder, folder / "out", None) as running:
        yield running


@pytest.fixture(scope="package")
def day(tmp_path_factory: pytest.TempPathFactory) -> dict[str, LiveRun]:
    """What each backend's ruler did on the day; all of them at once."""
    return run_day(ALL, tmp_path_factory.mktemp("day"))
