"""A rule as YAML for Prometheus: the lines of a build with 10,000 tenants are mostly those of its thresholds."""

from __future__ import annotations

from generator.ir.rule_files import RenderedRule
from generator.rendering.yaml_text import scalar

STEP = 2
"""The spaces of each level."""


def rule_text(rule: RenderedRule, indent: int) -> str:
    """The lines of a rule as an item of a list that is indented by `indent` spaces."""
    pad, level = " " * (indent + STEP), indent + 2 * STEP
    lines = [
        f"{' ' * indent}- {rule.kind}: {scalar(rule.name, level)}",
        f"{pad}expr: {scalar(rule.expression, level)}",
    ]
    if rule.for_:
        lines.append(f"{pad}for: {scalar(rule.for_, level)}")
    if rule.keep_firing_for:
        lines.append(f"{pad}keep_firing_for: {scalar(rule.keep_firing_for, level)}")
    for title, texts in (("labels", rule.labels), ("annotations", rule.annotations)):
        if texts:
            lines.append(f"{pad}{title}:")
            names = sorted(texts, key=str.lower) if len(texts) > 1 else texts
            lines += [f"{pad}  {scalar(name, level + STEP)}: {scalar(texts[name], level + STEP)}" for name in names]
    return "\n".join(lines)
