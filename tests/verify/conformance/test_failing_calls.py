"""Any call of a run may fail or be interrupted: nothing stays behind, or what does is named."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from generator.errors import Problem
from generator.stopped import Stopped
from generator.verify.access import Access
from generator.verify.conformance import temporary_folder
from generator.verify.conformance.command import check
from generator.verify.conformance.grafana_api import GrafanaApi
from generator.verify.conformance.result import ConformanceResult
from generator.verify.conformance.shipped_output import ShippedOutput
from tests.verify.conformance.fake_grafana import OWN_FOLDER, TOKEN, FakeGrafana, running

Captured = pytest.CaptureFixture[str]
Open = Callable[..., Any]
FIRST_SAVE = 4
"""The call that saves the first dashboard: after those of the version, the data sources and the folder."""


@pytest.fixture(scope="module")
def output(small_output: ShippedOutput) -> ShippedOutput:
    """Two dashboards with one panel each, which an alert opens, and no annotations: a run makes few calls."""
    opened = {link.panel for link in small_output.links}
    dashboards = {
        uid: {
            **model,
            "annotations": {"list": model["annotations"]["list"][:1]},
            "panels": [model["panels"][0], *(panel for panel in model["panels"] if panel["id"] in opened)],
        }
        for uid, model in small_output.dashboards.items()
    }
    return ShippedOutput(dashboards, small_output.links)


@pytest.fixture
def grafana(output: ShippedOutput) -> Iterator[FakeGrafana]:
    """A running Grafana with one value of each label, so that there are few combinations."""
    own = {uid: (OWN_FOLDER, {"uid": uid, "title": "Ours"}) for uid in output.dashboards}
    with running(FakeGrafana(dashboards=own)) as server:
        server.prometheus.values = ["a"]
        yield server


def checked(
    grafana: FakeGrafana, output: ShippedOutput, opener: Callable[[Open], Open] | None = None, timeout: float = 30
) -> tuple[ConformanceResult, list[Problem]]:
    """A run without pauses; `opener` replaces the function that sends a request."""
    api = GrafanaApi(Access(grafana.url, TOKEN), timeout, lambda seconds: None)
    if opener is not None:
        api._opener.open = opener(api._opener.open)  # type: ignore[method-assign]
    result = ConformanceResult(grafana.url)
    return result, check(api, output, result)


def calls_of(grafana: FakeGrafana, output: ShippedOutput) -> list[tuple[str, str]]:
    """The calls of a run in which nothing fails."""
    assert checked(grafana, output)[1] == []
    calls = list(grafana.calls)
    grafana.calls.clear()
    return calls


def failing_at(number: int, failure: BaseException, carried_out: bool) -> Callable[[Open], Open]:
    """A function that fails with an exception in place of call `number`, before or after it is carried out."""
    count = 0

    def replaced(send: Open) -> Open:
        def send_or_fail(*arguments: Any, **options: Any) -> Any:
            nonlocal count
            count += 1
            if count != number:
                return send(*arguments, **options)
            if carried_out:
                send(*arguments, **options).close()
            raise failure

        return send_or_fail

    return replaced


@pytest.mark.parametrize("mode", ["500", "reset", "reset after"])
def test_nothing_is_left_after_a_failure(mode: str, grafana: FakeGrafana, output: ShippedOutput) -> None:
    """Each call in turn is answered with 500, or its connection is reset before or after it is carried out. The run
    reports it, except where a call of the removal is tried again with success."""
    calls = calls_of(grafana, output)
    assert len(calls) > 15
    removal = next(number for number, (method, _) in enumerate(calls, start=1) if method == "DELETE")
    for number in range(1, len(calls) + 1):
        grafana.calls.clear()
        grafana.behaviour = lambda each, method, path, number=number: mode if each == number else ""  # type: ignore[misc]
        result, problems = checked(grafana, output)
        assert result.left == []
        assert bool(problems or result.failures) == (number < removal), calls[number - 1]
        assert grafana.is_untouched, calls[number - 1]


@pytest.mark.parametrize("carried_out", [False, True])
def test_nothing_is_left_after_a_timeout(carried_out: bool, grafana: FakeGrafana, output: ShippedOutput) -> None:
    """Each call in turn has no answer in time, whether Grafana carries it out or not."""
    for number in range(1, len(calls_of(grafana, output)) + 1):
        result, problems = checked(grafana, output, failing_at(number, TimeoutError(), carried_out))
        assert result.left == []
        assert all("does not answer within 30 s" in problem.what for problem in problems)
        assert grafana.is_untouched


@pytest.mark.parametrize("carried_out", [False, True])
def test_nothing_is_left_after_a_signal(
    carried_out: bool, grafana: FakeGrafana, output: ShippedOutput, capsys: Captured
) -> None:
    """Ctrl-C at each call of the run in turn, before or after Grafana carries it out, ends the run with its status."""
    calls = calls_of(grafana, output)
    removal = next(number for number, (method, _) in enumerate(calls, start=1) if method == "DELETE")
    for number in range(1, removal):
        with pytest.raises(Stopped):
            checked(grafana, output, failing_at(number, Stopped(130, "stopped"), carried_out))
        assert grafana.is_untouched
    assert " is left " not in capsys.readouterr().err


@pytest.mark.parametrize("path", ["/api/dashboards/db", "/api/ds/query"])
def test_nothing_is_left_after_a_server_that_hangs(path: str, grafana: FakeGrafana, output: ShippedOutput) -> None:
    """A server that does not answer is left after the time that is given, and asked to delete what it has made."""
    grafana.behaviour = lambda number, method, called: "hang after" if called == path else ""
    result, (problem,) = checked(grafana, output, timeout=3)
    assert problem.what == "it does not answer within 3 s"
    assert result.left == []
    assert grafana.is_untouched


def test_a_deletion_that_fails_is_reported_by_name(grafana: FakeGrafana, output: ShippedOutput) -> None:
    """Grafana deletes nothing: the folder and both dashboards are named with their pages and the reason."""
    grafana.behaviour = lambda number, method, path: "500" if method == "DELETE" else ""
    result, problems = checked(grafana, output)
    (folder,) = grafana.folders.keys() - {OWN_FOLDER}
    assert [problem.where for problem in problems] == [
        *(f"{grafana.url}/d/{folder}-{number}" for number in (0, 1)),
        f"{grafana.url}/dashboards/f/{folder}",
    ]
    for problem, title in zip(problems, [*(model["title"] for model in output.dashboards.values()), ""], strict=True):
        assert title in problem.what
        assert problem.what.endswith("is left (500: database is locked)")
        assert problem.hint == "delete it in Grafana"
    assert result.left == [f"{problem.where}: {problem.what}" for problem in problems]


def test_a_folder_takes_its_dashboards_with_it(grafana: FakeGrafana, output: ShippedOutput) -> None:
    """Grafana deletes no dashboard, but the folder: nothing is left, and nothing is reported."""
    grafana.behaviour = lambda number, method, path: "500" if method == "DELETE" and "dashboards" in path else ""
    assert checked(grafana, output)[1] == []
    assert grafana.is_untouched


def test_what_is_left_after_a_signal_is_printed(grafana: FakeGrafana, output: ShippedOutput, capsys: Captured) -> None:
    """The process ends without a report, so the names go to standard error."""
    grafana.behaviour = lambda number, method, path: "500" if method == "DELETE" else ""
    stop = failing_at(FIRST_SAVE, Stopped(130, "stopped"), True)
    with pytest.raises(Stopped):
        checked(grafana, output, stop)
    lines = [line for line in capsys.readouterr().err.splitlines() if " is left " in line]
    assert lines[-1].startswith(f"{grafana.url}/dashboards/f/conformance-")
    assert lines[-1].endswith("delete it in Grafana.")


def test_what_is_made_late_is_removed(
    grafana: FakeGrafana, output: ShippedOutput, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Grafana makes the folder after the caller has given up, when its first deletion has found nothing."""
    monkeypatch.setattr(temporary_folder, "ATTEMPTS", 1_000)
    grafana.behaviour = lambda number, method, path: "hang before" if (method, path) == ("POST", "/api/folders") else ""

    def giving_up(send: Open) -> Open:
        def send_and_leave(request: Any, **options: Any) -> Any:
            if request.full_url != f"{grafana.url}/api/folders":
                return send(request, **options)
            threading.Thread(target=send, args=(request,), kwargs=options, daemon=True).start()
            raise TimeoutError

        return send_and_leave

    def wait(seconds: float) -> None:
        grafana.released.set()
        time.sleep(0.01)

    api = GrafanaApi(Access(grafana.url, TOKEN), 30, wait)
    api._opener.open = giving_up(api._opener.open)  # type: ignore[method-assign]
    (problem,) = check(api, output, ConformanceResult(grafana.url))
    assert problem.what == "it does not answer within 30 s"
    assert [call for call in grafana.calls if call[0] == "DELETE"][1:] != []
    assert grafana.is_untouched


def test_nothing_is_left_after_a_bug(
    grafana: FakeGrafana, output: ShippedOutput, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception of our own ends the run, and the removal comes first."""
    monkeypatch.setattr("generator.verify.conformance.run.send", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        checked(grafana, output)
    assert ("POST", "/api/dashboards/db") in grafana.calls
    assert grafana.is_untouched


def test_a_folder_that_others_use_is_left(grafana: FakeGrafana, output: ShippedOutput) -> None:
    """Somebody saves a dashboard into the temporary folder: it is not deleted, and the folder is reported with it."""

    def others_save(number: int, method: str, path: str) -> str:
        for folder in grafana.folders.keys() - {OWN_FOLDER}:
            grafana.dashboards["theirs"] = (folder, {"uid": "theirs", "title": "Theirs"})
        return ""

    grafana.behaviour = others_save
    (problem,) = checked(grafana, output)[1]
    assert problem.what.endswith('is left (others have put "Theirs" into it)')
    assert grafana.dashboards["theirs"][1]["title"] == "Theirs"
    assert len(grafana.dashboards) == len(output.dashboards) + 1


def test_what_grafana_refuses_to_make_is_not_deleted(grafana: FakeGrafana, output: ShippedOutput) -> None:
    """Where the folder exists already, it is somebody else's."""
    grafana.behaviour = lambda number, method, path: grafana.folders.update(taken(grafana, path)) or ""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("secrets.token_hex", lambda count: "0" * 16)
        (problem,) = checked(grafana, output)[1]
    assert problem.what == "POST /api/folders is answered with 409: a folder with the same uid already exists"
    assert grafana.folders == {OWN_FOLDER: "Operations", f"conformance-{'0' * 16}": "Theirs"}
    assert "DELETE" not in {method for method, _ in grafana.calls}


def taken(grafana: FakeGrafana, path: str) -> dict[str, str]:
    """The folder of somebody else, which appears before the first call."""
    return {f"conformance-{'0' * 16}": "Theirs"}
