"""Alert tests on the rules that they need have the results of promtool on the shipped rule files."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.cli import main
from generator.errors import BuildError, DefinitionError
from generator.external.promtool import Promtool, RuleTestReport, RuleTestResult
from generator.pipeline import TEST_PLATFORM, build
from generator.verify.needed_rules import AlertTestRunner, needed_rules

TESTED = "spend-every-1m.yaml"
"""Its test with the most series runs on all rules; the other three on those that they need."""
COST, RECORDED = "prometheus/rules/cost.yaml", "prometheus/rules/recorded-ai.yaml"
SAME = 'label_replace(ai_tokens_input, "model", "", "", "")'
"""It cannot be evaluated: the series of two models get the same labels."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of the tests' platform."""
    out = tmp_path_factory.mktemp("built") / "out"
    build(TEST_PLATFORM, out)
    return out


@pytest.fixture
def out(built: Path, tmp_path: Path) -> Path:
    """A copy of the build with the tests of one file alone."""
    shutil.copytree(built, tmp_path / "out")
    for path in (tmp_path / "out/tests").glob("*.yaml"):
        if path.name != TESTED:
            path.unlink()
    return tmp_path / "out"


def edit(file: Path, name: str, change: Callable[[str], str]) -> None:
    """Change the expression of each rule with this name in a rule file."""
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    rules = [rule for group in document["groups"] for rule in group["rules"] if name in rule.values()]
    assert rules
    for rule in rules:
        rule["expr"] = change(rule["expr"])
    write(file, document)


EDITED: dict[str, tuple[str, str, Callable[[str], str]]] = {
    "a tested alert": (COST, "AIModelWithoutPrice", lambda text: text.replace("> 0", "> 1e12")),
    "a tested alert, for a model of its narrower tests": (
        COST,
        "AIModelWithoutPrice",
        lambda text: text.replace("} > 0", ',model!~".*bge-m3"} > 0'),
    ),
    "a series that it reads": (RECORDED, "model_direction:ai_tokens:amount1h", lambda text: f"0 * ({text})"),
    "an alert of other tests": (COST, "HighAISpend", lambda text: f"limitk(1, {text})"),
    "an alert of other tests, as two of the same": (COST, "HighAISpend", lambda text: SAME),
    "a series that no test needs": (RECORDED, "tenant_id_direction:ai_tokens:amount1d", lambda text: f"(({text}"),
}


@pytest.mark.parametrize("edited", EDITED)
def test_test_fails_where_a_shipped_rule_was_broken_by_hand(
    edited: str, out: Path, promtool: Promtool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`generator test`, which passes without the edit, fails with the text of promtool on the shipped rules."""
    monkeypatch.setattr("generator.external.find_promtool", lambda: promtool.path)
    arguments = ["test", "--platform", str(TEST_PLATFORM), "--out", str(out)]
    path, name, change = EDITED[edited]
    edit(out / path, name, change)
    assert main(arguments) == 1
    failed = promtool.test_rules([out / "tests" / TESTED]).failed
    assert failed
    printed = capsys.readouterr().out
    assert printed.startswith(
        "".join(f"FAILED spend-every-1m {result.name}\n" + "\n".join(result.failures) + "\n" for result in failed)
        + f"spend-every-1m: {4 - len(failed)} of 4 alert tests pass\n"
    )


def test_the_results_are_those_of_promtool(out: Path, promtool: Promtool) -> None:
    """The same tests in the same order, of the same file."""
    file = out / "tests" / TESTED
    results = AlertTestRunner(promtool).run(file)
    assert tuple(results) == promtool.test_rules([file]).results
    assert [len(result.failures) for result in results] == [0, 0, 0, 0]


def test_no_shipped_test_file_runs_on_all_rules(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every rule says what it reads, and all tests but a few run on copies."""
    commands: list[tuple[Sequence[Path], str]] = []
    shares: list[float] = []
    all_rules = rules_in(built / "prometheus/rules")

    def passed(promtool: Promtool, paths: Sequence[Path], only: str = "") -> RuleTestReport:
        commands.append((paths, only))
        shares.extend(rules_in(path.parent) / all_rules for path in paths if path.parts[-2] != "tests")
        documents = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths if path.parts[-2] != "tests"]
        names = [test["name"] for document in documents for test in document["tests"]]
        return RuleTestReport(tuple(RuleTestResult("", name, ()) for name in names))

    monkeypatch.setattr(Promtool, "test_rules", passed)
    files = sorted((built / "tests").glob("*.yaml"))
    runner = AlertTestRunner(Promtool(Path("promtool")))
    results = [result for file in files for result in runner.run(file)]
    assert len(results) > 100
    shipped = [only for paths, only in commands if set(paths) & set(files)]
    assert "" not in shipped
    assert 0 < len(set(shipped) - {"^$"}) <= 10
    copied = [path for paths, only in commands if not only for path in paths]
    assert len(copied) > 20
    assert max(shares) < 0.5


def test_each_file_of_a_broken_rule_file_fails(tmp_path: Path, promtool: Promtool) -> None:
    """Also the second, whose test needs no broken rule: Prometheus would load none of the rules."""
    rule = {"alert": "Tested", "expr": "up == 1"}
    write(tmp_path / "rules.yaml", {"groups": groups(rule, {"alert": "Other", "expr": "up", "for": "5 minutes"})})
    case = {"eval_time": "1m", "alertname": "Tested", "exp_alerts": []}
    for name in ("a", "b"):
        test = {"name": name, "interval": "1m", "input_series": [], "alert_rule_test": [case]}
        write(tmp_path / f"{name}.yaml", {"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": [test]})
    runner = AlertTestRunner(promtool)
    for name in ("a", "b"):
        (result,) = runner.run(tmp_path / f"{name}.yaml")
        assert "unknown unit" in "".join(result.failures)
    write(tmp_path / "rules.yaml", {"groups": groups(rule)})
    runner = AlertTestRunner(promtool)
    assert [len(result.failures) for name in ("a", "b") for result in runner.run(tmp_path / f"{name}.yaml")] == [0, 0]


@pytest.mark.parametrize(
    ("only", "every_rule", "on_all_rules"),
    [("", False, ["^wide$"]), ("wide|narrow", False, []), ("narrow|days", True, ["^narrow$"])],
    ids=["all tests", "tests by name", "tests by name, with every rule"],
)
def test_a_test_of_days_does_not_run_on_all_rules(
    only: str,
    every_rule: bool,
    on_all_rules: list[str],
    tmp_path: Path,
    promtool: Promtool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of the others, the one with the most series does; none where tests are chosen by their names and nothing else is
    asked for."""
    write(tmp_path / "rules.yaml", {"groups": groups({"alert": "Tested", "expr": "up == 1"})})
    series = [{"series": f'up{{number="{number}"}}', "values": "0"} for number in range(3)]
    tests = [
        {"name": name, "interval": "1m", "input_series": series[:count], "alert_rule_test": [
            {"eval_time": end, "alertname": "Tested", "exp_alerts": []}
        ]}
        for name, count, end in (("narrow", 1, "10m"), ("wide", 2, "3h20m"), ("days", 3, "3h21m"))
    ]  # fmt: skip
    file = tmp_path / "tests.yaml"
    write(file, {"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": tests})
    commands: list[str] = []
    test_rules = Promtool.test_rules

    def recorded(self: Promtool, paths: Sequence[Path], only: str = "") -> RuleTestReport:
        commands.extend([only] if file in paths and only != "^$" else [])
        return test_rules(self, paths, only)

    monkeypatch.setattr(Promtool, "test_rules", recorded)
    AlertTestRunner(promtool).run(file, only, every_rule)
    assert commands == on_all_rules


@pytest.mark.parametrize("text", ["rule_files: [missing.yaml]\ntests: [{name: a}]\n", "tests: [\n", "tests: 3\n"])
def test_an_unusable_test_file_is_a_problem(text: str, tmp_path: Path, promtool: Promtool) -> None:
    """The problems are those of promtool, as where all rules are run."""
    file = tmp_path / "a.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BuildError) as caught:
        AlertTestRunner(promtool).run(file)
    with pytest.raises(BuildError) as expected:
        promtool.test_rules([file])
    assert caught.value.problems == expected.value.problems


def rules_in(folder: Path) -> int:
    """The number of rules in the files of a folder."""
    documents = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in folder.glob("*.yaml")]
    return sum(len(group["rules"]) for document in documents for group in document.get("groups", ()))


def write(file: Path, document: dict[str, Any]) -> None:
    """Write a rule file or a test file."""
    file.write_text(yaml.safe_dump(document), encoding="utf-8")


def groups(*rules: dict[str, Any]) -> list[dict[str, Any]]:
    """The groups of a rule file with two groups, the second of which no test needs."""
    return [
        {"name": "a", "interval": "1m", "rules": [*rules]},
        {"name": "b", "rules": [{"record": "b:b", "expr": "b"}]},
    ]


def names(needed: Sequence[Any]) -> list[list[str]]:
    """The names of the rules of each group."""
    return [[rule.get("alert") or rule["record"] for rule in group["rules"]] for group in needed]


@pytest.mark.parametrize(
    ("rule", "read"),
    [
        ({"expr": "c:c > 1"}, ["c:c", "d:d"]),
        ({"expr": '{__name__="c:c"} > 1'}, ["c:c", "d:d"]),
        ({"expr": "up", "annotations": {"text": '{{ with query "d:d" }}{{ . }}{{ end }}'}}, ["d:d"]),
        ({"expr": "up", "labels": {"text": '{{ with printf "d:d{a=%q}" $labels.a | query }}1{{ end }}'}}, ["d:d"]),
        ({"expr": 'ALERTS{alertname="Other"}'}, ["Other"]),
        ({"expr": 'ALERTS_FOR_STATE{alertname=~"Other|Others"}'}, ["Other"]),
        ({"expr": "ALERTS > 0"}, ["Other", "Third"]),
        ({"expr": 1}, []),
    ],
)
def test_a_rule_needs_what_it_reads(rule: dict[str, Any], read: list[str]) -> None:
    """Recorded series through recorded series, in expressions and templates, and the alerts whose state it reads."""
    others = ["c:c", "d:d", "Other", "Third"]
    shipped = groups(
        {"record": "c:c", "expr": "d:d + up"},
        {"record": "d:d", "expr": "up"},
        {"alert": "Other", "expr": "up"},
        {"alert": "Third", "expr": "up"},
        {"alert": "Tested", **rule},
    )
    needed = needed_rules(shipped, ["Tested"])
    assert names(needed) == [[name for name in [*others, "Tested"] if name in [*read, "Tested"]], []]
    assert [group["name"] for group in needed] == ["a", "b"]
    assert needed[0]["interval"] == "1m"


def test_a_rule_that_selects_series_without_a_name_is_a_problem() -> None:
    """Which rules it needs is not known."""
    with pytest.raises(DefinitionError):
        needed_rules(groups({"alert": "Tested", "expr": '{__name__=~"c:.*"} > 1'}), ["Tested"])
