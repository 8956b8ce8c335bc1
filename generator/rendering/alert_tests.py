"""Stories as promtool's rule tests, on the rule files that are shipped: anybody can run them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from generator.dsl.alert import Severity
from generator.dsl.alert_test import Expected, Plot, Story, Told
from generator.dsl.platform import Platform
from generator.dsl.units import Duration
from generator.errors import BuildError, DefinitionError, Problem, did_you_mean
from generator.ir.rule_text import RuleFile
from generator.lowering.alerts import LoweredAlert
from generator.rendering import annotations as annotation
from generator.rendering.annotations import Link, Moment
from generator.rendering.input_series import input_series
from generator.rendering.templates import render
from generator.rendering.yaml_text import scalar


@dataclass(frozen=True)
class Judged:
    """A rule that stories tell of: its tree, where it leads, and the files it is evaluated with, in order."""

    lowered: LoweredAlert
    link: Link | None
    runbook_url: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Scene:
    """A story, told for a platform."""

    story: Story
    plot: Plot

    @property
    def family(self) -> str:
        """The family of alerts it belongs to: its module's name."""
        return self.story.module.rpartition(".")[2]


Judges = Mapping[tuple[str, Severity], Judged]


def stories(platform: Platform, told: Iterable[Story], judges: Judges, files: Sequence[RuleFile]) -> dict[str, str]:
    """A test file for each family and pace of evaluation. Faults: all stories of unknown alerts, or told wrongly."""
    scenes: list[Scene] = []
    problems: list[Problem] = []
    for story in told:
        problems += _unknown(story, judges)
        try:
            scenes.append(Scene(story, story.tells(platform)))
        except DefinitionError as refusal:
            problems.append(refusal.at(story.where))
    problems += [problem for scene in scenes for problem in _mistold(scene, judges)]
    if problems:
        raise BuildError(problems)
    scenes.sort(key=lambda scene: (scene.family, scene.plot.every))
    return {
        f"tests/{file_name(family, every)}.yaml": _file(list(group), judges, files, every)
        for (family, every), group in groupby(scenes, key=lambda scene: (scene.family, scene.plot.every))
    }


def file_name(family: str, every: Duration) -> str:
    """The name of a test file, without its ending."""
    return f"{family}-every-{every}"


def _unknown(story: Story, judges: Judges) -> Iterable[Problem]:
    for severity in story.severities:
        if (story.alert, severity) not in judges:
            known = sorted({f"{name} ({level.value})" for name, level in judges})
            what = f"there is no alert {story.alert} ({severity.value})"
            yield Problem(story.where, what, did_you_mean(f"{story.alert} ({severity.value})", known))


def _mistold(scene: Scene, judges: Judges) -> Iterable[Problem]:
    alert = scene.story.alert
    for told in (told for expected in scene.plot.expected for told in expected.told):
        judged = judges.get((alert, told.severity))
        named = f"{alert} ({told.severity.value})"
        if judged is None:
            yield Problem(scene.story.where, f"it tells {named}, which there is not", "tell a severity that it has")
            continue
        labels = {label.name for label in judged.lowered.labels}
        if labels != told.labels.keys():
            what = f"it tells {named} by {', '.join(sorted(told.labels)) or 'no label'}"
            yield Problem(scene.story.where, what, f"tell it by {', '.join(sorted(labels)) or 'none'}")


def _file(scenes: Sequence[Scene], judges: Judges, files: Sequence[RuleFile], every: Duration) -> str:
    wanted = {
        name
        for scene in scenes
        for (alert, _), judged in judges.items()
        if alert == scene.story.alert
        for name in judged.files
    }
    used = [file for file in files if file.name in wanted]
    return render(
        "story.yaml.j2",
        files=[file.name for file in used],
        groups=[group.name for file in used for group in file.groups],
        every=str(every),
        scalar=scalar,
        tests=[_test(scene, judges) for scene in scenes],
    )


def _test(scene: Scene, judges: Judges) -> dict[str, object]:
    return {
        "name": scene.story.name,
        "claim": scene.story.claim,
        "sampled": str(scene.plot.sampled),
        "series": input_series(scene.plot.flows, scene.plot.sampled),
        "alert": scene.story.alert,
        "moments": [
            {"time": str(expected.after), "alerts": _alerts(scene.story.alert, expected, judges)}
            for expected in scene.plot.expected
        ],
    }


def _alerts(alert: str, expected: Expected, judges: Judges) -> list[dict[str, Mapping[str, str]]]:
    return [_alert(judges[alert, told.severity], told, expected.after.seconds) for told in expected.told]


def _alert(judged: Judged, told: Told, time: int) -> dict[str, Mapping[str, str]]:
    lowered, prose = judged.lowered, judged.lowered.alert.prose
    moment = Moment(told.labels, told.value, told.last.seconds if told.last else time)
    annotations = {
        "summary": annotation.rendered(lowered, prose.summary, moment),
        "description": annotation.rendered(lowered, prose.description, moment),
        "runbook_url": judged.runbook_url,
    }
    if judged.link:
        annotations["dashboard_url"] = annotation.link_rendered(judged.link, lowered.reach, moment)
    labels = {**told.labels, "severity": told.severity.value, "owner": lowered.owner}
    return {"labels": labels, "annotations": annotations}
