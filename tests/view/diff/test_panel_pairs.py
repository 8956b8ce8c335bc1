"""The panels that a change may redraw, with the screenshots of both builds."""

from __future__ import annotations

from collections.abc import Mapping

from generator.view.diff.comparison import BuildChange, ChangeKind, ChangeState, changes_by_panel
from generator.view.diff.panel_pairs import PanelPair, PanelScreenshot, pair_panels
from generator.view.diff.snapshot import PanelKey
from tests.view.diff.builds import FIRING, REQUESTS, TENANTS, build, compared_build, screenshot

ALERT = BuildChange(ChangeKind.ALERT, "Down (page)", ChangeState.CHANGED, redrawn=(REQUESTS, FIRING))
PANEL = BuildChange(ChangeKind.PANEL, "Overview / Requests", ChangeState.CHANGED, redrawn=(REQUESTS,))
METRIC = BuildChange(ChangeKind.METRIC, "errors_total", ChangeState.ADDED)


def test_each_panel_has_the_changes_that_may_redraw_it() -> None:
    """In their order; a change that redraws nothing is not a reason."""
    assert changes_by_panel([ALERT, PANEL, METRIC]) == {REQUESTS: (ALERT, PANEL), FIRING: (ALERT,)}


def pair(
    before: Mapping[str, str], after: Mapping[str, str], old: PanelScreenshot | None, new: PanelScreenshot | None
) -> PanelPair:
    """The panel of requests with its screenshots in both builds."""
    screenshots = [{REQUESTS: shot} if shot else {} for shot in (old, new)]
    builds = compared_build("old", before), compared_build("new", after)
    (panel_pair,) = pair_panels({REQUESTS: (PANEL,)}, *builds, screenshots[0], screenshots[1])
    return panel_pair


def test_a_panel_is_identical_if_both_screenshots_are() -> None:
    """One pixel in one theme is a difference, and so is a build without the panel."""
    assert pair(build(), build(), screenshot("a"), screenshot("a")).identical
    assert not pair(build(), build(), screenshot("a"), screenshot("b")).identical
    assert not pair(build(panel7=""), build(), None, screenshot("a")).identical


def test_a_metric_that_the_new_contract_lacks_is_missing() -> None:
    """Today's sources generate the day, so a renamed metric is not in it; without an old panel nothing is missing."""
    after = build(metrics=("queries_total",))
    assert pair(build(), after, screenshot("a"), screenshot("b")).missing_metrics == ("requests_total",)
    assert pair(build(panel7=""), after, None, screenshot("b")).missing_metrics == ()


def test_panels_are_in_the_order_of_the_dashboards_and_removed_ones_last() -> None:
    """Whatever the order of the changes."""
    changes: dict[PanelKey, tuple[BuildChange, ...]] = {REQUESTS: (PANEL,), TENANTS: (PANEL,), FIRING: (PANEL,)}
    builds = compared_build("old", build()), compared_build("new", build(panel7=""))
    pairs = pair_panels(changes, *builds, {}, {})
    assert [each.place for each in pairs] == ["Overview / Firing", "Overview / Tenants", "Overview / Requests"]
