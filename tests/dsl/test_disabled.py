"""Default definitions that a project does without."""

from __future__ import annotations

import pytest

from alerts.storage import storage_errors_page
from contract.api import REQUESTS
from dashboards.overview import DASHBOARD, pages
from generator.dsl.disabled import Disabled, disabled
from generator.errors import DefinitionError


def test_alerts_dashboards_panels_and_metrics_can_be_disabled() -> None:
    """In one call, or in several."""
    definitions = (storage_errors_page, DASHBOARD, pages, REQUESTS)
    assert disabled(*definitions) == Disabled(definitions)


@pytest.mark.parametrize("wrong", ["StorageErrors", None, storage_errors_page.build])
def test_anything_else_is_refused(wrong: object) -> None:
    """A name would not be found before the build; the hint says what to pass."""
    with pytest.raises(DefinitionError) as caught:
        disabled(wrong)  # type: ignore[arg-type]
    assert "disabled(…) takes alerts, dashboards, panels and metrics, not " in caught.value.what
    assert "import the definition" in caught.value.hint
