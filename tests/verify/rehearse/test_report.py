"""A result as text, as JSON data, as a page and as a comment: the same facts, and nothing that runs or loads."""

from __future__ import annotations

from datetime import UTC

import pytest

from generator.dsl.platform import Platform
from generator.verify.rehearse.comment import MARKER, comment
from generator.verify.rehearse.data import result_data
from generator.verify.rehearse.estimate import Estimate
from generator.verify.rehearse.incident_file import KnownIncident
from generator.verify.rehearse.page import page
from generator.verify.rehearse.rehearsed_time import RehearsedTime
from generator.verify.rehearse.result import RehearsalResult
from generator.verify.rehearse.text import duration, result_lines
from tests.verify.rehearse.summaries import NOON, START, firings, summary_of

CHAT = {"route": "/chat", "service": "worker-api"}
TIME = RehearsedTime(START, START + 86_400, UTC)
OUTAGE = KnownIncident(NOON, NOON + 1_200, "the <outage> | of noon", {"route": "/chat"})


@pytest.fixture
def result(platform: Platform) -> RehearsalResult:
    """Two tickets of two tenants in place of four, and a page that comes two minutes later."""
    hours = [NOON + 7_200 * number for number in range(4)]
    before = summary_of(
        platform,
        firings("TenantHighErrorRate", "ticket", *((at, at + 1_800) for at in hours), tenant_id="a", **CHAT),
        firings("RouteDown", "page", (NOON + 90, NOON + 900), **CHAT),
        firings("HighAICosts", "page"),
    )
    after = summary_of(
        platform,
        firings("TenantHighErrorRate", "ticket", (hours[1], hours[1] + 1_800), tenant_id="a", **CHAT),
        firings("TenantHighErrorRate", "ticket", (hours[3], hours[3] + 3_570), tenant_id="<b>", **CHAT),
        firings("RouteDown", "page", (NOON + 210, NOON + 900), **CHAT),
        firings("HighAICosts", "page"),
        reasons=["CostRunaway"],
    )
    estimate = Estimate(1_000_000, 12.3, 40)
    return RehearsalResult("http://127.0.0.1:9", TIME, estimate, estimate, after, "main", before, (OUTAGE,))


def test_the_text_has_alerts_changes_and_incidents(result: RehearsalResult) -> None:
    """Worked out by hand: the ticket's firings last 30 min 30 s and an hour."""
    assert [*result_lines(result)] == [
        "2026-11-12T00:00:00Z to 2026-11-13T00:00:00Z: 2 alerts fired, 1 did not",
        "TenantHighErrorRate (ticket): 2 tickets, 2 firings of 30 min to 60 min",
        "  2 tenants: <b> (1), a (1)",
        "RouteDown (page): 1 page, 1 firing of 12 min",
        "did not fire: HighAICosts (page)",
        "page platform: 1 notification on 1 day (2026-11-12: 1)",
        "ticket platform: 2 notifications on 1 day (2026-11-12: 2)",
        "compared with main:",
        "  RouteDown (page): 1 page as before, 1 firing at other times",
        "  TenantHighErrorRate (ticket): 4 → 2 tickets",
        "2026-11-12T12:00:00Z the <outage> | of noon: notified after 4 min; RouteDown (page) after 4 min",
        "  the <outage> | of noon: detected 2 min later",
        "RouteDown (page): fired in 1 of 1 incident; 1 of 1 sent are about one",
        "TenantHighErrorRate (ticket): fired in 0 of 1 incident; 0 of 2 sent are about one",
        "not rehearsed: CostRunaway (page), because why",
    ]


def test_the_data_has_the_same(result: RehearsalResult) -> None:
    """Numbers in place of texts."""
    data = result_data(result)
    assert [(each["alert"], each["notifications"], each["firings"]) for each in data["alerts"]] == [
        ("HighAICosts (page)", 0, 0), ("RouteDown (page)", 1, 1), ("TenantHighErrorRate (ticket)", 2, 2),
    ]  # fmt: skip
    assert data["alerts"][0]["longest_seconds"] is None
    change = data["changes"][1]
    assert (change["before"]["notifications"], change["after"]["notifications"]) == (4, 2)
    assert data["detection_changes"] == [
        {"start": "2026-11-12T12:00:00Z", "what": OUTAGE.what, "before_seconds": 90, "after_seconds": 210}
    ]
    assert data["not_rehearsed"] == [{"alert": "CostRunaway (page)", "reason": "why"}]


def test_the_page_loads_nothing(result: RehearsalResult) -> None:
    """No script, no link, no image; texts of a server are escaped. The outage of 20 minutes at noon is 14 of 1,000
    units from 500 on; RouteDown is 9 of them, from 210 s after noon until 930 s after."""
    text = page(result)
    for part in ("<script", "<link", "<img", "src=", "href=", "url(", "@import", "<b>", "<outage>"):
        assert part not in text
    assert "TenantHighErrorRate (ticket): 4 → 2 tickets" in text
    assert '<rect class="incident" x="500" y="0" width="14" height="20"/>' in text
    assert '<rect x="502" y="4" width="9" height="12"/>' in text


def test_the_comment_begins_with_what_changed(result: RehearsalResult) -> None:
    """Cells of its table have no open pipes, and everything else is folded."""
    lines = comment(result).splitlines()
    assert lines[0] == MARKER
    assert lines.index("- TenantHighErrorRate (ticket): 4 → 2 tickets") < lines.index(
        "<details><summary>2 alerts fired, no night with a page</summary>"
    )
    assert "- **not rehearsed**: CostRunaway (page), because why" in lines
    assert "- the &lt;outage&gt; \\| of noon: detected 2 min later" in lines
    assert (
        "| TenantHighErrorRate (ticket) | 2 tickets | 2 | 30 min | 60 min | 2 tenants: &lt;b&gt; (1), a (1) |" in lines
    )


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(30, "30 s"), (119, "119 s"), (120, "2 min"), (7_199, "120 min"), (7_200, "2.0 h"), (172_800, "2.0 days")],
)
def test_durations_are_short(seconds: float, text: str) -> None:
    """The unit is the one in which the number is small."""
    assert duration(seconds) == text
