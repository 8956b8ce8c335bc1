"""A platform must have a price for the input of every model, so that no model counts as free."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.config.load import load
from generator.errors import BuildError
from generator.pipeline import TEST_PLATFORM

PRICED = '"@cf/baai/bge-m3": {input: 0.012}'


@pytest.mark.parametrize("prices", ["{}", "{output: 0.012}", "{input: null}"])
def test_a_model_without_a_price_is_reported(tmp_path: Path, prices: str) -> None:
    """A model whose input has no price, or an empty one, is reported with its line and its name."""
    text = TEST_PLATFORM.read_text(encoding="utf-8")
    assert PRICED in text
    file = tmp_path / "platform.yaml"
    file.write_text(text.replace(PRICED, f'"@cf/baai/bge-m3": {prices}'), encoding="utf-8")
    with pytest.raises(BuildError) as error:
        load(file)
    (problem,) = error.value.problems
    line = text[: text.index(PRICED)].count("\n") + 1
    assert problem.where.startswith(f"{file}:{line} ")
    assert "bge-m3" in str(problem)
    assert "input" in str(problem)
