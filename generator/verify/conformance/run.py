"""A run: temporary copies of the dashboards are saved, compared, queried, and opened by the links of the alerts."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generator.frozen import frozen
from generator.verify.conformance.grafana_api import GrafanaApi
from generator.verify.conformance.panel_queries import (
    ANSWERED,
    QueryAnswer,
    QuerySource,
    TimeRange,
    request_body,
    send,
    sources_of,
    time_range_of,
)
from generator.verify.conformance.result import ConformanceFailure, ConformanceResult, EmptyAnswer
from generator.verify.conformance.saved_model import differences, links_to_elsewhere, temporary_model
from generator.verify.conformance.server import (
    SUPPORTED,
    data_sources,
    grafana_version,
    require_data_source,
)
from generator.verify.conformance.shipped_output import AlertLink, ShippedOutput
from generator.verify.conformance.template_variables import (
    QueryVariable,
    Selection,
    as_text,
    opened,
    selections,
    untried,
    used_in,
    variables_of,
)
from generator.verify.conformance.temporary_folder import TemporaryFolder
from generator.verify.json_api import path_segment
from generator.verify.simulation.progress import Progress

DATA_SOURCE_VARIABLE = "datasource"


@frozen
class DashboardCopy:
    """A temporary copy: the title of the dashboard, the copy's model, its variables with their values, and the time
    range that it opens with."""

    title: str
    model: Mapping[str, Any]
    variables: Sequence[QueryVariable]
    time_range: TimeRange


class ConformanceRun:
    """One run against one Grafana. What it finds out is in `result`, also when it ends early."""

    def __init__(
        self,
        api: GrafanaApi,
        output: ShippedOutput,
        folder: TemporaryFolder,
        result: ConformanceResult,
        progress: Progress,
    ) -> None:
        self._api = api
        self._output = output
        self._folder = folder
        self._result = result
        self._progress = progress
        self._answers: dict[str, tuple[QueryAnswer, ...]] = {}
        self._known: Mapping[str, str] | None = None

    def run(self, data_source: str) -> None:
        """Check everything with a data source, by default the dashboards' own. Raises `BuildError` where Grafana
        cannot be asked."""
        self._result.version = version = grafana_version(self._api)
        if not SUPPORTED.has(version):
            self._fail("Grafana", "version", f"it is {version}, and the dashboards are for {SUPPORTED}")
        self._known = data_sources(self._api)
        self._result.data_source = data_source or self._output.data_source
        require_data_source(self._api, self._result.data_source, self._known)
        self._folder.create()
        uids = {uid: f"{self._folder.uid}-{number}" for number, uid in enumerate(self._output.dashboards)}
        copies: dict[str, DashboardCopy] = {}
        for done, (uid, model) in enumerate(self._output.dashboards.items()):
            self._progress("saving", done, len(uids))
            copy = self._save(model, uids)
            if copy is not None:
                copies[uid] = copy
        self._progress("saving", 1, 1)
        self._query_all(tuple(copies.values()))
        for done, link in enumerate(self._output.links):
            self._progress("links of alerts", done, len(self._output.links))
            self._open(link, copies, data_source)
        self._progress("links of alerts", 1, 1)

    def _save(self, model: Mapping[str, Any], uids: Mapping[str, str]) -> DashboardCopy | None:
        """Save a copy of a dashboard and compare it with what Grafana has saved; None: Grafana refuses it."""
        title = model["title"]
        copy = temporary_model(model, uids, f"({self._folder.run})", self._result.data_source)
        refused = self._folder.save(copy)
        if refused:
            self._fail(title, "model", f"Grafana refuses it: {refused}")
            return None
        self._result.dashboards.append(title)
        saved = self._saved(copy["uid"])
        if saved is None:
            self._fail(title, "model", "Grafana gives no dashboard under its UID")
            return None
        for difference in differences(copy, saved):
            self._fail(title, "model", difference)
        for url in links_to_elsewhere(saved, tuple(uids.values())):
            self._fail(title, "links", f"{url} leads to a dashboard that is not in the output")
        time_range = time_range_of(model, time.time())
        variables = tuple(self._with_values(title, each, time_range) for each in variables_of(copy))
        self._result.untried += [f"{title}: {each}" for each in untried(variables)]
        return DashboardCopy(title, copy, variables, time_range)

    def _saved(self, uid: str) -> Mapping[str, Any] | None:
        """The model that Grafana has of a dashboard, if it has one in the temporary folder."""
        data = self._api.get(f"/api/dashboards/uid/{path_segment(uid)}", (200, 404)).data
        saved = data.get("dashboard") if isinstance(data, dict) else None
        return saved if isinstance(saved, dict) else None

    def _with_values(self, title: str, variable: QueryVariable, time_range: TimeRange) -> QueryVariable:
        """A variable with its values in the time range; without any where Grafana does not give them."""
        selector, label = variable.source
        source = path_segment(self._result.data_source)
        resource = f"/api/datasources/uid/{source}/resources/api/v1/label/{label}/values"
        start, end = (str(each // 1_000) for each in time_range)
        answer = self._api.get(resource, ANSWERED, **{"match[]": selector, "start": start, "end": end})
        data = answer.data if isinstance(answer.data, dict) else {}
        if answer.status != 200 or not isinstance(data.get("data"), list):
            reason = self._api.public(str(data.get("error") or answer.message))
            self._fail(title, f"variable {variable.name}", f"Grafana answers {answer.status}: {reason}")
            return variable
        return variable.with_values(sorted(map(str, data["data"])))

    def _query_all(self, copies: Sequence[DashboardCopy]) -> None:
        for copy in copies:
            sources = tuple(sources_of(copy.model))
            for done, source in enumerate(sources):
                self._progress(f"querying {copy.title}", done, len(sources))
                for selection in selections(copy.variables):
                    self._query(copy, source, selection)
            self._progress(f"querying {copy.title}", 1, 1)

    def _query(self, copy: DashboardCopy, source: QuerySource, selection: Selection, opened_by: str = "") -> None:
        """Send the queries of a panel. Those that were already sent are not sent again."""
        body = request_body(source, selection, copy.variables, self._result.data_source, copy.time_range)
        key = json.dumps(body, sort_keys=True)
        if key in self._answers:
            return
        answers = self._answers[key] = send(self._api, body)
        self._result.queries += len(answers)
        used = used_in(source.expressions)
        shown = as_text({name: values for name, values in selection.items() if name in used})
        shown = f"{shown}, opened by {opened_by}" if opened_by else shown
        for answer in answers:
            if answer.error:
                failure = ConformanceFailure(copy.title, source.title, shown, f"query {answer.ref_id}: {answer.error}")
                self._result.failures.append(failure)
            elif not answer.has_data:
                self._result.empty.append(EmptyAnswer(copy.title, source.title, answer.ref_id, shown))

    def _open(self, link: AlertLink, copies: Mapping[str, DashboardCopy], chosen: str) -> None:
        """Open the copy of the dashboard that an alert links to, and query the panel as the link selects it."""
        copy = copies.get(link.uid)
        if copy is None:
            where = "was not saved" if link.uid in self._output.dashboards else "is not in the output"
            self._fail("links", link.alert, f'the dashboard "{link.uid}" {where}')
            return
        saved = self._saved(copy.model["uid"])
        self._result.links += 1
        reasons = tuple(self._link_reasons(link, saved, copy, chosen))
        for reason in reasons:
            self._fail("links", link.alert, reason)
        if saved is None or reasons:
            return
        selection = {**opened(copy.variables), **_selected_by(link, copy.variables)}
        for source in sources_of(copy.model):
            if source.panel == link.panel:
                self._query(copy, source, selection, link.alert)

    def _link_reasons(
        self, link: AlertLink, saved: Mapping[str, Any] | None, copy: DashboardCopy, chosen: str
    ) -> Iterator[str]:
        """Why a link does not open what it names."""
        if saved is None:
            yield f'the dashboard "{copy.title}" is gone'
            return
        if link.panel is not None and link.panel not in {panel.get("id") for panel in saved.get("panels", ())}:
            yield f'the dashboard "{copy.title}" has no panel {link.panel}'
        names = {node.get("name") for node in saved.get("templating", {}).get("list", ())}
        for name in sorted(link.variables.keys() - names):
            yield f'the dashboard "{copy.title}" has no variable {name}'
        uid = link.variables.get(DATA_SOURCE_VARIABLE)
        if uid and not chosen and self._known is not None and uid not in self._known:
            yield f'Grafana has no data source with the UID "{uid}"'

    def _fail(self, dashboard: str, place: str, reason: str) -> None:
        self._result.failures.append(ConformanceFailure(dashboard, place, "", reason))


def _selected_by(link: AlertLink, variables: Sequence[QueryVariable]) -> Selection:
    """What a link selects. A label of the alert has one of the values that the variable has."""
    by_name = {variable.name: variable for variable in variables}
    chosen = {
        name: (value,) if value is not None else by_name[name].values[:1]
        for name, value in link.variables.items()
        if name in by_name
    }
    return {name: values for name, values in chosen.items() if values}
