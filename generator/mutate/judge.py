"""Whether the stories notice a mutant: promtool runs those of the alerts that rest on its rule, on the wrong rules."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from generator.compile import Compiled, judges
from generator.emit import stories
from generator.emit.rule_files import rule_files
from generator.emit.rule_yaml import rules
from generator.lower.reach import reach, reads
from generator.mutate.mutants import Mutant
from generator.promtool import Promtool


@dataclass(frozen=True)
class Judged:
    """A mutant, and the first story that noticed it; empty where none did."""

    mutant: Mutant
    noticed_by: str

    @property
    def survived(self) -> bool:
        """Whether no story noticed."""
        return not self.noticed_by


class Court:
    """Judges mutants of a build; the stories of each alert are written once, by the right rules."""

    def __init__(self, right: Compiled, promtool: Promtool) -> None:
        self.right = right
        self.promtool = promtool
        lowered = right.lowered
        self.judges = judges(lowered, right.files)
        self.tests: dict[str, dict[str, str]] = {}
        for name in {one.alert.name for one in lowered.alerts}:
            told = [story for story in lowered.definitions.stories if story.alert == name]
            self.tests[name] = stories.stories(lowered.platform, told, self.judges, right.files)

    def judge(self, each: Iterable[Mutant], workers: int = 2) -> Iterator[Judged]:
        """The verdicts, in the order of the mutants. Faults: promtool itself fails, which is no verdict."""
        with ThreadPoolExecutor(workers) as pool:
            yield from pool.map(self._one, each)

    def _one(self, mutant: Mutant) -> Judged:
        with tempfile.TemporaryDirectory() as folder:
            _write(Path(folder), self._rules(mutant))
            for tests in self._quickest_first(mutant):
                noticed = self._noticed(Path(folder), tests)
                if noticed:
                    return Judged(mutant, noticed)
        return Judged(mutant, "")

    def _rules(self, mutant: Mutant) -> dict[str, str]:
        """The rules that the mutant's alerts rest on, and no others: a story of days costs by the rule."""
        wrong = mutant.wrong
        alerts = [one for one in wrong.alerts if one.alert.name in mutant.alerts]
        made_from = reads(wrong.recorded)
        needed = {name for one in alerts for name in reach(one.expression, made_from)}
        recorded = [rule for rule in wrong.recorded if rule.name in needed]
        texts = rules(rule_files(wrong.platform, recorded, alerts, wrong.link))
        # promtool wants every file that a test names, the emptied ones too.
        named = {f"prometheus/rules/{file.name}.yaml": "groups: []\n" for file in self.right.files}
        return {**named, **texts}

    def _quickest_first(self, mutant: Mutant) -> Iterator[dict[str, str]]:
        """Test files, those of short stories first: most mutants are noticed there, in a tenth of the time."""
        all_tests = [(path, text) for name in mutant.alerts for path, text in self.tests[name].items()]
        for path, text in sorted(all_tests, key=lambda one: ("every-5m" in one[0], one[0])):
            yield {path: text}

    def _noticed(self, folder: Path, tests: dict[str, str]) -> str:
        _write(folder, tests)
        report = self.promtool.test_rules([folder / path for path in tests])
        return report.failed[0].name if report.failed else ""


def _write(folder: Path, texts: dict[str, str]) -> None:
    for path, text in texts.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
