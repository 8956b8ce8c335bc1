"""The parts of a run by themselves: links, variables, answers, differences, waiting, and signals."""

from __future__ import annotations

import os
import signal
import ssl
import time
import urllib.error
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

import pytest

from generator.errors import BuildError, DefinitionError
from generator.verify.access import Access
from generator.verify.conformance.grafana_api import GrafanaApi
from generator.verify.conformance.interruption import Interruption
from generator.verify.conformance.panel_queries import QueryAnswer, send, time_range_of
from generator.verify.conformance.saved_model import differences, links_to_elsewhere, temporary_model
from generator.verify.conformance.server import data_sources
from generator.verify.conformance.shipped_output import parsed_link
from generator.verify.conformance.template_variables import ALL, QueryVariable, as_text, interpolated, selections
from generator.verify.json_api import Answer, _retry_after

ROUTE = QueryVariable("route", "label_values(requests_total, route)", (ALL,), True, ".*")
TENANT = QueryVariable("tenant", 'label_values(requests_total{service="a"}, tenant_id)', ("c",), False, None)


def test_the_link_of_an_alert_has_its_parts() -> None:
    """Times are left out, values of labels are not known, and a slug or a path of Grafana does not matter."""
    url = (
        "https://grafana.example.com/below/d/x-overview/overview?var-datasource=prom&var-route={{ $labels.route | "
        'urlquery }}&from={{ with query "(time() - 3600) * 1000" }}{{ . | first | value | printf "%.0f" }}{{ end }}'
        "&viewPanel=panel-17"
    )
    link = parsed_link("RouteDown (page)", url)
    assert (link.uid, link.panel, link.variables) == ("x-overview", 17, {"datasource": "prom", "route": None})
    whole = parsed_link("Watchdog (none)", "https://grafana.example.com/d/x?var-tenant=a%20b")
    assert (whole.uid, whole.panel, whole.variables) == ("x", None, {"tenant": "a b"})
    assert parsed_link("X (page)", "https://grafana.example.com/explore").uid == ""


def test_the_combinations_of_two_variables() -> None:
    """As opened, then each variable by itself: a tenant takes one value at a time, and c is replaced by the first."""
    tenant, route = TENANT.with_values(["a", "b"]), ROUTE.with_values(["/x", "/y", "/z"])
    assert [as_text(each) for each in selections((tenant, route))] == [
        "tenant=a, route=All",
        "tenant=b, route=All",
        "tenant=a, route=/x",
        "tenant=a, route=/x|/y",
    ]
    chat = QueryVariable("route", ROUTE.query, ("/y",), True, ".*").with_values(["/x", "/y"])
    assert [as_text(each) for each in selections((chat,))] == ["route=/y", "route=All", "route=/x", "route=/x|/y"]


def test_values_are_inserted_as_grafana_does() -> None:
    """All is not escaped, other values are, Grafana's own variables stay, and an unknown one is an error."""
    query = "rate(x{route=~`${route:regex}`, tenant_id=~`${tenant:regex}|`}[$__rate_interval])[$__range:5m]"
    selected = {"route": (ALL,), "tenant": ("a.b",)}
    expected = r"rate(x{route=~`.*`, tenant_id=~`a\.b|`}[$__rate_interval])[$__range:5m]"
    assert interpolated(query, selected, (ROUTE, TENANT)) == expected
    with pytest.raises(DefinitionError, match=r"no variable \$\{model:regex\}"):
        interpolated("x{model=~`${model:regex}`}", selected, (ROUTE, TENANT))


def test_the_source_of_a_variable_is_a_selector_and_a_label() -> None:
    """A selector may have matchers."""
    assert TENANT.source == ('requests_total{service="a"}', "tenant_id")
    with pytest.raises(ValueError, match="is not label_values"):
        _ = QueryVariable("x", "metrics(a)", (), False, None).source


@pytest.mark.parametrize(
    ("status", "data", "expected"),
    [
        (200, {"results": {"A": {"status": 200, "frames": [{"data": {"values": [[1], [2]]}}]}}}, ("", True)),
        (200, {"results": {"A": {"frames": [{"data": {"values": [[], []]}}, {"schema": {}}]}}}, ("", False)),
        (200, {"results": {"A": {"status": 200}}}, ("", False)),
        (200, {"results": {"A": {"frames": [None, {"data": []}, {"data": {"values": None}}]}}}, ("", False)),
        (207, {"results": {"A": {"error": "bad\n data", "status": 400}}}, ("bad data", False)),
        (400, {"results": {"A": {"status": 502}}}, ("status 502", False)),
        (200, {"results": {"B": {}}}, ("it has no answer", False)),
        (200, [], ("it has no answer", False)),
        (500, {"message": "oh"}, ("Grafana answers 500: oh", False)),
        (504, None, ("Grafana answers 504: Gateway Timeout", False)),
    ],
)
def test_the_answer_to_a_query(
    status: int, data: Any, expected: tuple[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error, data, or neither, in the forms of Grafana's versions and of a proxy before it."""
    api = GrafanaApi(Access("http://127.0.0.1:9"), 1)
    monkeypatch.setattr(api, "post", lambda *_: Answer(status, data))
    assert send(api, {"queries": [{"refId": "A"}]}) == (QueryAnswer("A", *expected),)


def test_the_time_range_of_a_dashboard() -> None:
    """The last 6 hours and the last 2 days, in milliseconds."""
    assert time_range_of({"time": {"from": "now-6h", "to": "now"}}, 100_000.0) == (78_400_000, 100_000_000)
    assert time_range_of({"time": {"from": "now-2d", "to": "now"}}, 200_000.0) == (27_200_000, 200_000_000)


def test_a_copy_has_another_uid_title_and_links() -> None:
    """Links of the dashboard and of its panels lead to copies; the data source is the chosen one."""
    model = {
        "uid": "a",
        "title": "A",
        "links": [{"url": "/d/b", "type": "link"}],
        "panels": [{"links": [{"url": "/d/a?x=1"}]}, {"url": "/d/gone"}],
        "templating": {"list": [{"type": "datasource", "current": {"text": "P", "value": "p"}}, {"type": "query"}]},
    }
    copy = temporary_model(model, {"a": "t-0", "b": "t-1"}, "(t)", "q")
    assert (copy["uid"], copy["title"], copy["links"][0]["url"]) == ("t-0", "A (t)", "/d/t-1")
    assert copy["panels"][0] == {"links": [{"url": "/d/t-0?x=1"}]}
    assert copy["templating"]["list"][0]["current"] == {"text": "q", "value": "q"}
    assert list(links_to_elsewhere(copy, ("t-0", "t-1"))) == ["/d/gone"]
    assert model["uid"] == "a"


def test_differences_name_their_places() -> None:
    """Additions, removals and changes at any depth, in lists too; Grafana's own id and version are none."""
    sent = {"title": "T", "panels": [{"title": "P", "options": {"a": 1, "b": True}}], "tags": ["x"], "list": [1, 2]}
    saved = {
        "title": "T",
        "panels": [{"title": "P", "options": {"b": 1, "c": None}}],
        "tags": ["x", "y"],
        "list": [1, 3],
    }
    assert list(differences(sent, {**saved, "id": 4, "version": 1})) == [
        "it changes list[1] from 2 to 3",
        'it removes panels["P"].options.a',
        'it changes panels["P"].options.b from True to 1',
        'it adds panels["P"].options.c: None',
        "it changes tags from ['x'] to ['x', 'y']",
    ]
    assert list(differences({"id": 1, "a": 0.5}, {"id": 2, "a": 0.5, "version": 3})) == ["it changes id from 1 to 2"]


def test_the_time_to_wait() -> None:
    """Seconds, a date, or none; another status is not put off."""
    assert _retry_after("7", 429) == 7
    assert _retry_after(None, 429) == 1
    assert _retry_after("soon", 429) == 1
    assert _retry_after(None, 503) is None
    assert _retry_after("7", 500) is None
    assert _retry_after(formatdate(time.time() - 60), 429) == 0
    assert (_retry_after(formatdate(time.time() + 3_000), 503) or 0) > 50


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (urllib.error.URLError(TimeoutError()), "it does not answer within 2 s; try again, or give it more time"),
        (ConnectionResetError(104, "Connection reset by peer"), "it does not answer (Connection reset by peer); start"),
    ],
)
def test_no_answer_is_a_problem(error: OSError, problem: str) -> None:
    """With its reason and what to do."""
    assert str(GrafanaApi(Access("http://x"), 2)._no_answer(error)).startswith(f"http://x: {problem}")


def test_a_certificate_that_is_not_trusted_is_a_problem() -> None:
    """The hint names the variable that Python reads."""
    error = ssl.SSLCertVerificationError(1, "x")
    error.verify_message = "self-signed certificate"
    problem = GrafanaApi(Access("http://x"), 2)._no_answer(urllib.error.URLError(error))
    assert problem.what == "its certificate is not trusted (self-signed certificate)"
    assert problem.hint.startswith("set SSL_CERT_FILE to ")


def test_the_token_and_control_characters_are_not_shown() -> None:
    """A message of a server is one short line without the token."""
    api = GrafanaApi(Access("http://x", "s3cr3t"), 1)
    assert api.public("a s3cr3t\n\x1b[31m" + "b" * 900) == "a … \\x1b[31m" + "b" * 391 + "…"


def test_the_token_is_not_in_the_text_of_an_access() -> None:
    """What may be printed while searching for a bug has no token."""
    assert "s3cr3t" not in repr(Access("http://x", "s3cr3t"))


def signalled_twice(interruption: Interruption, done: list[str]) -> None:
    """A run that a signal ends, and whose removal is signalled again."""
    with interruption.handled():
        try:
            os.kill(os.getpid(), signal.SIGINT)
            done.append("run")
        finally:
            os.kill(os.getpid(), signal.SIGINT)
            done.append("removal")


def signalled_during_removal(interruption: Interruption, done: list[str]) -> None:
    """A run that ends by itself, and whose removal is signalled."""
    with interruption.handled():
        done.append("run")
        interruption.waits = True
        os.kill(os.getpid(), signal.SIGINT)
        done.append("removal")
    done.append("report")


@pytest.mark.parametrize(
    ("work", "expected"), [(signalled_twice, ["removal"]), (signalled_during_removal, ["run", "removal"])]
)
def test_signals_wait_until_the_removal_is_over(
    work: Callable[[Interruption, list[str]], None], expected: list[str]
) -> None:
    """The first signal ends the run; one during the removal ends the process after it. Then all is as before."""
    done: list[str] = []
    # A process in the background may have been started with the signal ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            work(Interruption(), done)
        assert done == expected
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_form_that_is_not_understood_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of data sources that is none."""
    api = GrafanaApi(Access("http://x"), 1)
    monkeypatch.setattr(api, "get", lambda *_: Answer(200, {"a": 1}))
    with pytest.raises(BuildError, match="answers in another form"):
        data_sources(api)
