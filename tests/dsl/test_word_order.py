"""Words of the DSL in a wrong order: every part of a definition refuses the words of the others, and says where they
belong."""

from __future__ import annotations

from typing import Any

import pytest

from generator.dsl.built_in import BuiltIn
from generator.dsl.metrics import CombinedCounter, Counter, Gauge, Histogram, SeriesCount
from generator.dsl.query import Always, Condition, MetricQuery, Query, Rule, ThresholdSeries, ThresholdTable
from generator.dsl.units import RATIO, minutes, percent
from generator.dsl.word_order import WORDS
from tests.dsl.definition_errors import definition_error
from tests.dsl.sample_contract import ALARMS, BELL, GLASSES, GUEST, ORDERS, SIPS, SPILT, TABLE, WAIT

WINDOW = minutes(5)
RATIO_QUERY = SPILT.ratio_to(ORDERS, WINDOW)
CONDITION = RATIO_QUERY.above(percent(5))
BUDGET = RATIO_QUERY.error_budget_remaining(percent(99))
BURN_RATE = RATIO_QUERY.burn_rate(percent(99))
SHARES = ThresholdTable("spilt_share", RATIO, None)
PARTS: dict[str, Any] = {
    "counter": ORDERS, "combined counter": GLASSES, "histogram": WAIT, "gauge": BELL, "built-in": ALARMS,
    "increase": ORDERS.increase(WINDOW), "rate": ORDERS.rate(), "ratio": RATIO_QUERY, "quantile": WAIT.quantile(0.5),
    "buckets": WAIT.bucket_counts(), "latest": BELL.latest(), "age": BELL.age(WINDOW, TABLE), "firing": ALARMS.firing(),
    "pace": SIPS.increase(WINDOW).pace(minutes(60)),
    "priced": SIPS.increase(WINDOW).priced(), "series": SeriesCount(ORDERS.increase(WINDOW).by(GUEST)),
    "forecast": SIPS.increase(WINDOW).forecast(minutes(60), WINDOW), "budget": BUDGET, "burn rate": BURN_RATE,
    "time left": BUDGET.exhausted_in(minutes(60), BURN_RATE),
    "comparison": CONDITION, "and": CONDITION & CONDITION, "or": CONDITION | CONDITION, "always": Always(),
    "rule": CONDITION.for_(WINDOW), "table": SHARES, "threshold": ThresholdSeries(SHARES, GUEST, None),
    "label": GUEST, "matcher": GUEST.is_("a"), "quantity": percent(5), "duration": WINDOW,
}  # fmt: skip
HAVE: dict[str, str] = {
    "counter": "rate increase ratio_to per",
    "combined counter": "rate increase ratio_to per",
    "histogram": "quantile bucket_counts",
    "gauge": "latest age",
    "built-in": "firing starts",
    "increase": "forecast pace priced",
    "ratio": "burn_rate error_budget_remaining",
    "budget": "exhausted_in",
    "time left": "burn_rate",
    "rule": "for_ keep_firing_for",
    "table": "per",
    "label": "is_ is_not",
}
"""The words that only this part has, as a method or a field."""
OF_QUERIES = {"by", "where", "filtered_by", "above", "at_least", "fraction_of"}
QUERIES = {name for name, part in PARTS.items() if isinstance(part, Query)}
CONDITIONS = {name for name, part in PARTS.items() if isinstance(part, Condition)}
PAIRS = [
    (name, word)
    for name in PARTS
    for word in WORDS
    if word not in HAVE.get(name, "").split()
    and not (name in QUERIES and word in OF_QUERIES)
    and not (name in CONDITIONS and word == "for_")
]


@pytest.mark.parametrize(("name", "word"), PAIRS, ids=[f"{name} {word}" for name, word in PAIRS])
def test_a_part_refuses_the_words_of_the_others(name: str, word: str) -> None:
    """The message names the part and the word; the hint is what to write."""
    part = PARTS[name]
    what, hint = definition_error(lambda: getattr(part, word)).split("; ", 1)
    assert what == f"{part.noun()} has no .{word}(…)"
    compared_twice = word in ("above", "at_least") and name in CONDITIONS | {"rule"}
    assert hint.startswith("join two comparisons with &" if compared_twice else "write ")
    assert compared_twice or f".{word}(" in hint.partition(": ")[0]


@pytest.mark.parametrize(
    ("part", "word", "hint"),
    [
        ("comparison", "keep_firing_for",
         "write query.above(threshold).for_(duration).keep_firing_for(duration): a rule has it"),
        ("ratio", "for_", "write query.above(threshold).for_(duration): a condition has it"),
        ("rule", "by", "write query.by(LABEL): a query has it"),
        ("gauge", "increase", "write COUNTER.increase(window): a counter has it; "
         "read this metric with GAUGE.latest() or GAUGE.age(lookback, LABEL)"),
        ("built-in", "latest", "write GAUGE.latest(): a gauge has it; read this metric with ALERTS.firing() or "
         'ALERTS_FOR_STATE.starts("AlertName")'),
        ("table", "above", "write query.above(threshold): a query has it"),
    ],
)  # fmt: skip
def test_the_hint_is_what_to_write(part: str, word: str, hint: str) -> None:
    """One word in each wrong place."""
    assert definition_error(lambda: getattr(PARTS[part], word)).split("; ", 1)[1] == hint


def test_every_word_of_the_dsl_is_known() -> None:
    """A new word of a part would be refused by the others without a hint. The rest is the compiler's."""
    compiler = {
        *(
            "noun",
            "instead_of",
            "unit",
            "alert_unit",
            "output_labels",
            "metric_queries",
            "map_metric_queries",
            "check_threshold",
        ),
        *("fixed_window", "over", "with_grouping", "with_matchers", "with_filters", "comparisons", "queries"),
        *("map_queries", "window", "pending", "keep_firing", "names", "labels", "of_stores", "store", "recorded_from"),
        *("by_labels", "matchers", "filters", "convention", "renamed_from", "earlier"),
    }
    classes = (Counter, CombinedCounter, Histogram, Gauge, BuiltIn, Query, MetricQuery, Condition, Rule)
    public = {name for each in classes for name in dir(each) if not name.startswith("_")}
    assert public - compiler - WORDS.keys() == set()


def test_a_name_that_is_no_word_is_not_there() -> None:
    """It stays an AttributeError, so that a look-up with a default works."""
    assert getattr(RATIO_QUERY, "colour", "none") == "none"
    with pytest.raises(AttributeError, match="'Ratio' object has no attribute 'colour'"):
        _ = RATIO_QUERY.colour  # type: ignore[attr-defined]
