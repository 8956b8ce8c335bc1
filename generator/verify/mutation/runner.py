"""Whether the stories notice a mutant: promtool runs those of the alerts that rest on its rule, on the wrong rules."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from generator.dsl.alert_test import AlertTest, Coverage
from generator.external.promtool import Promtool
from generator.ir.build import Compiled, Lowered
from generator.pipeline import tested_rules
from generator.promql.dependencies import reach, reads
from generator.rendering import alert_tests as stories
from generator.rendering.rule_files import rule_files
from generator.rendering.rule_yaml import rules
from generator.verify.mutation.mutants import Mutant

UNLIKELY = 4
"""How many times cheaper a story must be to be asked before one of the kind that would notice."""
NOTICED_BY = (
    ("keep_firing_for", Coverage.RECOVERS),
    ("for ", Coverage.BEFORE_FOR),
    ("dropped", Coverage.LOW_TRAFFIC),
    ("and →", Coverage.LOW_TRAFFIC),
    (">= 15", Coverage.LOW_TRAFFIC),
    ("by with", Coverage.OTHERS_UNAFFECTED),
    ("by without", Coverage.OTHERS_UNAFFECTED),
    ("delta", Coverage.COUNTER_RESET),
    ("[", Coverage.RECOVERS),
    ("→", Coverage.BELOW_THRESHOLD),
)


@dataclass(frozen=True)
class Judged:
    """A mutant, and the first story that noticed it; empty where none did."""

    mutant: Mutant
    noticed_by: str

    @property
    def survived(self) -> bool:
        """Whether no story noticed."""
        return not self.noticed_by


@dataclass(frozen=True)
class Trial:
    """One story as a test file of its own, and how many evaluations of the rules it takes."""

    story: AlertTest
    texts: Mapping[str, str]
    evaluations: int


class Court:
    """Judges mutants of a build; the stories of each alert are written once, by the right rules."""

    def __init__(self, right: Compiled, promtool: Promtool) -> None:
        self.right = right
        self.promtool = promtool
        lowered = right.lowered
        written = tested_rules(lowered, right.files)
        self.trials = [
            Trial(
                story, stories.stories(lowered.platform, (story,), written, right.files), _evaluations(story, lowered)
            )
            for story in lowered.definitions.stories
        ]

    def judge(self, each: Iterable[Mutant], workers: int = 2) -> Iterator[Judged]:
        """The verdicts, in the order of the mutants. Faults: promtool itself fails, which is no verdict."""
        with ThreadPoolExecutor(workers) as pool:
            yield from pool.map(self._one, each)

    def _one(self, mutant: Mutant) -> Judged:
        with tempfile.TemporaryDirectory() as folder:
            _write(Path(folder), self._rules(mutant))
            for trial in self._likeliest_first(mutant):
                if self._notices(Path(folder), trial):
                    return Judged(mutant, trial.story.name)
        return Judged(mutant, "")

    def _rules(self, mutant: Mutant) -> dict[str, str]:
        """The rules that the mutant's alerts rest on, and no others: a story of days costs by the rule."""
        wrong = mutant.wrong
        alerts = [one for one in wrong.alerts if one.alert.name in mutant.alerts]
        made_from = reads(wrong.recording_rules)
        needed = {name for one in alerts for name in reach(one.expression, made_from)}
        recorded = [rule for rule in wrong.recording_rules if rule.name in needed]
        texts = rules(rule_files(wrong.platform, recorded, alerts, wrong.link))
        # promtool wants every file that a test names, the emptied ones too.
        named = {f"prometheus/rules/{file.name}.yaml": "groups: []\n" for file in self.right.files}
        return {**named, **texts}

    def _likeliest_first(self, mutant: Mutant) -> list[Trial]:
        """The stories of the mutant's alerts: those first that cost little and are of the kind that would notice."""
        kind = missing(mutant)
        mine = [trial for trial in self.trials if trial.story.alert in mutant.alerts]
        return sorted(mine, key=lambda trial: trial.evaluations * (1 if kind in trial.story.covers else UNLIKELY))

    def _notices(self, folder: Path, trial: Trial) -> bool:
        _write(folder, trial.texts)
        return bool(self.promtool.test_rules([folder / path for path in trial.texts]).failed)


def missing(mutant: Mutant) -> Coverage:
    """Which kind of story would notice a mutant, by how it is wrong."""
    return next((shows for part, shows in NOTICED_BY if part in mutant.how), Coverage.FIRES)


def _evaluations(story: AlertTest, lowered: Lowered) -> int:
    plot = story.build(lowered.platform)
    return max(one.after.seconds for one in plot.expected) // plot.evaluation_interval.seconds


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    for path, text in texts.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
