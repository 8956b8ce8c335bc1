"""The Workers' redactor and Python's redact 100,000 random texts alike."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from generator.logs.redactor import redact
from tests.e2e.application import find_node
from tests.redaction.corpus import random_texts
from tests.redaction.generated_numbers import MAKERS, numbers
from tests.redaction.generated_secrets import named_secrets

TEXTS, SECRETS, NUMBERS_OF_A_KIND, SEED = 100_000, 10_000, 1_000, 15
MIN_CHANGED = 0.2
"""The share of the texts that must be redacted at least, so that the comparison means something."""


def test_both_redactors_agree_on_random_texts(root: Path, tmp_path: Path) -> None:
    """No text that is made of the policy's own fragments, or of its forms, is redacted differently."""
    texts = list(random_texts(TEXTS, SEED))
    texts += [text for _, _, text in named_secrets(SECRETS, SEED)]
    texts += [text for kind in MAKERS for text in numbers(kind, NUMBERS_OF_A_KIND, SEED)]
    by_workers = redacted_by_workers(root / "worker", tmp_path, texts)
    by_python = [redact(text) for text in texts]
    different = [
        (text, workers, python)
        for text, workers, python in zip(texts, by_workers, by_python, strict=True)
        if workers != python
    ]
    assert different == []
    assert sum(text != result for text, result in zip(texts, by_python, strict=True)) > MIN_CHANGED * TEXTS


def redacted_by_workers(worker: Path, folder: Path, texts: list[str]) -> list[str]:
    """Redact texts by the Workers' library, in one process."""
    node = find_node()
    esbuild = worker / "node_modules" / ".bin" / "esbuild"
    bundle = folder / "batch.mjs"
    source = worker / "tests" / "redaction.batch.ts"
    options = ("--bundle", "--format=esm", "--platform=node", "--log-level=error", f"--outfile={bundle}")
    subprocess.run([str(esbuild), str(source), *options], cwd=worker, check=True)
    encoded = json.dumps(texts).encode()
    result = subprocess.run([node, str(bundle)], input=encoded, stdout=subprocess.PIPE, check=True)
    results: list[str] = json.loads(result.stdout)
    return results
