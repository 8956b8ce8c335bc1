"""The 24 hours before a run, written into a backend with their timestamps: what Workers counted, and what the rules
would have recorded, by our replay."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.external import find_promtool
from generator.verify.replay.remote_write import Samples, write_samples
from generator.verify.replay.replay import replay
from generator.verify.replay.server import PrometheusServer, running_prometheus
from generator.verify.replay.stages import load_rules, split_into_stages
from generator.verify.simulation.progress import no_progress
from generator.verify.simulation.resolution import EvaluatedSpan
from tests.backends.pushes import CountedTenant, stored

DAY, HOUR, STEP = 86_400, 3_600, 15
"""Seconds; a shard pushes every 15."""
TENANTS = ("a", "b")
REQUESTS, FAILED, SLOW, TOKENS = 30, 18, 12, 100
"""Of each tenant in each step; of its requests 60 % fail and 40 % are slow during the incident."""
Series = tuple[Mapping[str, str], Samples]


@dataclass(frozen=True)
class Timetable:
    """What happens when, in seconds since 1970. Counters begin at `start`, tokens an hour later, so that the sum of a
    day is all of them; none come after `tokens_end`. From `incident` on requests fail and are slow."""

    start: int
    incident: int
    tokens_end: int

    def counted(self, at: int) -> list[CountedTenant]:
        """What was counted until a time."""
        steps, bad = (max(0, at - begin) // STEP for begin in (self.start, self.incident))
        tokens = self.tokens(at)
        return [CountedTenant(each, REQUESTS * steps, SLOW * bad, FAILED * bad, tokens) for each in TENANTS]

    def tokens(self, at: int) -> int:
        """The tokens of a tenant until a time."""
        return max(0, min(at, self.tokens_end) - self.start - HOUR) // STEP * TOKENS


@dataclass(frozen=True)
class DayBefore:
    """The series of the day by the names that Workers push, and those that rules recorded."""

    start: int
    end: int
    pushed: Sequence[Series]
    recorded: Sequence[Series]

    def stored(self, counter: str = "{name}", shard_label: str = "instance") -> Iterator[Series]:
        """The series that were pushed, with the name that a backend gives a counter without `_total`, and its label of
        the shard."""
        for labels, samples in self.pushed:
            name = labels["__name__"]
            renamed = counter.format(name=name) if name == "ai_tokens_input" else name
            others = {label: value for label, value in labels.items() if label != "instance"}
            yield {**others, "__name__": renamed, shard_label: labels["instance"]}, samples


def day_before(end: int, rules: Path, folder: Path) -> DayBefore:
    """The day that ends at a time, replayed with the rules of a build for Prometheus."""
    start = end - DAY
    table, times = Timetable(start, end, end), range(start, end + 1, STEP)
    values: dict[tuple[tuple[str, str], ...], list[tuple[int, float | None]]] = {}
    for at in times:
        for labels, value in stored(table.counted(at), at):
            values.setdefault(tuple(labels.items()), []).append((at * 1000, value))
    pushed = [(dict(labels), samples) for labels, samples in values.items()]
    with running_prometheus(folder) as server:
        write_samples(server, pushed)
        replay(server, split_into_stages(load_rules(rules)), [EvaluatedSpan(start, end)], no_progress)
        return DayBefore(start, end, pushed, list(_recorded(server, end)))


def _recorded(server: PrometheusServer, end: int) -> Iterator[Series]:
    """Every sample that the rules recorded."""
    names = server.query('count by (__name__) ({__name__=~".+:.+"})', end)
    for name in sorted(each["metric"]["__name__"] for each in names):
        for series in server.query(f'{{__name__="{name}"}}[{DAY + 1}s]', end):
            yield series["metric"], [(round(at * 1000), float(value)) for at, value in series["values"]]


def write_blocks(series: Iterable[Series], folder: Path) -> None:
    """Write series as blocks of Prometheus' database into a folder, by promtool."""
    file = folder.with_suffix(".openmetrics")
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as text:
        for labels, samples in series:
            pairs = ",".join(f'{name}="{value}"' for name, value in labels.items() if name != "__name__")
            text.writelines(f"{labels['__name__']}{{{pairs}}} {value!r} {at / 1000}\n" for at, value in samples)
        text.write("# EOF\n")
    command = [str(find_promtool()), "tsdb", "create-blocks-from", "openmetrics", str(file), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    file.unlink()
