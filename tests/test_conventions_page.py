"""The page about OpenTelemetry's names has the names and numbers of the contract."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from contract import METRICS
from contract.conventions import GEN_AI_0_1_0
from generator.dsl.conventions import ConventionAttribute
from generator.dsl.metrics import Counter
from generator.lowering.convention_rules import convention_rules
from generator.lowering.conventions import label_name

RULES = {
    metric: names for metric in METRICS if (names := [each.name for each in convention_rules(metric, GEN_AI_0_1_0)])
}
"""The names that the rules of each mapped metric record."""
OF_HISTOGRAMS = re.compile("_(?:bucket|sum|count)$")


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    """The text of the page, on a line."""
    return " ".join((root / "docs/conventions.md").read_text(encoding="utf-8").split())


@pytest.fixture(scope="module")
def rows(root: Path) -> dict[str, str]:
    """The second cell of each row of the page's table, by the first one."""
    lines = (root / "docs/conventions.md").read_text(encoding="utf-8").splitlines()
    _, *rows_of_page = (line.strip("| ").split(" | ") for line in lines if line.startswith("| "))
    return {cells[0]: cells[1] for cells in rows_of_page}


def test_the_table_has_each_metric_with_a_second_name(rows: dict[str, str]) -> None:
    """Each metric that rules record has a row with its conventional name, and no other has."""
    recorded = {
        metric.name: {name if isinstance(metric, Counter) else OF_HISTOGRAMS.sub("", name) for name in names}
        for metric, names in RULES.items()
    }
    of_page = {first.strip("`"): {second.split("`")[1]} for first, second in rows.items() if first.startswith("`")}
    assert of_page == recorded


def test_the_table_has_each_label_of_these_metrics_with_a_second_name(rows: dict[str, str]) -> None:
    """A row names the labels with a counterpart of the metrics that rules record, and the names of these."""
    labels = {label for metric in RULES for label in metric.labels if isinstance(label.convention, ConventionAttribute)}
    ((first, second),) = ((first, second) for first, second in rows.items() if first.startswith("the labels"))
    names = dict(zip(re.findall("`(.+?)`", first), re.findall("`(.+?)`", second), strict=True))
    assert names == {label.name: label_name(label) for label in labels}


def test_the_page_states_the_numbers_of_rules(page: str) -> None:
    """The number of rules of each histogram, and that of all metrics, which is that of series, too."""
    total = sum(len(names) for names in RULES.values())
    assert f"{total} for a tenant's route and model on a shard, and a rule for each of the {total}: " in page
    counts = {metric.name: len(names) for metric, names in RULES.items() if not isinstance(metric, Counter)}
    numbers = re.findall(r"(\d+) of `(\w+)`", page)
    assert {name: int(number) for number, name in numbers} == counts
    assert {len(names) for metric, names in RULES.items() if isinstance(metric, Counter)} == {1}
    assert "and 1 of each counter" in page


def test_the_page_names_other_labels_with_a_counterpart(page: str) -> None:
    """Labels whose metrics have no second name, such as the class of errors, are said to be counted by."""
    of_recorded = {label.name for metric in RULES for label in metric.labels}
    others = {
        (label.name, label.convention.name)
        for metric in METRICS
        for label in metric.labels
        if isinstance(label.convention, ConventionAttribute) and label.name not in of_recorded
    }
    assert others == {("error_class", "error.type"), ("finish_reason", "gen_ai.response.finish_reasons")}
    for name, counterpart in others:
        assert f"`{name}`, the counterpart of `{counterpart}`" in page
