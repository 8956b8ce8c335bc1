"""A platform file can extend another; every problem shows the file to edit."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from generator.config.load import load
from tests.config.small_platform import SMALL_PLATFORM, Workspace, changed


def test_mappings_are_merged_and_other_values_replaced(workspace: Workspace) -> None:
    """A tenant is added, another one gets an error threshold, and a list of routes replaces the list of the base."""
    overlay = (
        "extends: base.yaml\nservices: {api: [/a]}\nslos: {latency_p95_ms: {routes: {/b: null}}}\n"
        "tenants: {acme: {error_percent: 1}, new: {}}\n"
    )
    workspace.write({"base.yaml": SMALL_PLATFORM, "overlay.yaml": overlay})
    platform = load(Path("overlay.yaml"))
    assert platform.services == {"api": ("/a",)}
    assert tuple(platform.latency.route.overrides) == ("/a",)
    assert platform.tenants == ("acme", "new")
    assert {name: ratio.amount for name, ratio in platform.errors.tenant.overrides.items()} == {
        "acme": Fraction(1, 100)
    }
    assert {name: budget.amount for name, budget in platform.cost.tokens_per_day.overrides.items()} == {"acme": 2000}


def test_null_removes_a_key(workspace: Workspace) -> None:
    """A tenant that is null in the overlay is removed."""
    workspace.write(
        {"base.yaml": SMALL_PLATFORM, "overlay.yaml": "extends: base.yaml\ntenants: {acme: null, new: {}}\n"}
    )
    assert load(Path("overlay.yaml")).tenants == ("new",)


def test_null_for_an_unknown_key_is_rejected(workspace: Workspace) -> None:
    """A null for a tenant that the base does not list is a problem."""
    files = {"base.yaml": SMALL_PLATFORM, "overlay.yaml": "extends: base.yaml\ntenants: {acmee: null}\n"}
    assert workspace.problems(files, "overlay.yaml") == [
        "overlay.yaml:2 tenants.acmee: null removes a key of the extended file, which does not have this key; "
        'did you mean "acme"? If not, remove it or write a value.'
    ]


def test_a_required_key_cannot_be_removed(workspace: Workspace) -> None:
    """A null for a required key is a problem of the overlay."""
    (problem,) = workspace.problems(
        {"base.yaml": SMALL_PLATFORM, "overlay.yaml": "extends: base.yaml\nthresholds: {cost: null}\n"}, "overlay.yaml"
    )
    assert problem.startswith("overlay.yaml:2 thresholds.cost: this key is required; ")


def test_a_problem_has_the_location_of_its_own_file(workspace: Workspace) -> None:
    """A value of the base has the path and line of the base, a value of the overlay those of the overlay."""
    files = {
        "base.yaml": changed("ticket_percent: 1", "ticket_percent: x").replace(
            "tokens_per_day: 1000", "tokens_per_day: 0"
        ),
        "overlay.yaml": "extends: base.yaml\ntenants:\n  acme: {error_percent: 0}\n",
    }
    assert [problem.partition(": ")[0] for problem in workspace.problems(files, "overlay.yaml")] == [
        "base.yaml:3 tenant_default.tokens_per_day",
        "base.yaml:13 thresholds.storage.ticket_percent",
        "overlay.yaml:3 tenants.acme.error_percent",
    ]


def test_a_base_is_relative_to_the_file_that_extends_it(workspace: Workspace) -> None:
    """Chains work across folders, and messages show paths relative to the working directory."""
    (workspace.folder / "deep").mkdir()
    files = {
        "base.yaml": changed("min_requests: 15", "min_requests: 0"),
        "deep/middle.yaml": "extends: ../base.yaml\nplatform: middle\n",
        "overlay.yaml": "extends: deep/middle.yaml\n",
    }
    (problem,) = workspace.problems(files, "overlay.yaml")
    assert problem.startswith("deep/../base.yaml:10 thresholds.min_requests: 0 is out of range")
    workspace.write({"base.yaml": SMALL_PLATFORM})
    assert load(Path("overlay.yaml")).name == "middle"


def test_a_cycle_is_rejected(workspace: Workspace) -> None:
    """Files that extend each other are reported with the whole cycle, at the line that closes it."""
    (workspace.folder / "deep").mkdir()
    files = {
        "a.yaml": "extends: b.yaml\n",
        "b.yaml": "platform: b\nextends: ./c.yaml\n",
        "c.yaml": "extends: deep/../b.yaml\n",
    }
    assert workspace.problems(files, "a.yaml") == [
        'c.yaml:1 extends: cannot extend "deep/../b.yaml": the files form a cycle, '
        "b.yaml extends c.yaml extends deep/../b.yaml; remove `extends` from one of them."
    ]


def test_a_chain_has_a_limit(workspace: Workspace) -> None:
    """A chain of eleven files is a problem."""
    files = {f"{n}.yaml": f"extends: {n + 1}.yaml\n" for n in range(11)}
    assert workspace.problems(files, "0.yaml") == [
        '9.yaml:1 extends: cannot extend "10.yaml": the chain of `extends` is longer than 10 files; merge some of them.'
    ]


def test_a_base_that_cannot_be_read_is_reported_where_it_is_named(workspace: Workspace) -> None:
    """A missing base, or a value that is not a path, is reported at `extends`, beside all other problems."""
    text = "platform: a\nplatform: b\nextends: none.yaml\n"
    assert workspace.problems({"platform.yaml": text}) == [
        "platform.yaml:2 platform: duplicate key, first used in line 1; keep one of the two.",
        'platform.yaml:3 extends: cannot extend "none.yaml": there is no such file; give the path of a YAML file.',
    ]
    assert workspace.problems({"platform.yaml": "extends: [a.yaml]\n"}) == [
        "platform.yaml:1 extends: a list is not a path; give the path of a platform file, relative to this file."
    ]
