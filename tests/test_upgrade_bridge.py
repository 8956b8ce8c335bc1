"""The bridge of docs/deploy.md copies series of before version 0.2.0, which have no platform, as it says."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from generator.external import find_promtool
from generator.ir.build import Compiled
from generator.output import RULES_FOLDER
from generator.project import ROOT
from generator.verify.replay.server import running_prometheus

STEP, HOUR = 30, 3600
LABELS = 'tenant_id="a",route="/chat",service="worker-api"'
PER_STEP = {"requests_total": 30, "errors_total": 3}
"""60 requests a minute, of which a tenth fail."""
RECORDED = 'route_service:{}:increase{}{{platform="production",route="/chat",service="worker-api"}}'


@pytest.fixture(scope="module")
def bridge() -> str:
    """The documented rule file."""
    text = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
    (rules,) = re.findall(r"```yaml\n(groups:\n  - name: bridge\n.*?)```", text, re.DOTALL)
    return str(rules)


def write_past(folder: Path, start: int, end: int) -> None:
    """Write the counters of a version before 0.2.0 as blocks."""
    lines = []
    for name, per_step in PER_STEP.items():
        lines.append(f"# TYPE {name.removesuffix('_total')} counter")
        times = range(start, end + 1, STEP)
        lines += [f"{name}{{{LABELS}}} {number * per_step} {at}" for number, at in enumerate(times)]
    file = folder / "past.txt"
    file.write_text("\n".join([*lines, "# EOF", ""]), encoding="utf-8")
    promtool("create-blocks-from", "openmetrics", str(file), str(folder / "data"))


def promtool(*arguments: str) -> None:
    """Run a command of promtool on blocks."""
    command = [str(find_promtool()), "tsdb", *arguments]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == 0, result.stderr


def add_blocks(folder: Path, files: Sequence[Path], start: int, end: int) -> None:
    """Evaluate rules over the past of a Prometheus, and move the blocks into the folder of its data, as documented."""
    shutil.rmtree(folder / "blocks", ignore_errors=True)
    with running_prometheus(folder / "data") as server:
        times = f"--start={start}", f"--end={end}", f"--eval-interval={STEP}s", f"--output-dir={folder / 'blocks'}"
        promtool("create-blocks-from", "rules", f"--url={server.url}", *times, *map(str, files))
    for block in (folder / "blocks").iterdir():
        shutil.move(block, folder / "data" / block.name)


def test_the_bridge_copies_the_past(production: Compiled, bridge: str, tmp_path: Path) -> None:
    """Of three hours without a platform the copies have the counts, and the shipped rules record what was counted: 300
    requests and 30 errors in five minutes, 3,600 and 360 in an hour."""
    end = int(time.time()) // (2 * HOUR) * 2 * HOUR - 4 * HOUR
    start, compared = end - 3 * HOUR, end - HOUR // 12
    write_past(tmp_path, start, end)
    rules = tmp_path / "bridge.yaml"
    document = yaml.safe_load(bridge)
    (rule,) = document["groups"][0]["rules"]
    assert rule["record"] == "requests_total"
    others = [{**rule, "record": name, "expr": rule["expr"].replace("requests_total", name)} for name in PER_STEP]
    document["groups"][0]["rules"] = others
    rules.write_text(yaml.safe_dump(document), encoding="utf-8")
    add_blocks(tmp_path, [rules], start, end)
    recorded = tmp_path / "recorded-api.yaml"
    recorded.write_text(production.texts[f"{RULES_FOLDER}recorded-api.yaml"], encoding="utf-8")
    for _ in ("five minutes", "longer windows, which read those of five minutes"):
        add_blocks(tmp_path, [recorded], start, end)
    expected = {("requests_total", "5m"): 300, ("errors_total", "5m"): 30, ("requests_total", "1h"): 3600}
    with running_prometheus(tmp_path / "data") as server:
        for name, per_step in PER_STEP.items():
            (copied,) = server.query(f'{name}{{platform="production"}}', compared)
            # Evaluations of a group are at an offset, so that the newest copy may be of the step before.
            assert float(copied["value"][1]) == pytest.approx(per_step * (compared - start) / STEP, abs=per_step)
        for (name, window), value in expected.items():
            (result,) = server.query(RECORDED.format(name, window), compared)
            assert float(result["value"][1]) == pytest.approx(value, rel=0.005)
