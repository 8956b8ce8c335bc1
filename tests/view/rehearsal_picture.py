"""`python -m generator.run tests.view.rehearsal_picture [FILE]`: the worked example of docs/rehearse.md, and pictures
of its page (docs/pictures/rehearsal.png).

Ten tenants send a request a second to each route for a day. 60 % of those to /chat fail from 10:00 to 10:20; 6.5 % of
org.example.museum's to /search fail for two hours in the afternoon, and 15 % of com.example.shop's to /ingest for an
hour in the evening. The threshold of tenants is raised from 5 % to 8 %.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir
from pathlib import Path

from generator.cli import main as cli
from generator.config.load import load
from generator.option_parser import ProblemParser, run_module
from generator.output import RULES_FOLDER
from generator.pipeline import TEST_PLATFORM, compiled
from generator.project import ROOT
from generator.verify.replay.remote_write import Samples, write_samples
from generator.verify.replay.server import running_prometheus

START, HOUR, STEP = 1_794_441_600, 3_600, 30
"""2026-11-12T00:00:00Z, in seconds since 1970; and seconds."""
TENANTS = ("org.example.museum", "com.example.shop", *(f"org.example.library{number}" for number in range(8)))
FAILING = (
    ("", "/chat", 10 * HOUR, 10 * HOUR + 1_200, 0.6),
    ("org.example.museum", "/search", 14 * HOUR, 16 * HOUR, 0.065),
    ("com.example.shop", "/ingest", 19 * HOUR, 20 * HOUR, 0.15),
)
"""A tenant (empty: all), a route, from when until when in seconds, and the fraction of its requests that fail."""
INCIDENTS = """incidents:
  - {start: 2026-11-12T10:00:00Z, end: 2026-11-12T10:20:00Z, route: /chat, what: /chat failed after a deployment}
  - {start: 2026-11-12T19:00:00Z, end: 2026-11-12T20:00:00Z, tenant: com.example.shop, what: broken feed of the shop}
"""
RULES = ("errors.yaml", "recorded-api.yaml", "recorded-limits.yaml")
THRESHOLD, OTHER_THRESHOLD = "0.05 * group", "0.08 * group"
TIME = ("--since", "1d", "--until", "2026-11-13T00:00:00Z", "--pause", "0")
GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@example.com")


def main() -> int:
    """Rehearse the day with both thresholds, and write the pictures."""
    parser = ProblemParser(prog="python -m tests.view.rehearsal_picture", description="Write the pictures of a page.")
    parser.add_argument("file", nargs="?", default="docs/pictures/rehearsal", metavar="FILE", help="without .png")
    file = Path(parser.parse_args().file).absolute()
    texts = compiled(TEST_PLATFORM).texts
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        Path("out", RULES_FOLDER).mkdir(parents=True)
        for name in RULES:
            Path("out", RULES_FOLDER, name).write_text(texts[f"{RULES_FOLDER}{name}"], encoding="utf-8")
        Path("incidents.yaml").write_text(INCIDENTS, encoding="utf-8")
        for command in (["init", "-q", "-b", "main"], ["add", "out"], ["commit", "-q", "-m", "Build"]):
            subprocess.run([*GIT, *command], check=True)
        limits = Path("out", RULES_FOLDER, "recorded-limits.yaml")
        limits.write_text(limits.read_text(encoding="utf-8").replace(THRESHOLD, OTHER_THRESHOLD), encoding="utf-8")
        options = ["--platform", str(TEST_PLATFORM), "--out", "out"]
        with running_prometheus(Path("data")) as server:
            write_samples(server, _series())
            cli(["rehearse", server.url, *options, *TIME, "--export", "day.xz", "--names", "names.json"])
        _rename(Path("incidents.yaml"), Path("names.json"))
        files = ["--base", "main", "--incidents", "incidents.yaml", "--html", "page.html"]
        status = cli(["rehearse", "--recording", "day.xz", *options, *files])
        subprocess.run(["node", str(ROOT / "preview/page-picture.mjs"), "page.html", str(file)], check=True)
    return status


def _rename(incidents: Path, names: Path) -> None:
    """Name the tenant of an incident by its pseudonym."""
    pseudonyms = json.loads(names.read_text(encoding="utf-8"))["tenant_id"]
    text = incidents.read_text(encoding="utf-8").replace("com.example.shop", pseudonyms["com.example.shop"])
    incidents.write_text(text, encoding="utf-8")


def _series() -> Iterator[tuple[Mapping[str, str], Samples]]:
    platform = load(TEST_PLATFORM)
    for tenant in TENANTS:
        for service, routes in platform.services.items():
            for route in routes:
                labels = {"platform": platform.name, "tenant_id": tenant, "route": route, "service": service}
                yield {**labels, "__name__": "requests_total"}, [(_at(second), float(second)) for second in _seconds()]
                yield {**labels, "__name__": "errors_total"}, _errors(tenant, route)


def _errors(tenant: str, route: str) -> Samples:
    failing = [each for each in FAILING if each[0] in ("", tenant) and each[1] == route]
    return [
        (_at(second), float(sum(int(max(min(second, end) - start, 0) * part) for _, _, start, end, part in failing)))
        for second in _seconds()
    ]


def _seconds() -> Sequence[int]:
    return range(0, 24 * HOUR + 1, STEP)


def _at(second: int) -> int:
    return 1_000 * (START + second)


if __name__ == "__main__":
    sys.exit(run_module(main))
