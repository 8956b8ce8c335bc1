"""Numbers as Prometheus' templates format them: by hand from its documentation, and confirmed by the real promtool."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generator.dsl.units import BURN_RATE, DOLLARS, MILLISECONDS, RATIO, SECONDS, TIME_LEFT, TOKENS_UNIT, Unit
from generator.external.promtool import Promtool
from generator.rendering.go_format import format_value, number_text

TEMPLATES = {
    TOKENS_UNIT: "{{ $value | humanize }} tokens",
    RATIO: "{{ $value | humanizePercentage }}",
    SECONDS: "{{ $value | humanizeDuration }}",
    MILLISECONDS: '{{ $value | printf "%.0f" }} ms',
    DOLLARS: '${{ $value | printf "%.2f" }}',
    BURN_RATE: '{{ $value | printf "%.4g" }}×',
    TIME_LEFT: "{{ if gt ($value) 0.0 }}in {{ $value | humanizeDuration }}{{ else }}now{{ end }}",
}
FORMATTED = [
    # humanize: four significant digits, a prefix for each factor of a thousand.
    (TOKENS_UNIT, 0, "0 tokens"),
    (TOKENS_UNIT, 1, "1 tokens"),
    (TOKENS_UNIT, -1, "-1 tokens"),
    (TOKENS_UNIT, 999.9, "999.9 tokens"),
    (TOKENS_UNIT, 999.96, "1000 tokens"),  # the prefix is chosen before the rounding
    (TOKENS_UNIT, 1000, "1k tokens"),
    (TOKENS_UNIT, 999_999, "1000k tokens"),
    (TOKENS_UNIT, -1_234_567, "-1.235M tokens"),
    (TOKENS_UNIT, 5e9, "5G tokens"),
    (TOKENS_UNIT, 1e28, "1e+04Y tokens"),  # there is no prefix after Y
    (TOKENS_UNIT, 0.5, "500m tokens"),
    (TOKENS_UNIT, 0.001, "1m tokens"),
    (TOKENS_UNIT, 0.000001, "1u tokens"),
    (TOKENS_UNIT, -0.0000125, "-12.5u tokens"),
    (TOKENS_UNIT, 1e-28, "0.0001y tokens"),
    # humanizePercentage: a hundred times the ratio, four significant digits.
    (RATIO, 0, "0%"),
    (RATIO, 0.0115, "1.15%"),
    (RATIO, 0.1, "10%"),
    (RATIO, 1 / 3, "33.33%"),
    (RATIO, 1, "100%"),
    (RATIO, 12.34567, "1235%"),
    (RATIO, 1234.5678, "1.235e+05%"),
    (RATIO, -0.05, "-5%"),
    (RATIO, 0.00000012, "1.2e-05%"),
    # humanizeDuration: whole seconds from a minute on, four significant digits and a prefix below a second.
    (SECONDS, 0, "0s"),
    (SECONDS, 0.0125, "12.5ms"),
    (SECONDS, -0.5, "-500ms"),
    (SECONDS, 1, "1s"),
    (SECONDS, 59.94, "59.94s"),
    (SECONDS, 59.999, "60s"),
    (SECONDS, 60, "1m 0s"),
    (SECONDS, 210.9, "3m 30s"),
    (SECONDS, 3600, "1h 0m 0s"),
    (SECONDS, 86_340, "23h 59m 0s"),
    (SECONDS, 86_400, "1d 0h 0m 0s"),
    (SECONDS, -90_061, "-1d 1h 1m 1s"),
    (SECONDS, 1e9, "11574d 1h 46m 40s"),
    # printf: halves are rounded to the even neighbour, and no digit is cut off.
    (MILLISECONDS, 0, "0 ms"),
    (MILLISECONDS, 0.5, "0 ms"),
    (MILLISECONDS, 1.5, "2 ms"),
    (MILLISECONDS, 9750, "9750 ms"),
    (MILLISECONDS, 1e15, "1000000000000000 ms"),
    (MILLISECONDS, -2.6, "-3 ms"),
    (DOLLARS, 0, "$0.00"),
    (DOLLARS, 50.4, "$50.40"),
    (DOLLARS, 0.125, "$0.12"),
    (DOLLARS, 1234567.891, "$1234567.89"),
    (DOLLARS, -3, "$-3.00"),
    # printf: four significant digits.
    (BURN_RATE, 14.4, "14.4×"),
    (BURN_RATE, 0.0978278, "0.09783×"),
    (BURN_RATE, 133.3333, "133.3×"),
    # An error budget that is exhausted has no time left.
    (TIME_LEFT, 133_980, "in 1d 13h 13m 0s"),
    (TIME_LEFT, 60, "in 1m 0s"),
    (TIME_LEFT, 0, "now"),
    (TIME_LEFT, -480, "now"),
]


@pytest.mark.parametrize(("unit", "value", "text"), FORMATTED, ids=[text for *_, text in FORMATTED])
def test_a_value_is_formatted_in_its_unit(unit: Unit, value: float, text: str) -> None:
    """Each value of the table has the format that Prometheus' documentation gives."""
    assert format_value(value, unit) == text


NUMBERS = [
    (0.05, "0.05"),
    (5e6, "5000000"),
    (1e21, "1000000000000000000000"),
    (0.0000001, "0.0000001"),
    (1 / 3, "0.3333333333333333"),
    (-2.5, "-2.5"),
]


@pytest.mark.parametrize(("value", "text"), NUMBERS)
def test_a_number_in_a_label_has_all_digits(value: float, text: str) -> None:
    """Neither an exponent nor a point without digits is written, and nothing is rounded."""
    assert number_text(value) == text


def test_prometheus_writes_the_same_label(promtool: Promtool, tmp_path: Path) -> None:
    """`count_values` writes each number of the table as its text."""
    tests = [
        {"expr": f'count_values("text", vector({value!r}))', "eval_time": "0s",
         "exp_samples": [{"labels": f'{{text="{text}"}}', "value": 1}]}
        for value, text in NUMBERS
    ]  # fmt: skip
    file = {"tests": [{"name": "numbers", "interval": "1m", "promql_expr_test": tests}]}
    (tmp_path / "tests.yaml").write_text(yaml.safe_dump(file))
    (result,) = promtool.test_rules([tmp_path / "tests.yaml"]).results
    assert result.failures == ()


def test_prometheus_formats_the_same(promtool: Promtool, tmp_path: Path) -> None:
    """promtool renders the template of the unit to exactly the text of each row."""
    rules = [
        {"alert": f"Row{row}", "expr": f"vector({value!r})", "annotations": {"text": TEMPLATES[unit]}}
        for row, (unit, value, _) in enumerate(FORMATTED)
    ]
    expectations = [
        {"eval_time": "1m", "alertname": f"Row{row}", "exp_alerts": [{"exp_annotations": {"text": text}}]}
        for row, (*_, text) in enumerate(FORMATTED)
    ]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": "rows", "rules": rules}]}))
    test = {
        "rule_files": ["rules.yaml"],
        "tests": [{"name": "rows", "interval": "1m", "alert_rule_test": expectations}],
    }
    (tmp_path / "tests.yaml").write_text(yaml.safe_dump(test))
    (result,) = promtool.test_rules([tmp_path / "tests.yaml"]).results
    assert result.failures == ()
