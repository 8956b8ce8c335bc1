"""Evaluates expressions with promtool: on the rule files of a build, and input series that a test defines. Series,
expressions and samples are written without the label of the platform, which is `production`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import yaml

from contract.labels import PLATFORM
from generator.dsl.units import Duration, minutes
from generator.external.promtool import Promtool
from generator.ir.expression import Expression, GrafanaDuration
from generator.ir.rule_files import RuleFile
from generator.lowering.identity import Identity
from generator.rendering.promql import flat
from generator.rendering.rule_files import rule_file_yaml

ExpectedSamples: TypeAlias = Mapping[Expression, Mapping[str, float]]
"""Expressions, and the samples that each must have: values by labels."""
ONE_MINUTE = minutes(1)
IDENTITY = Identity({PLATFORM: "production"})


def of_platform(series: str) -> str:
    """A series with the label of the platform."""
    name, _, labels = series.partition("{")
    return f'{name}{{platform="production"{"," if labels != "}" else ""}{labels}'


@dataclass(frozen=True)
class Evaluator:
    """promtool, the rule files in their order, and a folder to write in."""

    promtool: Promtool
    files: tuple[RuleFile, ...]
    folder: Path

    def failures(
        self,
        input_series: Mapping[str, str],
        at: Duration,
        expected: ExpectedSamples,
        evaluation_interval: Duration = ONE_MINUTE,
    ) -> tuple[str, ...]:
        """promtool's failures: input series have a sample a minute, and each expression must have exactly its expected
        samples."""
        expression_tests = [
            {
                "expr": flat(IDENTITY.expression(expression)).replace(GrafanaDuration.RATE_INTERVAL.value, "5m"),
                "eval_time": str(at),
                "exp_samples": [{"labels": of_platform(labels), "value": value} for labels, value in samples.items()],
            }
            for expression, samples in expected.items()
        ]
        test = {
            "name": "evaluation",
            "interval": "1m",
            "input_series": [{"series": of_platform(name), "values": values} for name, values in input_series.items()],
            "promql_expr_test": expression_tests,
        }
        return self._run({"evaluation_interval": str(evaluation_interval), "fuzzy_compare": True, "tests": [test]})

    def _run(self, document: Mapping[str, object]) -> tuple[str, ...]:
        for file in self.files:
            (self.folder / f"{file.name}.yaml").write_text(rule_file_yaml(file), encoding="utf-8")
        names = [f"{file.name}.yaml" for file in self.files]
        order = [group.name for file in self.files for group in file.groups]
        test_file = self.folder / "expressions.yaml"
        content = {"rule_files": names, "group_eval_order": order, **document}
        test_file.write_text(yaml.safe_dump(content), encoding="utf-8")
        (result,) = self.promtool.test_rules([test_file]).results
        return result.failures
