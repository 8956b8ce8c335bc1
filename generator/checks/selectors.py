"""Checks of selectors: every expression parses, and selects series, labels and values that exist."""

from __future__ import annotations

import re
from collections.abc import Iterator

from promql_parser import Matcher, MatchOp, VectorSelector

from generator.check import check
from generator.checks.parsed_output import ParsedOutput, rule_place
from generator.checks.stages import COMPILED
from generator.errors import DefinitionError, Problem, did_you_mean
from generator.ir.rule_files import RenderedRule
from generator.promql.parser import name_of, parsed, selectors

REGEX_OPERATORS = (MatchOp.Re, MatchOp.NotRe)
PLAIN_ALTERNATIVES = re.compile(r"[^()\[\]\\]*")
"""A regular expression that is one word, or words separated by bars."""


@check(
    "promql/syntax",
    stage=COMPILED,
    bad="sum by (route) requests_total",
    good="sum by (route) (rate(requests_total[5m]))",
    message="not valid PromQL (invalid promql query): sum by (route) requests_total; correct the expression",
)
def every_expression_parses(output: ParsedOutput) -> Iterator[Problem]:
    """Every expression of the rules, annotations and dashboards is valid PromQL. Template variables exist and are
    escaped: `${route:regex}`.

    Prometheus does not load rule files with an invalid expression, and Grafana shows an error instead of the panel.
    A variable that is not escaped breaks the query if a value contains a quote or a bracket.
    """
    for expression in output.expressions:
        try:
            parsed(expression.text)
        except DefinitionError as error:
            yield error.at(expression.where)


@check(
    "promql/unknown-series",
    stage=COMPILED,
    bad="rate(request_total[5m])",
    good="rate(requests_total[5m])",
    message='there is no series "request_total"; did you mean "requests_total"? Use it, or declare "request_total"',
)
def every_series_exists(output: ParsedOutput) -> Iterator[Problem]:
    """Every selector names a series of the contract, a recorded series of this build or a series of Prometheus itself.

    A query of a series that does not exist has no result: the panel stays empty, and the alert never fires.
    """
    known = output.series.labels
    for where, tree in output.trees:
        for selector in selectors(tree):
            for name in _names(selector):
                if name not in known:
                    yield Problem(where, f'there is no series "{name}"', did_you_mean(name, known))


@check(
    "promql/unknown-label",
    stage=COMPILED,
    bad='rate(requests_total{tenant="acme"}[5m])',
    good='rate(requests_total{tenant_id="acme"}[5m])',
    message='requests_total has no label "tenant"; did you mean "tenant_id"? Use it, or declare "tenant"',
)
def every_matched_label_exists(output: ParsedOutput) -> Iterator[Problem]:
    """Every matcher names a label that the series has, or one of the contract that it must not have: `tenant_id=""`.

    A matcher for a missing label selects nothing; one that also matches the empty string selects everything.
    """
    known = {label.name for label in output.compiled.lowered.definitions.contract.labels}
    for where, selector, matcher in _matchers(output):
        labels = output.series.labels[name_of(selector)]
        if labels is None or matcher.name in labels:
            continue
        if matcher.name not in known or not _must_be_absent(matcher.name, selector):
            what = f'{name_of(selector)} has no label "{matcher.name}"'
            yield Problem(where, what, did_you_mean(matcher.name, labels))


@check(
    "promql/impossible-value",
    stage=COMPILED,
    bad='rate(requests_total{route="/chatt"}[5m])',
    good='rate(requests_total{route="/chat"}[5m])',
    message='route of requests_total is never "/chatt"; did you mean "/chat"? Use it, or declare "/chatt"',
)
def every_matched_value_is_possible(output: ParsedOutput) -> Iterator[Problem]:
    """Every matcher of a label with a list of values (routes, services, stores …) matches a value of the list. The
    empty value is allowed: it selects series without the label.

    A matcher for a value that no series can have selects nothing, and `!=` with a misspelt value excludes nothing.
    """
    for where, selector, matcher in _matchers(output):
        labels, possible = output.series.labels[name_of(selector)], output.series.values.get(matcher.name)
        if possible is None or (labels is not None and matcher.name not in labels):
            continue
        for pattern in value_patterns(matcher):
            if pattern and not any(re.fullmatch(pattern, value) for value in possible):
                value = without_escapes(pattern)
                what = f'{matcher.name} of {name_of(selector)} is never "{value}"'
                yield Problem(where, what, did_you_mean(value, possible))


@check(
    "rule/unknown-label",
    stage=COMPILED,
    language="yaml",
    bad="""
        - record: route:latency_ms:limit
          expr: vector(500)
          labels: {rout: /search}
    """,
    good="""
        - record: route:latency_ms:limit
          expr: vector(500)
          labels: {route: /search}
    """,
    message='it sets the label "rout", which the contract does not have; '
    'did you mean "route"? Use it, or declare "rout"',
)
def every_static_label_exists(output: ParsedOutput) -> Iterator[Problem]:
    """Every label that a rule sets is a label of the contract, or one that the platform adds to an alert.

    Joins, dashboards and Alertmanager's routes go by the labels of the contract and ignore others.
    """
    known = {label.name for label in output.compiled.lowered.definitions.contract.labels}
    platform = output.compiled.lowered.platform
    added = {*platform.labels, *(label for settings in platform.alerts.values() for label in settings.labels)}
    for where, rule in _all_rules(output):
        for label in rule.labels:
            if label not in known and not (rule.kind == "alert" and label in added):
                what = f'it sets the label "{label}", which the contract does not have'
                yield Problem(where, what, did_you_mean(label, known))


@check(
    "rule/impossible-value",
    stage=COMPILED,
    language="yaml",
    bad="""
        - record: route:latency_ms:limit
          expr: vector(500)
          labels: {route: /serch}
    """,
    good="""
        - record: route:latency_ms:limit
          expr: vector(500)
          labels: {route: /search}
    """,
    message='it sets route to "/serch"; did you mean "/search"? Use it, or declare "/serch"',
)
def every_static_value_is_possible(output: ParsedOutput) -> Iterator[Problem]:
    """A label with a list of values that a rule sets has a value of the list.

    A threshold of a route that does not exist applies to nothing.
    """
    values = output.series.values
    for where, rule in _all_rules(output):
        for label, value in rule.labels.items():
            if label in values and value not in values[label]:
                yield Problem(where, f'it sets {label} to "{value}"', did_you_mean(value, values[label]))


def value_patterns(matcher: Matcher) -> tuple[str, ...]:
    """A regular expression of each value that a matcher names; one of all values where they cannot be separated."""
    if matcher.op not in REGEX_OPERATORS:
        return (re.escape(matcher.value),)
    return tuple(matcher.value.split("|")) if PLAIN_ALTERNATIVES.fullmatch(matcher.value) else (matcher.value,)


def without_escapes(pattern: str) -> str:
    """A regular expression without backslashes, for messages."""
    return re.sub(r"\\(.)", r"\1", pattern)


def _names(selector: VectorSelector) -> tuple[str, ...]:
    """The names that a selector selects: that of a series, or those of one that was renamed."""
    of_name = [matcher for matcher in selector.matchers.matchers if matcher.name == "__name__"]
    if not name_of(selector) and len(of_name) == 1:
        return value_patterns(of_name[0])
    return (name_of(selector),)


def _matchers(output: ParsedOutput) -> Iterator[tuple[str, VectorSelector, Matcher]]:
    """Every matcher of a label of a known series, with its place and its selector."""
    for where, tree in output.trees:
        for selector in selectors(tree):
            if name_of(selector) in output.series.labels:
                yield from ((where, selector, each) for each in selector.matchers.matchers if each.name != "__name__")


def _must_be_absent(label: str, selector: VectorSelector) -> bool:
    """Whether a selector selects only series without a label."""
    own = (each for each in selector.matchers.matchers if each.name == label and each.op == MatchOp.Equal)
    return any(not each.value for each in own)


def _all_rules(output: ParsedOutput) -> Iterator[tuple[str, RenderedRule]]:
    """Every rule, constants included, with its place in the output."""
    for file in output.compiled.files:
        for group in file.groups:
            yield from ((rule_place(file.file_name, rule), rule) for rule in group.rules)
