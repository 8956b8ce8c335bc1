"""The message of a DefinitionError."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from generator.errors import DefinitionError


def definition_error(define: Callable[[], object]) -> str:
    """The message of the DefinitionError that a definition raises, as `what; hint`. Fails where none is raised."""
    with pytest.raises(DefinitionError) as caught:
        define()
    return f"{caught.value.what}; {caught.value.hint}"
