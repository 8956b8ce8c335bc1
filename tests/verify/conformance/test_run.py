"""A run against a Grafana that behaves: what is saved, queried and opened, and what is reported where it differs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from generator.verify.access import Access
from generator.verify.conformance.command import check
from generator.verify.conformance.grafana_api import GrafanaApi
from generator.verify.conformance.result import ConformanceFailure, ConformanceResult
from generator.verify.conformance.saved_model import differences
from generator.verify.conformance.shipped_output import ShippedOutput
from tests.verify.conformance.conftest import Run
from tests.verify.conformance.fake_grafana import TOKEN, FakeGrafana, running
from tests.verify.conformance.grafana_save import saved_model


def reasons(result: ConformanceResult) -> list[str]:
    """The failures of a run as text."""
    return [str(failure) for failure in result.failures]


@pytest.fixture(scope="module")
def whole(output: ShippedOutput) -> Iterator[tuple[FakeGrafana, ConformanceResult]]:
    """A run with the whole output, and the server after it."""
    with running(FakeGrafana()) as server:
        result = ConformanceResult(server.url)
        assert check(GrafanaApi(Access(server.url, TOKEN), 30), output, result) == []
        yield server, result


def test_the_shipped_dashboards_conform(whole: tuple[FakeGrafana, ConformanceResult], output: ShippedOutput) -> None:
    """Every dashboard is saved unchanged, every query of a panel and an annotation is sent, every link is opened, and
    the server is as it was."""
    grafana, result = whole
    assert reasons(result) == []
    assert result.dashboards == [model["title"] for model in output.dashboards.values()]
    assert (result.version, result.data_source, result.links) == ("12.3.0", "prometheus", len(output.links))
    assert result.queries == len(grafana.queries)
    assert result.empty == []
    sent = {(query["refId"], query["expr"].partition("{")[0].partition("[")[0]) for query in grafana.queries}
    for model in output.dashboards.values():
        expressions = [target for panel in model["panels"] for target in panel.get("targets", [])]
        expressions += [{"refId": "Anno", **node} for node in model["annotations"]["list"] if "expr" in node]
        for target in expressions:
            beginning = target["expr"].partition("{")[0].partition("[")[0]
            assert (target["refId"], beginning) in sent
    assert grafana.is_untouched


def test_copies_have_random_names_in_a_folder_of_their_own(grafana: FakeGrafana, run: Run) -> None:
    """Two runs share no UID; neither a UID nor a title is that of a shipped dashboard, and links lead to copies."""
    run()
    first = dict(grafana.sent)
    grafana.sent.clear()
    run()
    assert len(first) == len(grafana.sent) == 2
    assert first.keys().isdisjoint(grafana.sent)
    for uid, model in first.items():
        assert re.fullmatch(r"conformance-[0-9a-f]{16}-[01]", uid)
        assert re.search(r" \([0-9a-f]{16}\)$", model["title"])
        assert {link["url"] for link in model["links"]} <= {f"/d/{each}" for each in first}
    assert grafana.is_untouched


def values_of(queries: list[dict[str, Any]], label: str) -> set[str]:
    """The patterns that queries match a label with."""
    return {text for query in queries for text in re.findall(rf"\b{label}=~`([^`]*)`", query["expr"])}


def test_each_variable_is_at_all_one_and_two_values(
    whole: tuple[FakeGrafana, ConformanceResult], output: ShippedOutput
) -> None:
    """With the values b.second, a/first and c(third, in Grafana's order and with its escapes; a variable that takes one
    value has two of them in turn."""
    grafana, _ = whole
    for model in output.dashboards.values():
        for variable in model["templating"]["list"][1:]:
            label = variable["query"]["query"].rpartition(", ")[2].rstrip(")")
            used = f"${{{variable['name']}:regex}}" in json.dumps(model["panels"])
            if used and variable["multi"]:
                assert values_of(grafana.queries, label) >= {variable["allValue"], r"a\/first", r"(a\/first|b\.second)"}
            elif used:
                assert values_of(grafana.queries, label) >= {r"a\/first", r"b\.second"}


def test_one_variable_changes_at_a_time(grafana: FakeGrafana, run: Run) -> None:
    """No query has two variables at a selected value, but those that a link selects."""
    grafana.prometheus.labels = {"tenant_id": ["t"]}
    run()
    narrowed = [
        [pattern for pattern in re.findall(r"\b(?:route|service|model)=~`([^`]*)`", query["expr"]) if pattern != ".*"]
        for query in grafana.queries
    ]
    two_values = [patterns for patterns in narrowed if any(pattern.startswith("(") for pattern in patterns)]
    assert two_values
    assert all(set(patterns) == {patterns[0]} for patterns in two_values)


def test_a_query_is_sent_once(grafana: FakeGrafana, run: Run) -> None:
    """A panel without a variable is not queried again with each value of it."""
    run()
    bodies = [json.dumps(body, sort_keys=True) for body in grafana.requests]
    assert len(bodies) > 4
    assert len(set(bodies)) == len(bodies)


def test_an_error_of_a_query_is_a_failure(grafana: FakeGrafana, run: Run) -> None:
    """With the panel, the variables and the message of the data source; the other queries go on."""
    grafana.prometheus.error = lambda text: "query timed out" if r"b\.second" in text else ""
    result = run()
    assert result.failures
    for failure in result.failures:
        assert failure.reason.endswith(": query timed out")
        assert "b.second" in failure.variables
        assert failure.place
    assert result.queries == len(grafana.queries)
    assert grafana.is_untouched


def test_an_empty_answer_is_counted_and_no_failure(grafana: FakeGrafana, run: Run) -> None:
    """A quiet system has no data for some combinations: they are listed."""
    grafana.prometheus.is_quiet = lambda text: "|b" in text
    result = run()
    assert reasons(result) == []
    assert result.empty
    assert all("a/first|b.second" in each.variables for each in result.empty)


def test_every_default_that_a_save_adds_is_reported(grafana: FakeGrafana, run: Run) -> None:
    """With its place in the model; what Grafana itself gives a dashboard, its id and version, is no difference."""

    def save(model: dict[str, Any]) -> dict[str, Any]:
        saved = saved_model(model)
        panel = next(each for each in saved["panels"] if each["type"] != "row")
        panel["transparent"] = False
        del panel["pluginVersion"]
        panel["options"] = {**panel["options"], "sizing": "manual"}
        return saved

    grafana.save = save
    result = run()
    kinds = {failure.reason.split()[1] for failure in result.failures}
    assert {"adds", "removes"} <= kinds
    assert {failure.place for failure in result.failures} == {"model"}
    panel = next(each for each in next(iter(grafana.sent.values()))["panels"] if each["type"] != "row")
    assert f'panels["{panel["title"]}"].transparent: False' in reasons(result)[-1] + "".join(reasons(result))


@pytest.mark.parametrize(
    ("change", "addition"),
    [
        (lambda panel: panel.pop("pluginVersion"), ".pluginVersion: '12.3.0'"),
        (lambda panel: panel["fieldConfig"]["defaults"].pop("mappings"), ".mappings: []"),
    ],
    ids=["pluginVersion", "mappings"],
)
def test_a_default_that_a_dashboard_lacks_is_a_difference(
    grafana: FakeGrafana, output: ShippedOutput, change: Any, addition: str
) -> None:
    """What Grafana adds to a model without a default is named, where the schema of the fake lets it pass."""
    model = deepcopy(dict(next(iter(output.dashboards.values()))))
    change(next(panel for panel in model["panels"] if panel["type"] != "row"))
    assert [each for each in differences(model, saved_model(model)) if each.endswith(addition)] != []


def test_a_dashboard_that_grafana_refuses_is_a_failure(
    grafana: FakeGrafana, small_output: ShippedOutput, run: Run
) -> None:
    """With Grafana's reason; the other dashboard is still checked, and links to the first are failures."""
    first, *others = small_output.dashboards.values()
    changed = {**small_output.dashboards, first["uid"]: {**first, "unknown": 1}}
    result = run(ShippedOutput(changed, small_output.links))
    assert result.dashboards == [model["title"] for model in others]
    assert any("Grafana refuses it: 422" in text and "unknown" in text for text in reasons(result))
    assert any("was not saved" in text for text in reasons(result))
    assert grafana.is_untouched


def test_a_variable_without_values_is_not_tried(grafana: FakeGrafana, run: Run) -> None:
    """No value and one value are reported: the combinations that need more are not possible."""
    grafana.prometheus.values = []
    grafana.prometheus.labels = {"service": ["api"]}
    result = run()
    assert reasons(result) == []
    assert any(each.endswith(": a value of route") for each in result.untried)
    assert any(each.endswith(": two values of service") for each in result.untried)


def test_another_version_is_a_failure(grafana: FakeGrafana, run: Run) -> None:
    """The dashboards are for 11.6 to 13; a hidden version may be one of them."""
    for version, count in (("11.5.9", 1), ("14.0.0", 1), ("11.6.0", 0), ("13.2.1", 0), ("", 0)):
        grafana.version = version
        failures = reasons(run())
        assert len(failures) == count, version
        assert all("the dashboards are for 11.6 to 13" in text for text in failures)


def test_the_first_fifty_failures_are_shown() -> None:
    """A data source that is down fails every query: the text has 50 of them and their number, or all."""
    failures = [ConformanceFailure("D", f"P{number}", "", "down") for number in range(60)]
    result = ConformanceResult("http://x", failures=failures)
    *first, note, numbers = result.lines()
    assert len(first) == 50
    assert note == "50 of 60 failures shown; --all shows all"
    assert numbers.endswith(", 60 failures")
    assert len(list(result.lines(show_all=True))) == 61


def test_another_data_source_can_be_chosen(grafana: FakeGrafana, run: Run) -> None:
    """Queries go to it, the copies open with it, and the alerts' links, which name another, are no failure."""
    grafana.data_sources = [{"uid": "staging", "name": "Staging", "type": "prometheus"}]
    result = run(data_source="staging")
    assert reasons(result) == []
    assert {query["datasource"]["uid"] for query in grafana.queries} == {"staging"}
    for model in grafana.sent.values():
        assert model["templating"]["list"][0]["current"] == {"text": "staging", "value": "staging"}
