"""Checks that a build reads and records the series of its own platform alone."""

from __future__ import annotations

from collections.abc import Iterator

from promql_parser import MatchOp, VectorSelector

from generator.check import check
from generator.checks.parsed_output import ParsedOutput, rule_place
from generator.checks.stages import COMPILED
from generator.errors import DefinitionError, Problem
from generator.ir.rule_files import RenderedRule
from generator.lowering.identity import foreign_series, identity_names
from generator.promql.output_labels import Labels
from generator.promql.parser import name_of, parsed, selectors


@check(
    "promql/selector-without-platform",
    stage=COMPILED,
    bad="sum by (platform, route) (rate(requests_total[5m]))",
    good='sum by (platform, route) (rate(requests_total{platform="production"}[5m]))',
    message='requests_total is read of every platform in this Prometheus; add the matcher platform="production"',
)
def selectors_are_of_the_platform(output: ParsedOutput) -> Iterator[Problem]:
    """Every selector of the Workers' series, of recorded ones and of alerts names the platform, and the cluster if
    `platform.yaml` names one.

    Two platforms may send to one Prometheus. A rule of one that counts the requests of both fires for neither, and a
    dashboard shows the sum of both.
    """
    identity = identity_names(output.compiled.lowered.platform)
    foreign = foreign_series(output.compiled.lowered.definitions.contract, output.compiled.lowered.platform)
    for where, tree in output.trees:
        for selector in selectors(tree):
            name = name_of(selector)
            if name in output.series.labels and name not in foreign:
                for label in sorted(identity.items() - _equal(selector)):
                    matcher = f'{label[0]}="{label[1]}"'
                    what = f"{name} is read of every {label[0]} in this Prometheus"
                    yield Problem(where, what, f"add the matcher {matcher}")


@check(
    "rule/result-without-platform",
    stage=COMPILED,
    language="yaml",
    bad="""
        - record: route:requests_total:increase5m
          expr: sum by (route) (increase(requests_total{platform="production"}[5m]))
    """,
    good="""
        - record: route:requests_total:increase5m
          expr: sum by (platform, route) (increase(requests_total{platform="production"}[5m]))
    """,
    message='its result has no label "platform"; keep it in `by` and `on`, or set it in `labels`',
)
def results_have_the_labels_of_the_platform(output: ParsedOutput) -> Iterator[Problem]:
    """Every recorded series and every alert has the label of its platform, and that of its cluster if `platform.yaml`
    names one.

    Series of two platforms would be one, and an alert of one would inhibit the alerts of the other.
    """
    identity = identity_names(output.compiled.lowered.platform)
    for file in output.compiled.files:
        for group in file.groups:
            for rule in group.rules:
                labels = _labels(rule, output)
                for label in () if labels is None else sorted(identity.keys() - labels):
                    what = f'its result has no label "{label}"'
                    hint = "keep it in `by` and `on`, or set it in `labels`"
                    yield Problem(rule_place(file.file_name, rule), what, hint)


def _equal(selector: VectorSelector) -> set[tuple[str, str]]:
    """The labels that a selector requires to have a value."""
    return {(each.name, each.value) for each in selector.matchers.matchers if each.op == MatchOp.Equal}


def _labels(rule: RenderedRule, output: ParsedOutput) -> Labels:
    """The labels of a rule's result; None where they are not known, which another check reports."""
    if rule.is_constant:
        return frozenset(rule.labels)
    try:
        own = output.series.output_labels.of(parsed(rule.expression))
    except DefinitionError:
        return None
    return None if own is None else own | rule.labels.keys()
