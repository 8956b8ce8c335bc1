"""A rehearsal: every rule of a plan is evaluated over the history, and gives the firings of the alerts."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from generator.frozen import frozen
from generator.verify.access import Access
from generator.verify.drift.durations import seconds_of
from generator.verify.json_api import JsonApi, ServerNames
from generator.verify.rehearse.estimate import QueryCost, query_cost
from generator.verify.rehearse.evaluations import Evaluation, Evaluations
from generator.verify.rehearse.firing import ALERTNAME, Firing, FiringState
from generator.verify.rehearse.history_api import HistoryApi, RangeAnswer, Times
from generator.verify.rehearse.recorded_samples import RecordedSamples
from generator.verify.replay.remote_write import write_samples
from generator.verify.replay.server import REQUEST_TIMEOUT, PrometheusServer, large_prometheus
from generator.verify.simulation.progress import Progress

SCRATCH = ServerNames("the scratch Prometheus", "remove other programs from its port", {})

StartedScratch = Callable[[Path], AbstractContextManager[PrometheusServer]]


@frozen
class AlertFirings:
    """An alert's rule, by its title, and its firings, in their order."""

    title: str
    body: Mapping[str, object]
    firings: tuple[Firing, ...]


class Rehearsal:
    """Evaluates rules on the server, and on a scratch server that is started for what the server does not have.

    `costs` are those of the evaluations on the server, by the ids of these. `known` has the firings of alerts that the
    server has evaluated already, of another build, and gets those of this one. `scratch` starts the scratch server on a
    folder.
    """

    def __init__(
        self,
        history: HistoryApi,
        costs: Mapping[int, QueryCost],
        progress: Progress,
        known: dict[str, tuple[Firing, ...]] | None = None,
        scratch: StartedScratch = large_prometheus,
    ) -> None:
        self.history = history
        self.scratch = scratch
        self.costs = costs
        self.progress = progress
        self.known = {} if known is None else known

    def run(self, evaluations: Evaluations) -> list[AlertFirings]:
        """Return the firings of every alert. Raises `BuildError`: a server rejects a query, or does not answer."""
        work = [*evaluations.copies, *evaluations.recorded, *evaluations.alerts]
        names = Counter(each.planned.rule.series for each in work)
        firings: list[AlertFirings] = []
        with ExitStack() as stack:
            scratch = None
            if evaluations.copies or evaluations.recorded or any(not each.on_server for each in evaluations.alerts):
                folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="rehearse-"))
                scratch = stack.enter_context(self.scratch(Path(folder) / "data"))
            self.progress("evaluating rules", 0, len(work))
            for number, evaluation in enumerate(work, start=1):
                if "alert" in evaluation.planned.rule.body:
                    firings.append(self._known_alert(evaluation, scratch))
                elif scratch is not None:
                    self._record(evaluation, scratch, names[evaluation.planned.rule.series] == 1)
                self.progress("evaluating rules", number, len(work))
        return firings

    def _known_alert(self, evaluation: Evaluation, scratch: PrometheusServer | None) -> AlertFirings:
        if not evaluation.on_server:
            return self._alert(evaluation, scratch)
        planned = evaluation.planned
        if evaluation.key not in self.known:
            self.known[evaluation.key] = self._alert(evaluation, scratch).firings
        return AlertFirings(planned.title, planned.rule.body, self.known[evaluation.key])

    def _alert(self, evaluation: Evaluation, scratch: PrometheusServer | None) -> AlertFirings:
        body, times = evaluation.planned.rule.body, evaluation.times
        hold, kept = (round(1000 * seconds_of(body.get(name, "0s"))) for name in ("for", "keep_firing_for"))
        labels = {**body.get("labels", {}), ALERTNAME: str(body["alert"])}
        state = FiringState(labels, times.interval, hold, kept)
        for _, answer in self._answers(evaluation, scratch):
            state.add(answer.series)
        return AlertFirings(evaluation.planned.title, body, state.ended(times.last))

    def _record(self, evaluation: Evaluation, scratch: PrometheusServer, is_alone: bool) -> None:
        """Write what a rule records. A series that the scratch server has from before ends at the first evaluation
        without it, where the rule is alone with its name: elsewhere another rule may go on with it."""
        rule, first = evaluation.planned.rule, evaluation.times.first
        before = _history(scratch).range(rule.series, Times(first - 1, first - 1, 1)).series if is_alone else ()
        samples = RecordedSamples(rule.series, rule.body.get("labels", {}), before)
        for times, answer in self._answers(evaluation, scratch):
            write_samples(scratch, samples.of_chunk(answer.series, times))

    def _answers(self, evaluation: Evaluation, scratch: PrometheusServer | None) -> Iterator[tuple[Times, RangeAnswer]]:
        if not evaluation.times.count:
            return
        history = self.history
        if not evaluation.on_server:
            assert scratch is not None
            history = _history(scratch)
        cost = self.costs.get(id(evaluation)) or query_cost(history, evaluation)
        for times in evaluation.times.chunks(cost.points):
            yield times, history.range(evaluation.expression, times)


def _history(scratch: PrometheusServer) -> HistoryApi:
    return HistoryApi(JsonApi(SCRATCH, Access(scratch.url), REQUEST_TIMEOUT))


def not_before(firings: Sequence[Firing], start: float) -> tuple[Firing, ...]:
    """The firings that did not end before a time in seconds since 1970."""
    return tuple(each for each in firings if each.last >= start * 1000)
