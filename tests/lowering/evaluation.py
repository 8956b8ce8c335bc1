"""Expressions judged by promtool on the rule files that are shipped, from series that a test makes up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import yaml

from generator.dsl.units import Duration, minutes
from generator.external.promtool import Promtool
from generator.ir.expression import Expression, GrafanaDuration
from generator.ir.rule_files import RuleFile
from generator.rendering.promql import flat
from generator.rendering.rule_yaml import rule_file_yaml

Asked: TypeAlias = Mapping[Expression, Mapping[str, float]]
"""Expressions, and the samples that each must have: values by labels."""
OFTEN = minutes(1)


@dataclass(frozen=True)
class Judge:
    """promtool, the rule files in their order, and a folder to write in."""

    promtool: Promtool
    files: tuple[RuleFile, ...]
    folder: Path

    def complaints(
        self,
        series: Mapping[str, str],
        after: Duration,
        asked: Asked,
        every: Duration = OFTEN,
    ) -> tuple[str, ...]:
        """What promtool complains of: series are sampled once a minute, and each expression has just these samples."""
        tests = [
            {
                "expr": flat(read).replace(GrafanaDuration.RATE_INTERVAL.value, "5m"),
                "eval_time": str(after),
                "exp_samples": _samples(samples),
            }
            for read, samples in asked.items()
        ]
        values = [{"series": name, "values": text} for name, text in series.items()]
        test = {"name": "judged", "interval": "1m", "input_series": values, "promql_expr_test": tests}
        return self._run({"evaluation_interval": str(every), "fuzzy_compare": True, "tests": [test]})

    def _run(self, document: Mapping[str, object]) -> tuple[str, ...]:
        for file in self.files:
            (self.folder / f"{file.name}.yaml").write_text(rule_file_yaml(file), encoding="utf-8")
        names = [f"{file.name}.yaml" for file in self.files]
        order = [group.name for file in self.files for group in file.groups]
        asked = self.folder / "asked.yaml"
        asked.write_text(yaml.safe_dump({"rule_files": names, "group_eval_order": order, **document}), encoding="utf-8")
        (verdict,) = self.promtool.test_rules([asked]).results
        return verdict.failures


def _samples(samples: Mapping[str, float]) -> list[dict[str, object]]:
    return [{"labels": labels, "value": value} for labels, value in samples.items()]
