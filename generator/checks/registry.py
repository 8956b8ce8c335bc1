"""All laws, in the order in which they are obeyed: those on trees before anything is written, those on texts after.

Each law is one function whose docstring is the law; it gives a fault for every breach."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from generator.checks import alert_rules as pages
from generator.checks import alert_tests as stories
from generator.checks import alerts, coverage, thresholds
from generator.checks import counters as growth
from generator.checks import expressions as asked
from generator.checks import selectors as names
from generator.checks.contract import contract_faults
from generator.checks.dashboards import broken_laws
from generator.errors import Problem
from generator.ir.build import Compiled, Lowered

TreeLaw: TypeAlias = "Callable[[Lowered], list[Problem]]"
TextLaw: TypeAlias = "Callable[[Compiled], list[Problem]]"


def the_contract_is_sound(lowered: Lowered) -> list[Problem]:
    """Every metric has a name, labels, a help and an origin that hold; so has every field of the log."""
    return contract_faults()


def dashboards_are_whole(compiled: Compiled) -> list[Problem]:
    """Every dashboard is valid against our closed schema, and no two share a UID, a title or a panel's id."""
    start, end = asked.DASHBOARDS, ".json"
    texts = {
        path.removeprefix(start).removesuffix(end): text
        for path, text in compiled.texts.items()
        if path.startswith(start)
    }
    return broken_laws(texts)


TREE_LAWS: tuple[TreeLaw, ...] = (
    the_contract_is_sound,
    alerts.alerts_are_told_apart,
    alerts.every_hole_can_be_filled,
    alerts.every_alert_says_its_value,
    alerts.every_alert_leads_to_a_panel,
    thresholds.latency_thresholds_are_bucket_bounds,
    thresholds.ceilings_are_thresholds,
    stories.stories_can_be_told,
    stories.stories_are_of_alerts,
    stories.stories_show_what_they_say,
)
TEXT_LAWS: tuple[TextLaw, ...] = (
    dashboards_are_whole,
    asked.every_expression_parses,
    names.every_selector_is_known,
    names.every_operand_has_its_labels,
    names.every_set_label_is_known,
    growth.counters_are_read_by_their_growth,
    growth.buckets_keep_their_bounds,
    growth.no_bound_is_asked_for,
    pages.every_alert_is_whole,
    pages.no_alert_label_changes,
    pages.annotations_speak_of_labels_that_are_there,
    pages.every_alert_has_a_runbook,
    pages.every_link_opens_a_panel,
    pages.every_alert_that_is_routed_exists,
    coverage.every_metric_is_on_a_dashboard,
)
STORY_LAWS: tuple[TreeLaw, ...] = (stories.every_alert_has_its_stories,)
"""What `check` and the tests ask, and `build` does not: one may build while stories are still being written."""


def definition_problems(lowered: Lowered) -> list[Problem]:
    """What is wrong with the trees of a build."""
    return [problem for law in TREE_LAWS for problem in law(lowered)]


def build_problems(compiled: Compiled) -> list[Problem]:
    """What is wrong with the texts of a build."""
    return [problem for law in TEXT_LAWS for problem in law(compiled)]


def coverage_problems(lowered: Lowered) -> list[Problem]:
    """Which stories are missing."""
    return [problem for law in STORY_LAWS for problem in law(lowered)]
