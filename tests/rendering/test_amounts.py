"""Amounts of a day as Prometheus evaluates the shipped rules, beside what was counted: through gaps, restarts, new and
ended series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    return [None if each is None else each - base for each, base in zip(samples, bases, strict=True)]


@dataclass(frozen=True)
class Case:
    """The series of a model's input tokens by shard, and the tokens of the day that ends at hour 26."""

    shards: Sequence[Samples]
    truth: float
    lowest: float = 1 - TOLERANCE


STEADY = DAY * PER_MINUTE
EVERY_HALF_HOUR = tuple((minute, minute + 3) for minute in range(5, HOURS_26, 30))
NEW_AT = 20 * 60
CASES = {
    "no gap": Case((counting(),), STEADY),
    **{
        f"a gap of {length} minutes": Case((without(counting(), (400, 400 + length)),), STEADY)
        for length in (4, 10, 60, 600)
    },
    "three minutes lost every half an hour": Case((without(counting(), *EVERY_HALF_HOUR),), STEADY),
    "a restart": Case((restarted(counting(), 700),), STEADY),
    "two restarts within five minutes": Case((restarted(counting(), 700, 703),), STEADY),
    # What the counter grew in the gap until the restart, 30 minutes, nobody has seen.
    "a restart in a gap": Case((restarted(without(counting(), (400, 460)), 430),), STEADY, (DAY - 60) / DAY),
    "two shards": Case((counting(), counting(per_minute=250)), STEADY * 1.25),
    "one of two shards silent for an hour": Case((without(counting(), (800, 860)), counting()), 2 * STEADY),
    "a new series": Case(([*[None] * NEW_AT, *counting(HOURS_26 - NEW_AT)],), (HOURS_26 - NEW_AT) * PER_MINUTE),
    "a new series that counts once": Case(([*[None] * NEW_AT, 0, *[5000.0] * (HOURS_26 - NEW_AT)],), 5000),
    "one of two series ends": Case((counting(), counting(900)), STEADY + (900 - 120) * PER_MINUTE),
}


BY_HAND = "an hour between two hours"
LEVELS = ("tenant_id_direction", "model_direction", "tenant_id_model_direction")
AMOUNTS = [f"{level}:ai_tokens:amount1d" for level in LEVELS]


def notation(samples: Samples) -> str:
    """Samples as promtool reads them."""
    return " ".join("_" if each is None else f"{each:g}" if each < 1e5 else f"{each:.0f}" for each in samples)


def of_case(name: str, case: Case) -> dict[str, object]:
    """The test of a case: 1 where each recorded amount of the day is right."""
    series = [
        {
            "series": 'ai_tokens_input{platform="production",tenant_id="a",route="/chat",service="s",model="m",'
            f'shard="{shard}"}}',
            "values": text,
        }
        for shard, text in enumerate(map(notation, case.shards))
    ]
    low, high = case.lowest * case.truth, (1 + TOLERANCE) * case.truth
    return {
        "name": name,
        "interval": "1m",
        "input_series": series,
        "promql_expr_test": [
            {
                "expr": f"(sum({amount}) >= bool {low:.0f}) * (sum({amount}) <= bool {high:.0f})",
                "eval_time": f"{HOURS_26}m",
                "exp_samples": [{"labels": "{}", "value": 1}],
            }
            for amount in AMOUNTS
        ],
    }


def by_hand() -> dict[str, object]:
    """The test of an hour without samples between two of 240,000 tokens each, at 15 s."""
    amount = "tenant_id_direction:ai_tokens:amount1d"
    labels = f'{amount}{{platform="production",tenant_id="a",direction="input"}}'
    return {
        "name": BY_HAND,
        "interval": "15s",
        "input_series": [
            {
                "series": 'ai_tokens_input{platform="production",tenant_id="a",model="m"}',
                "values": "0+1000x240 _x239 480000+1000x240",
            }
        ],
        "promql_expr_test": [
            {"expr": amount, "eval_time": "3h", "exp_samples": [{"labels": labels, "value": 720_000}]}
        ],
    }


@pytest.fixture(scope="module")
def failures(production: Compiled, promtool: Promtool, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What promtool says of each case; the rules are those of the build, without those that no amount reads."""
    folder = tmp_path_factory.mktemp("amounts")
    groups = [*(of_case(name, case) for name, case in CASES.items()), by_hand()]
    shipped = yaml.safe_load(production.texts["prometheus/rules/recorded-ai.yaml"])["groups"]
    recorded = needed_rules(shipped, AMOUNTS)
    (folder / "rules.yaml").write_text(yaml.safe_dump({"groups": recorded}), encoding="utf-8")
    document = {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": "5m",
        "group_eval_order": [group["name"] for group in recorded],
        "tests": groups,
    }
    file = folder / "amounts.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    return {result.name: "\n".join(result.failures) for result in promtool.test_rules([file]).results}


@pytest.mark.parametrize("name", CASES)
def test_the_amount_of_a_day_is_what_was_counted(name: str, failures: dict[str, str]) -> None:
    """Within 0.5 %, by tenant, by model and by both; after a restart in a gap, all but what the gap hid."""
    assert failures[name] == ""


def test_the_first_hour_and_the_third_are_both_counted(failures: dict[str, str]) -> None:
    """240 samples of 1,000 tokens, an hour without samples in which 240,000 more came, and 240 samples again."""
    assert failures[BY_HAND] == ""
