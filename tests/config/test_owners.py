"""Owners: a team by family of alerts, and a default for families that are not listed."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from generator.config.checks import owners_are_of_alert_families
from generator.config.load import load
from generator.config.loaded import LoadedPlatform
from tests.config.small_platform import SMALL_PLATFORM, Workspace, changed

FAMILIES = ("cost", "errors", "latency", "quota", "storage", "telemetry")
TEAMS = changed(
    "teams: {ops: {page: [{pagerduty: {key_file: /secrets/key}}], ticket: [{webhook: {url_file: /secrets/url}}]}}",
    "teams:\n"
    "  ops: {page: [{pagerduty: {key_file: /secrets/key}}], ticket: [{webhook: {url_file: /secrets/url}}]}\n"
    "  finance: {page: [{pagerduty: {key_file: /secrets/key}}], ticket: [{webhook: {url_file: /secrets/url}}]}",
)
OWNERS = "owners: {errors: ops, latency: ops, cost: ops, storage: ops, telemetry: ops}"


def with_owners(owners: str) -> str:
    """Return a platform of two teams with other owners."""
    assert OWNERS in TEAMS
    return TEAMS.replace(OWNERS, f"owners: {owners}")


def violations(name: str, families: Collection[str]) -> list[str]:
    """Return the problems of the owners in a platform file, for the families of alerts that exist."""
    platform = LoadedPlatform(load(Path(name)), families)
    return [str(problem) for problem in owners_are_of_alert_families.problems(platform)]


def test_a_default_owns_families_that_are_not_listed(workspace: Workspace) -> None:
    """A new family of alerts needs no change of the platform."""
    workspace.write({"platform.yaml": with_owners("{default: ops, cost: finance}")})
    platform = load(Path("platform.yaml"))
    assert [platform.owner_of(family).name for family in ("cost", "errors", "quota")] == ["finance", "ops", "ops"]
    assert set(platform.owners) == {"cost"}


def test_an_overlay_can_replace_or_remove_the_default(workspace: Workspace) -> None:
    """`default` is merged like any other key."""
    base = with_owners("{default: ops, cost: ops}")
    workspace.write(
        {
            "base.yaml": base,
            "replaced.yaml": "extends: base.yaml\nowners: {default: finance}\n",
            "removed.yaml": "extends: base.yaml\nowners: {default: null}\n",
        }
    )
    assert load(Path("replaced.yaml")).owner_of("quota").name == "finance"
    assert load(Path("removed.yaml")).default_owner is None


def test_the_default_is_a_team(workspace: Workspace) -> None:
    """A default that is not one of the teams is a problem."""
    assert workspace.problems({"platform.yaml": with_owners("{default: opps}")}) == [
        'platform.yaml:20 owners.default: there is no team "opps"; did you mean "ops"? If not, add it to teams. '
        "[config/unknown-team]"
    ]


def test_a_family_is_a_module_name(workspace: Workspace) -> None:
    """A key of `owners` that cannot be the name of a module is a problem, and so is a platform without owners."""
    hint = 'give the name of a module of alerts/, such as "errors", or "default"'
    assert workspace.problems({"platform.yaml": with_owners("{default: ops, Ai-Cost: ops}")}) == [
        f'platform.yaml:20 owners.Ai-Cost: "Ai-Cost" is not a family of alerts; {hint}.'
    ]
    assert workspace.problems({"platform.yaml": with_owners("{}")}) == [
        "platform.yaml:20 owners: the value is empty; "
        "write at least one entry: a family of alerts, a colon and a team name."
    ]


def test_an_owner_of_an_unknown_family_is_a_problem_at_its_key(workspace: Workspace) -> None:
    """A key that is not a family of alerts is reported in the file that has it, with the nearest family."""
    check_id = "[config/unknown-alert-family]"
    overlay = "extends: base.yaml\nowners:\n  quotas: ops\n"
    workspace.write({"base.yaml": with_owners("{default: ops, erors: ops, billing: ops}"), "overlay.yaml": overlay})
    assert violations("overlay.yaml", FAMILIES) == [
        'base.yaml:20 owners.erors: there is no module "erors" in alerts/; did you mean "errors"? '
        f"If not, remove this key. {check_id}",
        'base.yaml:20 owners.billing: there is no module "billing" in alerts/; '
        f"use one of cost, errors, latency, quota, storage, telemetry, or remove this key. {check_id}",
        'overlay.yaml:3 owners.quotas: there is no module "quotas" in alerts/; did you mean "quota"? '
        f"If not, remove this key. {check_id}",
    ]


def test_owners_of_known_families_are_no_problem(workspace: Workspace) -> None:
    """Listed families may be all or some of the families of alerts."""
    workspace.write({"platform.yaml": SMALL_PLATFORM})
    assert violations("platform.yaml", FAMILIES) == []
    (violation,) = violations("platform.yaml", set(FAMILIES) - {"cost"})
    assert violation.startswith("platform.yaml:18 owners.cost: ")
