"""What a word says when it refuses."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from generator.errors import DefinitionError


def refused(speak: Callable[[], object]) -> str:
    """What is wrong and what cures it, as `what; cure`. Fails where nothing is refused."""
    with pytest.raises(DefinitionError) as caught:
        speak()
    return f"{caught.value.what}; {caught.value.hint}"
