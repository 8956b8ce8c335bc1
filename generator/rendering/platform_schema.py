"""The schema of platform files, for editors: they complete keys, explain them, and mark what `load` would refuse."""

from __future__ import annotations

import json

from generator.config.schema import schema


def platform_schema() -> dict[str, str]:
    """`contract/platform.schema.json` (JSON Schema 2020-12); it depends on no platform."""
    return {"contract/platform.schema.json": json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"}
