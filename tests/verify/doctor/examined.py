"""A system that is broken in one way, examined: its telemetry is pushed under the name of a platform of its own."""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

from generator.verify.doctor.command import Diagnosis, diagnose
from generator.verify.doctor.finding import Finding
from generator.verify.doctor.read_only import ReadOnlyApi
from generator.verify.doctor.subject import Subject
from generator.verify.drift.servers import named_servers
from tests.verify.doctor.telemetry import Break, Series, healthy_series, push

NUMBERS = count(1)


def apis(prometheus: str, alertmanager: str = "", grafana: str = "") -> dict[str, ReadOnlyApi]:
    """The APIs of servers by their URLs."""
    urls = {"prometheus": prometheus, "alertmanager": alertmanager, "grafana": grafana}
    files = {f"{server}_token_file": None for server in urls}
    return named_servers(argparse.Namespace(timeout=30.0, **urls, **files), "doctor", ReadOnlyApi)


@dataclass
class Examined:
    """A platform whose telemetry goes to a shared Prometheus: `push` sends what a test has broken, `findings` examines
    it.

    Its dashboards are left out, because no rule records its series; another test examines them."""

    url: str
    subject: Subject
    now: float = field(default_factory=time.time)

    def series(self, **arguments: Any) -> list[Series]:
        """What its Workers push when nothing is broken."""
        return healthy_series(self.subject, self.now, **arguments)

    def push(self, breaks: Break | None = None, **arguments: Any) -> None:
        """Push all telemetry, after `breaks` has changed or removed series."""
        changed = (breaks(each) if breaks else each for each in self.series(**arguments))
        self.send([each for each in changed if each is not None])

    def send(self, series: Sequence[Series], instance: str = "shard-0") -> None:
        """Push these series."""
        push(self.url, series, instance)

    @property
    def elapsed(self) -> float:
        """Seconds since the newest sample; half a second more, because texts round."""
        return time.time() - self.now + 0.5

    def diagnosis(self, **urls: str) -> Diagnosis:
        """The result of all checks."""
        return diagnose(self.subject, apis(self.url, **urls))

    def findings(self) -> list[Finding]:
        """The findings but those of load, after every query was answered."""
        diagnosis = self.diagnosis()
        assert diagnosis.problems == []
        return [finding for finding in diagnosis.findings if not is_of_load(finding)]


def seconds_in(text: str, before: str) -> int:
    """The whole number of seconds after some words of a text."""
    (number,) = re.findall(rf"{before} (\d+) s\b", text)
    return int(number)


def is_of_load(finding: Finding) -> bool:
    """Whether the built rules are late: they are evaluated each second, not each thirty, beside all other tests."""
    return finding.check == "live/rule-late" and "production:" in finding.what


def own_platform(subject: Subject, url: str, **changes: Any) -> Examined:
    """A platform that no other test uses, with changes of its numbers."""
    platform = replace(subject.platform, name=f"platform-{next(NUMBERS)}", **changes)
    return Examined(url, replace(subject, platform=platform, dashboards={}))


def texts(findings: Iterable[Finding]) -> list[str]:
    """The findings as `check: what`."""
    return [f"{finding.check.removeprefix('live/')}: {finding.what}" for finding in findings]


def evidence(finding: Finding) -> list[str]:
    """The evidence as `subject: value`."""
    return [str(each) for each in finding.evidence]


def with_out(subject: Subject, out: Path) -> Subject:
    """The same with another output."""
    return replace(subject, out=out)
