"""Panels tell the truth: what every query of every panel answers on real Prometheus is what happened on that day."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import pytest

from contract.labels import MODEL, ROUTE, SERVICE, TENANT
from generator.rendering.promql import text
from generator.verify.replay.server import Series
from generator.verify.simulation.population import models_in_use
from tests.truth.conftest import HOSTILE, HOUR, OUTAGE, UNLISTED, Day
from tests.truth.look import Key, Look, query
from tests.truth.tell import LabelValues, Near
from tests.truth.told import TOLD
from tests.truth.untold import UNTOLD

MOMENTS = ((24 * HOUR, 24 * HOUR), (17 * HOUR, 6 * HOUR), (OUTAGE + 20 * 60, None))
"""When one looks, in seconds after midnight, and over how long: all day; the afternoon; amid the outage."""
SEVERAL = {ROUTE.name: ("/chat", "/search"), SERVICE.name: ("worker-api",)}
PICKS: dict[str, tuple[Mapping[str, tuple[str, ...]], ...]] = {
    "overview": ({}, SEVERAL),
    "storage": ({}, SEVERAL),
    "tenant": (
        {TENANT.name: ("com.rainbowsmokeofficial",)},
        {TENANT.name: (UNLISTED,)},
        {TENANT.name: (HOSTILE,)},
        {TENANT.name: (HOSTILE,), **SEVERAL},
    ),
}
EVERY = 300


def looks(day: Day, board: str) -> Iterator[Look]:
    """Every moment with everything picked, and with some."""
    writing, embedding = models_in_use(day.simulation.plan.platform)
    models: tuple[Mapping[str, tuple[str, ...]], ...] = ({}, {MODEL.name: (writing[0], embedding[1])})
    for after, span in MOMENTS:
        for picks in PICKS.get(board, models):
            yield Look(day.simulation, day.midnight + after, span, picks, raw=board == "tenant")


def answered(series: list[Series]) -> dict[Key, float]:
    """An answer by its labels; a bucket's bound is a number, however it is spelt."""
    found = {}
    for one in series:
        labels = {name: value for name, value in one["metric"].items() if name != "__name__"}
        if "le" in labels:
            labels["le"] = str(float(labels["le"]))
        found[tuple(sorted(labels.items()))] = float(one["value"][1])
    return found


def apart(found: Mapping[Key, float], told: LabelValues) -> list[str]:
    """Where an answer is not what is told; what is missing is nothing."""
    nothing, problems = Near(0, 0), []
    for key in sorted({*found, *told}):
        near, value = told.get(key, nothing), found.get(key, 0.0)
        if not abs(value - near.value) <= near.tolerance + 1e-9:
            problems.append(f"{dict(key)}: {value:g} is answered, {near.value:g} ± {near.tolerance:g} is true")
    return problems


def test_every_panel_is_held_or_listed(day: Day) -> None:
    """No panel is left out, none is both, and none of the lists names a panel that there is not."""
    assert sorted([*TOLD, *UNTOLD]) == sorted(day.panels)


@pytest.mark.parametrize("name", TOLD)
def test_a_panel_shows_what_happened(day: Day, name: str) -> None:
    """At every moment and for all that may be picked each of its queries answers the truth, and nothing beside it."""
    board, panel = name.partition("/")[0], day.panels[name]
    assert len(panel.targets) == len(TOLD[name])
    problems = []
    for look in looks(day, board):
        for target, told in zip(panel.targets, TOLD[name], strict=True):
            expression = text(target.expression)
            if look.span is None and "$__r" in expression:
                continue
            asked = query(expression, look, day.variables(board))
            found = answered(day.prometheus.query(asked, look.time))
            where = f"{(look.time - day.midnight) / HOUR:g} h, {target.ref}, {dict(look.picks)}"
            problems += [f"{where}: {problem}" for problem in apart(found, told(look))]
    assert problems == []


@pytest.mark.parametrize("name", [*TOLD, *UNTOLD])
def test_a_panel_answers_all_day(day: Day, name: str) -> None:
    """Each of its queries gives series somewhere in the day, and never what is no number."""
    board = name.partition("/")[0]
    picks = PICKS.get(board, ({},))[0]
    look = Look(day.simulation, day.midnight + 24 * HOUR, HOUR, picks)
    for target in day.panels[name].targets:
        asked = query(text(target.expression), look, day.variables(board))
        series = day.prometheus.query_range(asked, day.midnight + HOUR, look.time, EVERY)
        values = [float(value) for one in series for _, value in one["values"]]
        assert values, (target.ref, asked)
        assert not any(map(math.isnan, values)), (target.ref, asked)


def test_what_is_not_true_is_noticed() -> None:
    """A value 2 % off, a line that is missing and one that is too much are each told; half a percent off is not."""
    told: LabelValues = {(("route", "/chat"),): Near(100, 1)}
    assert apart({(("route", "/chat"),): 100.5}, told) == []
    assert len(apart({(("route", "/chat"),): 102}, told)) == 1
    assert len(apart({}, told)) == 1
    assert len(apart({(("route", "/chat"),): 100, (("route", "/x"),): 3}, told)) == 1
    assert len(apart({(("route", "/chat"),): math.nan}, told)) == 1
