"""Words of the DSL on a part of a definition that does not have them, such as `.for_(…)` on a query: which part has the
word, and what to write instead.

A definition is a chain: a metric is read by a query, a query is compared by a condition, a condition becomes a rule.
"""

from __future__ import annotations

from collections.abc import Mapping

from generator.frozen import frozen


@frozen
class Word:
    """A word, what has it, and how it is written there."""

    of: str
    chain: str


COUNTER = "a counter"
HISTOGRAM = "a histogram"
GAUGE = "a gauge"
QUERY = "a query"
INCREASE = "an increase of a counter"
RATIO = "a ratio"
METRIC_WORDS: Mapping[str, Word] = {
    "rate": Word(COUNTER, "COUNTER.rate()"),
    "increase": Word(COUNTER, "COUNTER.increase(window)"),
    "ratio_to": Word(COUNTER, "COUNTER.ratio_to(COUNTER, window)"),
    "per": Word(COUNTER, "COUNTER.per(COUNTER, window)"),
    "quantile": Word(HISTOGRAM, "HISTOGRAM.quantile(P95, window)"),
    "bucket_counts": Word(HISTOGRAM, "HISTOGRAM.bucket_counts(window)"),
    "latest": Word(GAUGE, "GAUGE.latest()"),
    "age": Word(GAUGE, "GAUGE.age(lookback, LABEL)"),
    "firing": Word("the built-in series ALERTS", "ALERTS.firing()"),
    "starts": Word("the built-in series ALERTS_FOR_STATE", 'ALERTS_FOR_STATE.starts("AlertName")'),
}
QUERY_WORDS: Mapping[str, Word] = {
    "by": Word(QUERY, "query.by(LABEL)"),
    "where": Word(QUERY, "query.where(LABEL.is_(value))"),
    "filtered_by": Word(QUERY, "query.filtered_by(LABEL)"),
    "above": Word(QUERY, "query.above(threshold)"),
    "at_least": Word(QUERY, "query.at_least(minimum)"),
    "fraction_of": Word(QUERY, "query.fraction_of(threshold)"),
    "forecast": Word(INCREASE, "COUNTER.increase(window).forecast(horizon, recent)"),
    "pace": Word(INCREASE, "COUNTER.increase(window).pace(period)"),
    "priced": Word(INCREASE, "TOKENS.increase(window).priced()"),
    "burn_rate": Word(RATIO, "COUNTER.ratio_to(COUNTER, window).burn_rate(target)"),
    "error_budget_remaining": Word(RATIO, "COUNTER.ratio_to(COUNTER, window).error_budget_remaining(target)"),
    "exhausted_in": Word(
        "an error budget", "ratio.error_budget_remaining(target).exhausted_in(window, ratio.burn_rate(target))"
    ),
}
LATER_WORDS: Mapping[str, Word] = {
    "for_": Word("a condition", "query.above(threshold).for_(duration)"),
    "keep_firing_for": Word("a rule", "query.above(threshold).for_(duration).keep_firing_for(duration)"),
    "is_": Word("a label", "query.where(LABEL.is_(value))"),
    "is_not": Word("a label", "query.where(LABEL.is_not(value))"),
}
WORDS: Mapping[str, Word] = {**METRIC_WORDS, **QUERY_WORDS, **LATER_WORDS}


def instead_of_word(word: str, holder: type) -> str:
    """The hint for a word that a part of a definition does not have: what to write, and how to read a metric that was
    not read yet or is of another type."""
    if word in ("above", "at_least") and hasattr(holder, "for_"):
        return "join two comparisons with &, as query.above(threshold) & query.at_least(minimum)"
    hint = f"write {WORDS[word].chain}: {WORDS[word].of} has it"
    # A table of thresholds has a word .per(…) too, and is not read.
    ways = [each.chain for name, each in METRIC_WORDS.items() if name != "per" and hasattr(holder, name)]
    return f"{hint}; read this metric with {' or '.join(ways)}" if ways else hint
