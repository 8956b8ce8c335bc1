"""Which rules a run tries."""

from __future__ import annotations

from generator.verify.backtest.rules import tried
from generator.verify.replay.stages import ReplayRule

RAW = ReplayRule({"record": "e:5m", "expr": "sum(increase(e[5m]))"}, 30)
DAY = ReplayRule({"record": "e:1d", "expr": "sum_over_time(e:5m[1d:5m])"}, 120)
UNREAD = ReplayRule({"record": "u:5m", "expr": "sum(increase(u[5m]))"}, 30)
SOON = ReplayRule({"alert": "Soon", "expr": "e:5m > 1"}, 30)
LATE = ReplayRule({"alert": "Late", "expr": "e:1d > 1"}, 30)
RULES = (RAW, DAY, UNREAD, SOON, LATE)


def test_an_alert_that_looks_back_too_far_is_not_tried() -> None:
    """Six hours are enough for five minutes and not for a day, though only a record has that window."""
    assert tried(RULES, 6 * 3_600) == (SOON, RAW)


def test_what_an_alert_reads_is_there_once() -> None:
    """With a day of warm-up both are tried, with the records below them; what no alert reads is left out."""
    assert sorted(rule.series for rule in tried(RULES, 86_400)) == ["ALERTS", "ALERTS", "e:1d", "e:5m"]


def test_a_memory_needs_not_be_full() -> None:
    """What was last heard within a day is known after an hour."""
    gone = ReplayRule({"alert": "Gone", "expr": 'time() - max(last_over_time(beat{a="b"}[1d])) > 180'}, 30)
    assert tried((gone,), 3_600) == (gone,)
