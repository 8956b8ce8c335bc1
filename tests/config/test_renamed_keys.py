"""A key of an earlier version gets one problem that names the new key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml

from generator.config.renamed_keys import OLD_SECTION, RENAMED_KEYS
from generator.config.yaml_tree import dotted
from tests.config.small_platform import SMALL_PLATFORM, Workspace, changed

OLD_KEYS = f"""\
{OLD_SECTION}:
  floor_requests: 15
  floor_errors: 10
  errors: {{route_percent: 2, route_down_percent: 50, ai_percent: 5, kept_percent: 99.5, kept_days: 30}}
  latency_ms: {{routes: {{/a: 100, /b: 500}}, ai: 1000, vectorize: 250}}
  cost: {{warning_percent: 80, dollars_per_day: 0.1}}
  storage: {{ticket_percent: 1, page_percent: 10}}
  heartbeat_seconds: 180
models: {{m: {{input: 0.1, output: 0.3}}}}
"""
NEW_KEYS = SMALL_PLATFORM[SMALL_PLATFORM.index("slos:") : SMALL_PLATFORM.index("teams:")]
OLD_PLATFORM = SMALL_PLATFORM.replace(NEW_KEYS, OLD_KEYS)
PROBLEMS = [
    f"7 {OLD_SECTION}.floor_requests: this key was renamed; write thresholds.min_requests.",
    f"8 {OLD_SECTION}.floor_errors: this key was renamed; write thresholds.min_errors.",
    f"9 {OLD_SECTION}.errors.ai_percent: this key was renamed; write thresholds.errors.ai_percent.",
    f"9 {OLD_SECTION}.errors.kept_days: this key was renamed; write slos.availability.window_days.",
    f"9 {OLD_SECTION}.errors.kept_percent: this key was renamed; write slos.availability.target_percent.",
    f"9 {OLD_SECTION}.errors.route_down_percent: this key was renamed; write thresholds.errors.outage_percent.",
    f"9 {OLD_SECTION}.errors.route_percent: this key was renamed; write thresholds.errors.route_percent.",
    f"10 {OLD_SECTION}.latency_ms.ai: this key was renamed; write slos.latency_p95_ms.ai.",
    f"10 {OLD_SECTION}.latency_ms.routes: this key was renamed; write slos.latency_p95_ms.routes.",
    f"10 {OLD_SECTION}.latency_ms.vectorize: this key was renamed; write slos.latency_p95_ms.vectorize.",
    f"11 {OLD_SECTION}.cost.dollars_per_day: this key was renamed; write thresholds.cost.dollars_per_day.",
    f"11 {OLD_SECTION}.cost.warning_percent: this key was renamed; write thresholds.cost.warning_percent.",
    f"12 {OLD_SECTION}.storage.page_percent: this key was renamed; write thresholds.storage.page_percent.",
    f"12 {OLD_SECTION}.storage.ticket_percent: this key was renamed; write thresholds.storage.ticket_percent.",
    f"13 {OLD_SECTION}.heartbeat_seconds: this key was renamed; write thresholds.telemetry_stale_after_seconds.",
    "14 models: this key was renamed; write model_prices.",
]


def overlay_with(*path: str, value: object) -> str:
    """Return an overlay with a value at a path of keys."""
    for key in reversed(path):
        value = {key: value}
    assert isinstance(value, dict)
    return yaml.safe_dump({"extends": "base.yaml", **value}, sort_keys=False)


def paths(document: object, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the paths of all values that are not mappings."""
    if not isinstance(document, dict):
        yield ".".join(path)
        return
    for key, value in document.items():
        yield from paths(value, (*path, key))


def test_every_old_key_of_a_platform_is_reported_at_once(workspace: Workspace) -> None:
    """A platform of the earlier version gets one problem for each renamed key, and no other."""
    assert workspace.problems({"platform.yaml": OLD_PLATFORM}) == [f"platform.yaml:{problem}" for problem in PROBLEMS]


def test_new_names_are_keys_of_a_platform() -> None:
    """Every key that a problem names is in a valid platform."""
    known = set(paths(yaml.safe_load(SMALL_PLATFORM)))
    assert [
        dotted(new)
        for new in RENAMED_KEYS.values()
        if not any(path == dotted(new) or path.startswith(f"{dotted(new)}.") for path in known)
    ] == []


@pytest.mark.parametrize("value", [None, 0, "text", {}, [1]])
@pytest.mark.parametrize("old", RENAMED_KEYS, ids=dotted)
def test_an_old_key_in_an_overlay_is_one_problem(workspace: Workspace, old: tuple[str, ...], value: object) -> None:
    """Also `null` and values that the new key would not take are reported only as renamed."""
    files = {"base.yaml": SMALL_PLATFORM, "overlay.yaml": overlay_with(*old, value=value)}
    (problem,) = workspace.problems(files, "overlay.yaml")
    where, _, text = problem.partition(": ")
    assert where == f"overlay.yaml:{len(old) + 1} {dotted(old)}"
    assert text == f"this key was renamed; write {dotted(RENAMED_KEYS[old])}."


@pytest.mark.parametrize(
    ("section", "new"),
    [
        ((OLD_SECTION,), "slos or thresholds"),
        ((OLD_SECTION, "errors"), "thresholds.errors or slos.availability"),
        ((OLD_SECTION, "latency_ms"), "slos.latency_p95_ms"),
        ((OLD_SECTION, "cost"), "thresholds.cost"),
        ((OLD_SECTION, "storage"), "thresholds.storage"),
    ],
)
@pytest.mark.parametrize("value", [None, {}, 5])
def test_an_old_section_without_keys_is_one_problem(
    workspace: Workspace, section: tuple[str, ...], new: str, value: object
) -> None:
    """An old section that is null, empty or not a mapping is reported with the sections that replace it."""
    files = {"base.yaml": SMALL_PLATFORM, "overlay.yaml": overlay_with(*section, value=value)}
    (problem,) = workspace.problems(files, "overlay.yaml")
    where = f"overlay.yaml:{len(section) + 1} {'.'.join(section)}"
    assert problem == f"{where}: this key was renamed; write {new}."


def test_an_unknown_key_in_an_old_section_is_reported_beside_the_renamed_ones(workspace: Workspace) -> None:
    """A key that no version has is reported as unknown."""
    overlay = f"extends: base.yaml\n{OLD_SECTION}:\n  floor_requests: 5\n  roof: 5\n  errors: {{tenant_percent: 5}}\n"
    problems = workspace.problems({"base.yaml": SMALL_PLATFORM, "overlay.yaml": overlay}, "overlay.yaml")
    assert problems == [
        f"overlay.yaml:3 {OLD_SECTION}.floor_requests: this key was renamed; write thresholds.min_requests.",
        f"overlay.yaml:4 {OLD_SECTION}.roof: unknown key in a section that was renamed to slos or thresholds; "
        "remove this key.",
        f"overlay.yaml:5 {OLD_SECTION}.errors.tenant_percent: unknown key in a section that was renamed to "
        "thresholds.errors or slos.availability; remove this key.",
    ]


@pytest.mark.parametrize(
    ("new", "old", "where"),
    [
        ("min_requests: 15", "floor_requests: 15", "10 thresholds.floor_requests"),
        ("min_errors: 10", "floor_errors: 10", "11 thresholds.floor_errors"),
        ("outage_percent: 50", "route_down_percent: 50", "12 thresholds.errors.route_down_percent"),
        ("target_percent: 99.5", "kept_percent: 99.5", "7 slos.availability.kept_percent"),
        ("window_days: 30", "kept_days: 30", "7 slos.availability.kept_days"),
        ("telemetry_stale_after_seconds: 180", "heartbeat_seconds: 180", "15 thresholds.heartbeat_seconds"),
    ],
)
def test_an_old_key_in_a_new_section_is_one_problem(workspace: Workspace, new: str, old: str, where: str) -> None:
    """A key that was moved to its new section with its old name is reported as renamed."""
    section = where.partition(" ")[2].rpartition(".")[0]
    expected = f"platform.yaml:{where}: this key was renamed; write {section}.{new.partition(':')[0]}."
    assert workspace.problems({"platform.yaml": changed(new, old)}) == [expected]


def test_other_problems_are_reported_beside_renamed_keys(workspace: Workspace) -> None:
    """Values under keys that were not renamed are still validated and checked."""
    text = OLD_PLATFORM.replace("tokens_per_day: 2000", "tokens_per_day: 0").replace("cost: ops", "cost: sre")
    problems = workspace.problems({"platform.yaml": text})
    others = [problem.partition(";")[0] for problem in problems if "this key was renamed" not in problem]
    assert len(problems) == len(PROBLEMS) + len(others)
    assert others == [
        "platform.yaml:5 tenants.acme.tokens_per_day: 0 is out of range",
        'platform.yaml:16 owners.cost: there is no team "sre"',
    ]


def test_an_old_key_of_a_base_shows_the_base(workspace: Workspace) -> None:
    """A valid overlay over an old base gets the problems of the base, with its lines."""
    files = {"base.yaml": OLD_PLATFORM, "overlay.yaml": "extends: base.yaml\nthresholds: {min_requests: 3}\n"}
    assert workspace.problems(files, "overlay.yaml") == [f"base.yaml:{problem}" for problem in PROBLEMS]
