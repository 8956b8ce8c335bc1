"""An adopter's first step: what is added to a platform is watched at once, and no test is touched for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.external.promtool import Promtool
from generator.ir.build import Compiled
from generator.pipeline import TEST_PLATFORM, build, skipped_tests

FIRST_STEP = {
    "worker-api: [/chat, /search]": "worker-api: [/chat, /search, /rerank]",
    "ingest-worker: [/ingest]": "ingest-worker: [/ingest]\n  eval-worker: [/eval]",
    "/ingest: 5000}": "/ingest: 5000, /eval: 10000, /rerank: 250}",
    '"@cf/baai/bge-m3": {input: 0.012}': '"@cf/baai/bge-m3": {input: 0.012}\n  "@cf/own/model": {input: 1, output: 2}',
}
OTHER_BUDGETS = {
    "com.rainbowsmokeofficial: {tokens_per_day: 5000000}": "com.rainbowsmokeofficial: {tokens_per_day: 8000000}",
    "dollars_per_day: 50": "dollars_per_day: 80",
}


def built(folder: Path, *changes: dict[str, str]) -> Compiled:
    """A build, into `folder`, of the plan with some of its text replaced."""
    text = TEST_PLATFORM.read_text(encoding="utf-8")
    for old, new in (pair for change in changes for pair in change.items()):
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the plan"
        text = text.replace(old, new)
    (folder / "platform.yaml").write_text(text, encoding="utf-8")
    return build(folder / "platform.yaml", folder / "out").compiled


@pytest.mark.parametrize("family", ["telemetry-every-30s", "latency-every-1m"])
def test_stories_hold_with_a_service_a_route_and_a_model_more(family: str, tmp_path: Path, promtool: Promtool) -> None:
    """None is left out, and promtool confirms those of heartbeats and promises on the adopter's own rules: who is new
    beats as the story's others do, and none is told of it."""
    made = built(tmp_path, FIRST_STEP)
    assert skipped_tests(made) == ""
    assert "service: eval-worker" in made.texts["prometheus/rules/recorded-limits.yaml"]
    verdicts = promtool.test_rules([tmp_path / f"out/tests/{family}.yaml"]).results
    assert len(verdicts) >= 6
    assert [one.name for one in verdicts if one.failures] == []


def test_other_budgets_take_their_own_stories_alone(tmp_path: Path, promtool: Promtool) -> None:
    """Stories of budgets that are no longer so are left out, which the build says; the rest is whole."""
    before, after = built(tmp_path), built(tmp_path, FIRST_STEP, OTHER_BUDGETS)
    every, held = before.lowered.definitions.alert_tests, after.lowered.definitions.alert_tests
    assert {one.alert for one in every if one not in held} == {"HighAICosts", "AICostForecast", "HighAISpend"}
    left_out = f"{len(every) - len(held)} of {len(every)} stories, told in other numbers; "
    assert skipped_tests(after) == f"{left_out}make test judges them on alerts/tests/platform.yaml"
    assert promtool.test_rules([tmp_path / "out/tests/cost_dollars-every-1m.yaml"]).failed == ()
