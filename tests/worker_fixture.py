"""The contract that the tests and the example of `worker/` use: that of the tests' own platform, whatever is built.

`python -m tests.worker_fixture` writes it again after a change of the contract.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from generator.config.load import load
from generator.option_parser import run_module, take_no_arguments
from generator.pipeline import TEST_PLATFORM
from generator.project import ROOT
from generator.rendering.contract_json import contract
from generator.rendering.worker_contract import worker_contract

FOLDER = ROOT / "worker" / "tests" / "contract"


def fixture_texts() -> Mapping[Path, str]:
    """The text of each file of the fixture."""
    platform = load(TEST_PLATFORM)
    texts = {**contract(platform), **worker_contract(platform)}
    return {FOLDER / name: texts[f"contract/{name}"] for name in ("contract.gen.ts", "log.schema.json")}


def main() -> int:
    """Write the fixture. Raises BuildError for an argument, and for a platform that does not load."""
    take_no_arguments("tests.worker_fixture", "Write the contract that the tests of worker/ use.")
    for file, text in fixture_texts().items():
        file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(run_module(main))
