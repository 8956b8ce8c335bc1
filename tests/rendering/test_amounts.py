"""Amounts of a day as Prometheus evaluates the shipped rules, beside what was counted: through gaps, restarts, new and
ended series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.external.promtool import Promtool
from generator.ir.build import Compiled
from generator.verify.needed_rules import needed_rules

DAY, HOURS_26 = 1440, 1560
"""In minutes; a sample is a minute."""
PER_MINUTE = 1000
TOLERANCE = 0.005

Samples = list[float | None]


def counting(minutes: int = HOURS_26, per_minute: float = PER_MINUTE) -> Samples:
    """The samples of a counter that counts all the time, from 0 on."""
    return [per_minute * minute for minute in range(minutes + 1)]


def without(samples: Samples, *gaps: tuple[int, int]) -> Samples:
    """Samples without those from one minute up to another."""
    return [None if any(start <= index < end for start, end in gaps) else each for index, each in enumerate(samples)]


def restarted(samples: Samples, *minutes: int) -> Samples:
    """The samples of a counter whose process restarts just after these minutes."""
    bases = [
        max((samples[minute] or 0 for minute in minutes if minute < index), default=0) for index in range(len(samples))
    ]
    assert None not in [samples[minute] for minute in minutes], (
        "a gap has no value to begin again from: leave it out afterwards"
    )
    return [None if each is None else each - base for each, base in zip(samples, bases, strict=True)]


@dataclass(frozen=True)
class Case:
    """The series of a model's input tokens by shard, and the tokens of the day that ends at hour 26. `within_ticks`:
    restarts within five minutes, of which evaluations every ten minutes miss some."""

    shards: Sequence[Samples]
    truth: float
    lowest: float = 1 - TOLERANCE
    within_ticks: bool = False


def late(samples: Samples, at: int = 20 * 60) -> Samples:
    """A series that begins late, with these samples, the last of which stays."""
    last = samples[-1]
    return [*[None] * at, *samples, *[last] * (HOURS_26 + 1 - at - len(samples))][: HOURS_26 + 1]


def restarting_every(minutes: int, first: int) -> Samples:
    """The samples of a counter whose process restarts every so many minutes, from a minute on."""
    return restarted(counting(), *range(first, HOURS_26, minutes))


STEADY = DAY * PER_MINUTE
EVERY_HALF_HOUR = tuple((minute, minute + 3) for minute in range(5, HOURS_26, 30))
NEW_AT = 20 * 60
SINCE_NEW = (HOURS_26 - NEW_AT) * PER_MINUTE
GAP = (400, 460)
CASES = {
    "no gap": Case((counting(),), STEADY),
    **{
        f"a gap of {length} minutes": Case((without(counting(), (400, 400 + length)),), STEADY)
        for length in (4, 10, 60, 600)
    },
    "a gap that begins and ends between two ticks": Case((without(counting(), (402, 463)),), STEADY),
    "three minutes lost every half an hour": Case((without(counting(), *EVERY_HALF_HOUR),), STEADY),
    **{
        f"a restart {minute - 700} minutes after a tick": Case((restarted(counting(), minute),), STEADY)
        for minute in range(700, 705)
    },
    "two restarts within five minutes": Case((restarted(counting(), 700, 703),), STEADY),
    "three restarts within five minutes": Case((restarted(counting(), 701, 702, 704),), STEADY),
    # 3,000 before the first restart and 200 after it, 4,000 before the second and 100 after it.
    "two restarts of a counter that counts seldom": Case(
        (late([1e5, *[103_000.0] * 2, *[200.0] * 9, 4200, 100], at=700),), 7300
    ),
    # 1,000 before the restart, just after a tick, and 2,000 after it, three minutes later.
    "a restart of a counter that soon outgrows its old value": Case(
        (late([0, *[1000.0] * 5, 500, 500, 2000]),), 3000, within_ticks=True
    ),
    # 2,000 before the restart, a minute after a tick, and 4,000 after it.
    "a restart of a counter that is nowhere lower than at the last tick": Case(
        (late([*[0.0] * 5, 1000, 2000, 1000, 2000, 3000, 4000]),), 6000, within_ticks=True
    ),
    "a restart in each tick": Case((restarting_every(5, 3),), STEADY, within_ticks=True),
    "a restart just after each tick": Case((restarting_every(5, 5),), STEADY, within_ticks=True),
    "a restart every two minutes": Case((restarting_every(2, 10),), STEADY, within_ticks=True),
    # What the counter grew between its last sample and the restart, 31 minutes, nobody has seen. What came after it is
    # counted, once.
    "a restart in a gap": Case((without(restarted(counting(), 430), GAP),), STEADY - 31 * PER_MINUTE),
    "a restart after a gap": Case((restarted(without(counting(), (400, 461)), 463),), STEADY),
    "a gap of 13 hours": Case((without(counting(), (400, 1181)),), STEADY),
    "a restart in a gap of 13 hours": Case(
        (without(restarted(counting(), 900), (400, 1181)),), STEADY - 501 * PER_MINUTE
    ),
    "a restart after a gap of 13 hours": Case((restarted(without(counting(), (400, 1181)), 1183),), STEADY),
    # The counter is higher than before the gap when it comes back: nobody has seen a restart.
    "a restart in a gap of a new series": Case(
        (late([0.0, *[None] * 59, *counting(300)[35:]]),), 300 * PER_MINUTE + 25 * PER_MINUTE, 240 / 325
    ),
    "two shards": Case((counting(), counting(per_minute=250)), STEADY * 1.25),
    "one of two shards silent for an hour": Case((without(counting(), (800, 860)), counting()), 2 * STEADY),
    "one of two shards restarts": Case((restarted(counting(), 802), counting()), 2 * STEADY),
    "a new series": Case((late(counting(HOURS_26 - NEW_AT)),), SINCE_NEW),
    "a new series between two ticks": Case((late(counting(HOURS_26 - NEW_AT - 3), NEW_AT + 3),), SINCE_NEW - 3000),
    "a new series that counts once": Case((late([0, 5000]),), 5000),
    "a new series that counts once between two ticks": Case((late([0, 5000], NEW_AT + 2),), 5000),
    "a new series that counts once just before a tick": Case((late([0, 5000], NEW_AT + 4),), 5000),
    "a new series that begins in a gap": Case((late([0, *[None] * 40, 5000], NEW_AT + 1),), 5000),
    "a new series that restarts": Case((late([0, 1000, 2000, 1000, 2000, 3000], NEW_AT + 1),), 5000, 0.99, True),
    "a new series whose start is unknown": Case((late([7e6, 7e6 + 1000, 7e6 + 3000], NEW_AT + 1),), 3000),
    "a series that is absent at one tick": Case((without(counting(), (700, 711)),), STEADY),
    "a series that comes back for one sample": Case((without(counting(), (400, 700), (701, 900)),), STEADY),
    "one of two series ends": Case((counting(), counting(900)), STEADY + (900 - 120) * PER_MINUTE),
    "one of two series ends between two ticks": Case((counting(), counting(902)), STEADY + (902 - 120) * PER_MINUTE),
}
EVERY_TICK, MISSES_EVERY_OTHER = "5m", "10m"
EVALUATED_EVERY = (EVERY_TICK, "1m", MISSES_EVERY_OTHER)
"""The interval of the group, that of tests which promtool evaluates every minute, and that of a group which misses
every other evaluation."""


LEVELS = {"tenant_id_direction": "tenant_id", "model_direction": "model", "tenant_id_model_direction": "tenant_id"}
"""The levels of a day's tokens, and the label by which each case is selected there."""
AMOUNTS = [f"{level}:ai_tokens:amount1d" for level in LEVELS]
BY_HAND = {
    "an hour between two hours": "0+1000x240 _x239 480000+1000x240",
    "a restart": "0+1000x490 1000+1000x229",
}
"""720 samples of 1,000 tokens each, at 15 s."""


def notation(samples: Samples) -> str:
    """Samples as promtool reads them."""
    return " ".join("_" if each is None else f"{each:g}" if each < 1e5 else f"{each:.0f}" for each in samples)


def series(case: str, shard: int) -> str:
    """A raw series: each case has a tenant and a model of its own."""
    labels = f'tenant_id="{case}",model="{case}",shard="{shard}"'
    return f'ai_tokens_input{{platform="production",route="/chat",service="s",{labels}}}'


def of_cases(cases: Mapping[str, Case]) -> dict[str, object]:
    """The test of all cases: 1 where a recorded amount of the day is right."""
    return {
        "name": "cases",
        "interval": "1m",
        "input_series": [
            {"series": series(name, shard), "values": notation(samples)}
            for name, case in cases.items()
            for shard, samples in enumerate(case.shards)
        ],
        "promql_expr_test": [
            {
                "expr": f"(sum({amount}) >= bool {case.lowest * case.truth:.0f}) "
                f"* (sum({amount}) <= bool {(1 + TOLERANCE) * case.truth:.0f})",
                "eval_time": f"{HOURS_26}m",
                "exp_samples": [{"labels": "{}", "value": 1}],
            }
            for name, case in cases.items()
            for level, label in LEVELS.items()
            for amount in [f'{level}:ai_tokens:amount1d{{{label}="{name}"}}']
        ],
    }


def by_hand(name: str, values: str) -> dict[str, object]:
    """The test of 720,000 tokens in three hours."""
    amount = "tenant_id_direction:ai_tokens:amount1d"
    labels = f'{amount}{{platform="production",tenant_id="{name}",direction="input"}}'
    return {
        "name": name,
        "interval": "15s",
        "input_series": [{"series": series(name, 0), "values": values}],
        "promql_expr_test": [
            {"expr": amount, "eval_time": "3h", "exp_samples": [{"labels": labels, "value": 720_000}]}
        ],
    }


def failures_of(
    groups: Sequence[Mapping[str, object]], interval: str, folder: Path, promtool: Promtool, *tests: object
) -> list[str]:
    """What promtool says of tests on the rules of these groups, each line with the name of its case."""
    (folder / "rules.yaml").write_text(yaml.safe_dump({"groups": groups}), encoding="utf-8")
    document = {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": interval,
        "group_eval_order": [group["name"] for group in groups],
        "tests": tests,
    }
    file = folder / f"amounts-{interval}.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    failures = [failure for result in promtool.test_rules([file]).results for failure in result.failures]
    return [failure.replace("\\", "") for failure in failures]


def rules_of_amounts(build: Compiled) -> Sequence[Mapping[str, Any]]:
    """The shipped groups of rules, without those that no amount of a day reads."""
    return needed_rules(yaml.safe_load(build.texts["prometheus/rules/recorded-ai.yaml"])["groups"], AMOUNTS)


def with_label(groups: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Rules with a label of an organisation on all that they record."""
    return [
        {**group, "rules": [{**rule, "labels": {**rule.get("labels", {}), "team": "a"}} for rule in group["rules"]]}
        for group in groups
    ]


@pytest.fixture(scope="module", params=EVALUATED_EVERY)
def failures(
    request: pytest.FixtureRequest, production: Compiled, promtool: Promtool, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, list[str]]:
    """An evaluation interval, and what promtool says of all cases."""
    interval = str(request.param)
    tests = of_cases(CASES), *(by_hand(name, values) for name, values in BY_HAND.items())
    folder = tmp_path_factory.mktemp("amounts")
    return interval, failures_of(rules_of_amounts(production), interval, folder, promtool, *tests)


@pytest.mark.parametrize("name", CASES)
def test_the_amount_of_a_day_is_what_was_counted(name: str, failures: tuple[str, list[str]]) -> None:
    """Within 0.5 %, by tenant, by model and by both; after a restart in a gap, all but what the gap hid."""
    interval, lines = failures
    if not (CASES[name].within_ticks and interval == MISSES_EVERY_OTHER):
        assert [line for line in lines if f'"{name}"' in line] == []


@pytest.mark.parametrize("name", BY_HAND)
def test_three_hours_are_all_counted(name: str, failures: tuple[str, list[str]]) -> None:
    """240 samples of 1,000 tokens, an hour without samples in which 240,000 more came, and 240 samples again; 490
    samples of 1,000 tokens, a restart, and 230 more."""
    _, lines = failures
    assert [line for line in lines if f'"{name}"' in line] == []


def test_a_label_of_all_rules_changes_no_amount(production: Compiled, promtool: Promtool, tmp_path: Path) -> None:
    """Cursors have it and raw counters do not: no rule joins one with the other."""
    rules = with_label(rules_of_amounts(production))
    assert failures_of(rules, EVERY_TICK, tmp_path, promtool, of_cases(CASES)) == []


def test_what_would_be_wrong_is_reported(production: Compiled, promtool: Promtool, tmp_path: Path) -> None:
    """The cases fail where a day is compared with 1 % more tokens."""
    wrong = {name: replace(case, truth=case.truth * 1.01) for name, case in CASES.items() if case.lowest > 0.99}
    lines = failures_of(rules_of_amounts(production), EVERY_TICK, tmp_path, promtool, of_cases(wrong))
    assert {name for name in wrong if any(f'"{name}"' in line for line in lines)} == {*wrong}
