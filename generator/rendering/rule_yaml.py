"""Rule files as YAML, as Prometheus reads them; the same groups go into Kubernetes' objects."""

from __future__ import annotations

from collections.abc import Iterable

from generator.ir.rule_files import RuleFile
from generator.rendering.templates import render
from generator.rendering.yaml_text import scalar


def rules(files: Iterable[RuleFile]) -> dict[str, str]:
    """Every rule file's text by its path in `out/`."""
    return {f"prometheus/rules/{file.name}.yaml": rule_file_yaml(file) for file in files}


def rule_file_yaml(file: RuleFile) -> str:
    """The file as Prometheus reads it: groups, each with its interval and its rules, in their order."""
    return render("rules.yaml.j2", groups=file.groups, scalar=scalar)
