"""Rules get our severities, where a platform has names of its own for them."""

from __future__ import annotations

from dataclasses import replace

from generator.dsl.platform import Platform
from generator.dsl.severity import PAGE
from generator.verify.notified.severities import with_our_severities
from generator.verify.replay.stages import ReplayRule

ONE_DAY = ReplayRule({"record": "e:1d", "expr": "sum_over_time(e:5m[1d:5m])"}, 120)


def test_rules_get_our_severities_again(platform: Platform) -> None:
    """A page that a platform calls critical is a page for the cases; labels of other rules stay."""
    named = replace(platform, severity_names={PAGE: "critical"})
    critical = ReplayRule({"alert": "Short", "expr": "e:5m > 1", "labels": {"severity": "critical", "owner": "a"}}, 30)
    assert with_our_severities((critical, ONE_DAY), named) == (
        ReplayRule({**critical.body, "labels": {"severity": "page", "owner": "a"}}, 30),
        ONE_DAY,
    )
    assert with_our_severities((critical,), platform) == (critical,)
