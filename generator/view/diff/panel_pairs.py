"""A panel before and after: its screenshots, the changes that may be the reason, and what it cannot show."""

from __future__ import annotations

from collections.abc import Mapping

from generator.frozen import frozen
from generator.view.diff.comparison import BuildChange
from generator.view.diff.dependencies import dependencies_of
from generator.view.diff.snapshot import ComparedBuild, PanelKey


@frozen
class PanelScreenshot:
    """A panel in the light and in the dark theme: PNGs in base64, shown at `width` by `height` pixels.

    `state` is "drawn", "empty" or "failed"; `error` is the message that a failed panel shows.
    """

    light: str
    dark: str
    width: int
    height: int
    state: str = "drawn"
    error: str = ""


@frozen
class PanelPair:
    """A panel that may look different, with its screenshots; None on the side that does not have the panel.

    `missing_metrics` are those that the old panel reads and the new contract does not have.
    """

    key: PanelKey
    place: str
    changes: tuple[BuildChange, ...]
    before: PanelScreenshot | None
    after: PanelScreenshot | None
    missing_metrics: tuple[str, ...] = ()

    @property
    def identical(self) -> bool:
        """Whether both screenshots are the same in every pixel."""
        return self.before is not None and self.before == self.after


def pair_panels(
    changes: Mapping[PanelKey, tuple[BuildChange, ...]],
    before: ComparedBuild,
    after: ComparedBuild,
    screenshots_before: Mapping[PanelKey, PanelScreenshot],
    screenshots_after: Mapping[PanelKey, PanelScreenshot],
) -> list[PanelPair]:
    """Pair the screenshots of the panels that changes may redraw, in the order of the dashboards; removed panels
    come last."""
    panels = {**after.snapshot.panels, **before.snapshot.panels}
    missing = _missing_metrics(before, after)
    return [
        PanelPair(
            key,
            after.snapshot.panels.get(key, panel).place,
            changes[key],
            screenshots_before.get(key),
            screenshots_after.get(key),
            missing.get(key, ()) if key in screenshots_before else (),
        )
        for key, panel in panels.items()
        if key in changes
    ]


def _missing_metrics(before: ComparedBuild, after: ComparedBuild) -> dict[PanelKey, tuple[str, ...]]:
    removed = before.snapshot.metrics.keys() - after.snapshot.metrics.keys()
    panel_series = dependencies_of(before.snapshot).panel_series
    return {key: tuple(sorted(series & removed)) for key, series in panel_series.items()}
