"""Custom resources, validated by the models of their operators."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.optional_tools import skip_or_fail

CLAIM = {"apiVersion": "monitoring.coreos.com/v1", "kind": "EmbeddedPersistentVolumeClaim"}
"""The model of a claim inside of a Prometheus requires these; the operator's own definition has them optional."""


def find_validator(root: Path) -> Path:
    """The script that validates objects; without its packages, the test is skipped."""
    folder = root / "tools" / "kubernetes-models"
    if shutil.which("node") is None or not (folder / "node_modules").exists():
        skip_or_fail("there is no Node.js with the packages of tools/kubernetes-models")
    return folder / "validate.mjs"


def problems(validator: Path, objects: Mapping[str, Any]) -> list[str]:
    """The problems of custom resources by their names, each after the name."""
    entries = [{"path": name, "object": with_claim(item)} for name, item in objects.items()]
    assert entries
    command = ["node", str(validator)]
    result = subprocess.run(command, input=json.dumps(entries), capture_output=True, text=True, check=False)
    assert not result.stderr, result.stderr
    return result.stdout.splitlines()


def with_claim(item: dict[str, Any]) -> dict[str, Any]:
    """The object with what the model of its claim requires."""
    changed = copy.deepcopy(item)
    if claim := changed["spec"].get("storage", {}).get("volumeClaimTemplate"):
        claim |= CLAIM
    return changed
