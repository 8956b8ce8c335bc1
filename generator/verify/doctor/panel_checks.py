"""Which panels of the dashboards are empty, and why: a rule, a metric or a label is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from generator.errors import DefinitionError
from generator.frozen import frozen
from generator.promql.empty_results import cause_of_no_result
from generator.promql.grafana_variables import VARIABLE
from generator.verify.doctor.finding import Evidence, FindingSeverity, Observation, live_check
from generator.verify.doctor.label_checks import Counts, missing_labels
from generator.verify.doctor.subject import Subject
from generator.verify.doctor.system import System

DURATION_VARIABLE = "5m"


@frozen
class Cause:
    """Why a series is not there, and whether that may be right: nothing was counted yet."""

    what: str
    hint: str
    may_be_right: bool = False


@frozen
class MissingSeries:
    """A series that a panel needs and that is not there, with the cause."""

    series: str
    cause: Cause


RULE_HINT = "load out/prometheus/rules, all files of one build, and see the page /rules"
RESULT_HINT = "see live/rule-failing; a rule records nothing until its inputs have samples in its whole window"
LABEL_HINT = "see live/label-missing"
METRIC_HINT = "see live/metric-missing, live/metric-renamed and live/metric-unused"


@live_check(
    "panel-empty",
    FindingSeverity.WARNING,
    reads="the queries of the dashboards, the names of the platform's series, and the rules of Prometheus",
    example="5 panels are empty: rules of production:api-recorded are not loaded",
    hint=RULE_HINT,
)
def panel_empty(subject: Subject, system: System) -> Iterator[Observation]:
    """Every panel has a query whose series exist.

    An empty panel is read as "nothing happens". The cause is a rule that is not loaded, a recorded series without
    input, or a metric or a label that does not arrive; a metric that counted nothing yet makes it an information only.
    """
    series = _Series(subject, system)
    panels: dict[Cause, list[Evidence]] = defaultdict(list)
    for model in subject.dashboards.values():
        for panel in _panels(model):
            expressions = [target["expr"] for target in panel.get("targets", ()) if target.get("expr")]
            missing = [series.missing_series(expression) for expression in expressions]
            if missing and None not in missing:
                (missing_series, *_) = (each for each in missing if each is not None)
                title = f"{model['title']}: {panel.get('title') or panel['id']}"
                panels[missing_series.cause].append(Evidence(title, missing_series.series))
    for cause, evidence in panels.items():
        count = f"{len(evidence)} panels are" if len(evidence) > 1 else "1 panel is"
        severity = FindingSeverity.INFO if cause.may_be_right else FindingSeverity.WARNING
        yield Observation(f"{count} empty: {cause.what}", evidence, cause.hint, severity)


def _panels(model: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The panels of a dashboard, those in collapsed rows included."""
    for panel in model["panels"]:
        yield panel
        yield from panel.get("panels", ())


class _Series:
    """Which series exist, and why the others do not."""

    def __init__(self, subject: Subject, system: System) -> None:
        self.subject = subject
        self.names = system.prometheus.names
        self.without: Counts = missing_labels(subject, system)
        self.loaded = {rule.name for group in system.prometheus.groups for rule in group.rules}
        self.contract = {name for metric in subject.metrics for name in subject.series_names(metric)}
        self.counted = {
            name: subject.counted_name(each) for each in subject.metrics for name in subject.series_names(each)
        }

    def missing_series(self, expression: str) -> MissingSeries | None:
        """Why an expression has no result; None where it may have one, and where it is not PromQL."""
        try:
            return cause_of_no_result(VARIABLE.sub(DURATION_VARIABLE, expression), self._absent_series)
        except DefinitionError:
            return None

    def _absent_series(self, name: str, labels: frozenset[str]) -> MissingSeries | None:
        if name in self.subject.recorded and name not in self.names:
            return MissingSeries(name, self._cause_of_recorded(name))
        if name in self.contract and name not in self.names:
            return MissingSeries(name, Cause(f"{name} has no series", METRIC_HINT, may_be_right=True))
        for label in sorted(labels):
            if lacking := self._lacks(name, label):
                return MissingSeries(name, Cause(f"{lacking} lacks the label {label}", LABEL_HINT))
        return None

    def _lacks(self, name: str, label: str) -> str | None:
        """The series that lacks a label: this one, or one from which it is recorded, if its name says that it has
        it.
        """
        without = self.without.get(label, {})
        if name in self.contract:
            return name if self.counted[name] in without else None
        inputs = self.subject.inputs(name) & self.contract if label in name.partition(":")[0] else set()
        return next((each for each in sorted(inputs) if self.counted[each] in without), None)

    def _cause_of_recorded(self, name: str) -> Cause:
        group = " and ".join(dict.fromkeys(group for group, _ in self.subject.recorded[name]))
        if name not in self.loaded:
            return Cause(f"rules of {group} are not loaded", RULE_HINT)
        missing = sorted((self.subject.inputs(name) & self.contract) - self.names)
        if missing:
            return Cause(f"{missing[0]} has no series", METRIC_HINT, may_be_right=True)
        return Cause(f"rules of {group} record nothing", RESULT_HINT)
