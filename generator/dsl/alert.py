"""Alerts: a rule and everything that the on-call engineer needs. The docstring becomes the alert's annotations."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from typing import TypeAlias

from generator.dsl.arguments import require, require_function, require_text, shown
from generator.dsl.names import require_module_name, require_object_name
from generator.dsl.per_platform import once_per_platform
from generator.dsl.platform import AlertSettings, Platform
from generator.dsl.query import Condition, Query, Rule
from generator.dsl.severity import NONE as NONE
from generator.dsl.severity import PAGE as PAGE
from generator.dsl.severity import TICKET as TICKET
from generator.dsl.severity import Severity as Severity
from generator.dsl.stops import without_routes
from generator.dsl.text import TemplatePart, one_line, require_no_templates, template_parts
from generator.dsl.units import Duration, Quantity
from generator.errors import DefinitionError, place_of
from generator.frozen import frozen

RuleFunction: TypeAlias = Callable[[Platform], Condition | Rule]
PlaceholderValue: TypeAlias = Query | Quantity | Duration
"""What fills a placeholder: a query of the series with the alert's labels, or a constant."""
ValuesFunction: TypeAlias = Callable[[Platform], Mapping[str, PlaceholderValue]]


def no_values(_: Platform) -> Mapping[str, PlaceholderValue]:
    """The values of an alert whose texts have only the placeholders that every alert has."""
    return {}


@frozen
class AlertText:
    """The parts of an alert's docstring. Steps are without their numbers. Impact and steps are on the runbook only,
    where placeholders without a constant value stay."""

    summary: tuple[TemplatePart, ...]
    description: tuple[TemplatePart, ...]
    impact: tuple[TemplatePart, ...]
    steps: tuple[tuple[TemplatePart, ...], ...]


@frozen
class Alert:
    """The definition of an alerting rule. `where` is its place in the source.

    `severity` is the one that the platform gives it, `declared` the one of the definition. `fixed_window` is the reason
    why a platform cannot change its window, if there is one besides the rule's own form. An inhibitor `follows` alerts,
    and keeps firing as long as those that it `outlasts`.
    """

    name: str
    severity: Severity
    family: str
    panel: str
    runbook: str
    alert_text: AlertText
    build: RuleFunction
    where: str
    values: ValuesFunction = no_values
    declared: Severity = field(kw_only=True)
    fixed_window: str = ""
    follows: tuple[Alert, ...] = ()
    outlasts: tuple[Alert, ...] = ()

    @property
    def key(self) -> str:
        """What identifies the rule: rules of one name have different severities."""
        return f"{self.name} ({self.severity.value})"

    def settings(self, platform: Platform) -> AlertSettings:
        """What a platform changes about the alert."""
        return platform.alert_settings(self.name, self.declared)

    def on(self, platform: Platform) -> Alert:
        """The alert with the severity that it has on a platform."""
        return replace(self, severity=self.settings(platform).severity or self.declared)

    def rule(self, platform: Platform) -> Rule:
        """The alert's rule on a platform, with the window and the `for` that the platform gives it, and without the
        routes that it leaves out. Raises DefinitionError where its function returns no condition."""
        settings, rule = self.settings(platform), self.declared_rule(platform)
        if settings.except_routes:
            rule = replace(rule, condition=without_routes(rule.condition, settings.except_routes))
        if settings.window is not None:
            rule = rule.over(settings.window)
        return rule if settings.for_ is None else replace(rule, pending=settings.for_)

    def declared_rule(self, platform: Platform) -> Rule:
        """The alert's rule with the window and the `for` of its definition. Raises DefinitionError where its function
        returns no condition."""
        built = self.build(platform)
        if isinstance(built, Condition):
            return Rule(built)
        if not isinstance(built, Rule):
            what = f"{self.name} returns {shown(built)}, which is not a condition"
            raise DefinitionError(what, "end it with .above(…) or .for_(…)")
        return built


def alert(
    name: str,
    severity: Severity,
    *,
    panel: str = "",
    runbook: str = "",
    values: ValuesFunction = no_values,
    fixed_window: str = "",
) -> Callable[[RuleFunction], Alert]:
    """Make an alert of a function that takes the platform; its family is the module's name.

    `panel` is the id of the panel that the alert links to, as `dashboard/panel`. `runbook` is the name of its page; by
    default it follows from the alert's name. `values` fill placeholders of the docstring, besides the alert's labels
    and `value`, `threshold` and `window`. `fixed_window` says why a platform cannot change the window. Raises
    DefinitionError for a docstring that lacks a part.
    """
    require_text(name, "@alert(name)")
    require((severity,), Severity, "@alert(…)", "a severity", "write PAGE, TICKET or NONE")
    require_function(values, "@alert(values=…)")
    _check_texts(panel, runbook, fixed_window)

    def define(build: RuleFunction) -> Alert:
        require_function(build, "@alert(…)")
        family = build.__module__.rpartition(".")[2]
        require_module_name(family, "@alert(…)")
        return Alert(
            name=name,
            severity=severity,
            declared=severity,
            family=family,
            panel=panel,
            runbook=runbook or kebab_case(name),
            alert_text=alert_text(build),
            build=once_per_platform(build),
            where=place_of(build),
            values=values,
            fixed_window=fixed_window,
        )

    return define


def _check_texts(panel: object, runbook: object, fixed_window: object) -> None:
    require((panel,), str, "@alert(…)", "a panel's id as text", 'write panel="dashboard/panel"')
    require((fixed_window,), str, "@alert(fixed_window=…)", "a reason as text", "say why the window cannot be changed")
    assert isinstance(fixed_window, str)
    require_no_templates("@alert", fixed_window=fixed_window)
    if runbook != "":
        require_object_name(runbook, "@alert(…)", "runbook")


def kebab_case(name: str) -> str:
    """HTTPErrorRate as http-error-rate."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()


def alert_text(build: RuleFunction) -> AlertText:
    """Parse a docstring: a summary, a description, `Impact:`, and numbered lines under `First steps:`."""
    text = inspect.getdoc(build) or ""
    body, _, rest = text.partition("\nImpact:")
    impact, _, numbered = rest.partition("\nFirst steps:")
    summary, _, description = body.partition("\n\n")
    steps = tuple(map(one_line, re.split(r"^\s*\d+\.\s+", numbered, flags=re.MULTILINE)[1:]))
    if not (summary and description.strip() and impact.strip() and steps):
        raise DefinitionError(
            f"the docstring of {build.__name__} lacks a part",
            'give a summary, a description, "Impact:" and numbered "First steps:", with empty lines between them',
        )
    first, second, third = (template_parts(one_line(part)) for part in (summary, description, impact))
    return AlertText(first, second, third, tuple(map(template_parts, steps)))
