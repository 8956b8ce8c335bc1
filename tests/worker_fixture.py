"""The contract that the tests and the example of `worker/` use: that of the tests' own platform, whatever is built; and
the same with labels that a platform adds.

`python -m tests.worker_fixture` writes it again after a change of the contract.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from generator.config.load import load
from generator.definitions import load_definitions
from generator.dsl.platform import MetricLabel
from generator.lowering.lower import lower
from generator.option_parser import run_module, take_no_arguments
from generator.output import WORKER_CONTRACT
from generator.pipeline import TEST_PLATFORM
from generator.project import ROOT
from generator.rendering.contract_json import contract
from generator.rendering.worker_contract import worker_contract

LABELS = {"region": MetricLabel(("eu", "us")), "plan": MetricLabel(("free", "paid"), ("requests_total", "latency_ms"))}
"""The labels of a platform that adds one to every metric, and one to two of them."""
FOLDER = ROOT / "worker" / "tests" / "contract"


def fixture_texts() -> Mapping[Path, str]:
    """The text of each file of the fixture."""
    platform = load(TEST_PLATFORM)
    texts = {**contract(platform), **worker_contract(platform)}
    labelled = lower(replace(platform, metric_labels=LABELS), load_definitions())
    labelled_text = worker_contract(labelled.platform, labelled.definitions.contract)[WORKER_CONTRACT]
    return {
        **{FOLDER / name: texts[f"contract/{name}"] for name in ("contract.gen.ts", "log.schema.json")},
        FOLDER / "labelled.gen.ts": labelled_text,
    }


def main() -> int:
    """Write the fixture. Raises BuildError for an argument, and for a platform that does not load."""
    take_no_arguments("tests.worker_fixture", "Write the contract that the tests of worker/ use.")
    for file, text in fixture_texts().items():
        file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(run_module(main))
