"""The prefix of metrics in a platform file."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.config.load import load
from generator.dsl.platform import MetricLabel
from tests.config.small_platform import SMALL_PLATFORM, Workspace

HINT = 'give at most 32 lowercase letters, digits and single _, the first a letter and the last _, such as "acme_"'


@pytest.mark.parametrize(("text", "prefix"), [("", ""), ("metrics: {}\n", ""), ("metrics: {prefix: a1_b_}\n", "a1_b_")])
def test_a_platform_can_have_a_prefix(workspace: Workspace, text: str, prefix: str) -> None:
    """Without one the names are the contract's."""
    workspace.write({"platform.yaml": SMALL_PLATFORM + text})
    assert load(Path("platform.yaml")).metric_prefix == prefix


@pytest.mark.parametrize("prefix", ["acme", "Acme_", "_acme_", "a__b_", "1a_", "a:b_", "'a b_'", "''"])
def test_an_invalid_prefix_is_a_problem(workspace: Workspace, prefix: str) -> None:
    """A prefix begins with a letter and ends with an underscore, so that the name after it stays readable."""
    problems = workspace.problems({"platform.yaml": f"{SMALL_PLATFORM}metrics: {{prefix: {prefix}}}\n"})
    shown = prefix.strip("'")
    assert problems == [f'platform.yaml:21 metrics.prefix: "{shown}" is not a prefix of metrics; {HINT}.']


def test_a_misspelt_key_is_a_problem(workspace: Workspace) -> None:
    """The hint names the key that exists."""
    assert workspace.problems({"platform.yaml": f"{SMALL_PLATFORM}metrics: {{prefx: a_}}\n"}) == [
        'platform.yaml:21 metrics.prefx: unknown key; did you mean "prefix"? If not, remove it.'
    ]


VALUES_HINT = 'list each value once, at most 50, such as ["eu", "us"]'
LABEL_HINT = 'give at most 40 lowercase letters, digits and single _, the first a letter, such as "region"'


def test_a_platform_can_add_labels(workspace: Workspace) -> None:
    """To the metrics that it lists, or to all that Workers count for requests."""
    labels = "metrics: {labels: {region: {values: [eu, us]}, plan: {values: [paid], metrics: [requests_total]}}}\n"
    workspace.write({"platform.yaml": SMALL_PLATFORM + labels})
    platform = load(Path("platform.yaml"))
    assert platform.metric_labels == {
        "region": MetricLabel(("eu", "us")),
        "plan": MetricLabel(("paid",), ("requests_total",)),
    }
    assert platform.label_locations["metrics", "labels", "plan", "metrics", 0].startswith("platform.yaml:21")


@pytest.mark.parametrize(
    ("label", "problem"),
    [
        ("region: {}", f"region.values: this key is required; {VALUES_HINT}."),
        ("region: {values: []}", f"region.values: the value is empty; {VALUES_HINT}."),
        ("region: {values: [eu, us, eu]}", f"region.values: the list has a duplicate item; {VALUES_HINT}."),
        (
            "region: {values: [eu], metrics: [latency_ms, latency_ms]}",
            "region.metrics: the list has a duplicate item; "
            'list each metric once, such as ["requests_total", "errors_total"].',
        ),
        (
            "region: {values: [1]}",
            "region.values[0]: 1 is not a value; "
            'give at most 64 letters, digits and . _ : / @ - between them, such as "eu".',
        ),
        (
            "region: {value: [eu], values: [eu]}",
            'region.value: unknown key; did you mean "values"? If not, remove it.',
        ),
        ("__name__: {values: [eu]}", f'__name__: "__name__" is not a label\'s name; {LABEL_HINT}.'),
        ("Region: {values: [eu]}", f'Region: "Region" is not a label\'s name; {LABEL_HINT}.'),
        ("cf-region: {values: [eu]}", f'cf-region: "cf-region" is not a label\'s name; {LABEL_HINT}.'),
    ],
)
def test_an_invalid_label_is_a_problem(workspace: Workspace, label: str, problem: str) -> None:
    """Its values are listed, so that they are few; its name is one that Prometheus and TypeScript allow."""
    problems = workspace.problems({"platform.yaml": f"{SMALL_PLATFORM}metrics: {{labels: {{{label}}}}}\n"})
    assert problems == [f"platform.yaml:21 metrics.labels.{problem}"]


def test_fifty_values_are_the_most(workspace: Workspace) -> None:
    """Each multiplies the series of its metrics."""
    fifty = ", ".join(f"v{number}" for number in range(50))
    workspace.write({"platform.yaml": f"{SMALL_PLATFORM}metrics: {{labels: {{region: {{values: [{fifty}]}}}}}}\n"})
    assert len(load(Path("platform.yaml")).metric_labels["region"].values) == 50
    more = f"{SMALL_PLATFORM}metrics: {{labels: {{region: {{values: [{fifty}, v50]}}}}}}\n"
    (problem,) = workspace.problems({"platform.yaml": more})
    assert problem.endswith(f"{VALUES_HINT}.")


@pytest.mark.parametrize(
    ("text", "version"), [("", ""), ("metrics: {conventions: gen-ai-2026-09}\n", "gen-ai-2026-09")]
)
def test_a_platform_can_have_conventional_names(workspace: Workspace, text: str, version: str) -> None:
    """Without the key rules record none."""
    workspace.write({"platform.yaml": SMALL_PLATFORM + text})
    assert load(Path("platform.yaml")).convention_version == version


def test_an_unknown_version_of_conventions_is_a_problem(workspace: Workspace) -> None:
    """The hint lists the versions that there are."""
    assert workspace.problems({"platform.yaml": f"{SMALL_PLATFORM}metrics: {{conventions: gen-ai}}\n"}) == [
        'platform.yaml:21 metrics.conventions: "gen-ai" is not a version of conventions; '
        "use one of gen-ai-0.1.0, gen-ai-2026-09."
    ]
