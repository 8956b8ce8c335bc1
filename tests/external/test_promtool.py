"""The real promtool checks files; scripts stand in for a broken promtool."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import BuildError, Problem
from generator.external.promtool import Promtool, RuleTestResult
from tests.external.programs import program

RULES = """
groups:
- name: traffic
  rules:
  - record: doubled
    expr: 2 * seen
  - alert: Seen
    expr: seen > 1
"""
TESTS = """
rule_files: [rules.yaml]
tests:
- name: does not fire when nothing is seen
  interval: 1m
  input_series: [{series: seen, values: "0x10"}]
  alert_rule_test: [{eval_time: 5m, alertname: Seen, exp_alerts: []}]
- name: fires unexpectedly
  interval: 1m
  input_series: [{series: seen, values: "5x10"}]
  alert_rule_test:
  - {eval_time: 5m, alertname: Seen, exp_alerts: []}
  - {eval_time: 6m, alertname: Seen, exp_alerts: []}
"""
HINT = "set $PROMTOOL to the path of promtool 3.6 or newer, or unset it"

COMMANDS = ("check_rules", "check_config", "test_rules", "check_expressions")


def _write(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_valid_rules_have_no_problems(promtool: Promtool, tmp_path: Path) -> None:
    """Valid rules pass, in any number of files; an empty list of files passes too."""
    files = [_write(tmp_path, f"{name}.yaml", RULES) for name in "ab"]
    assert promtool.check_rules(files) == []
    assert promtool.check_rules([]) == []


def test_every_invalid_rule_of_every_file_is_reported(promtool: Promtool, tmp_path: Path) -> None:
    """An unclosed parenthesis on line 6 and a repeated group name are each reported with the file and position."""
    unclosed = _write(tmp_path, "unclosed.yaml", RULES.replace("2 * seen", "2 * (seen"))
    twice = _write(tmp_path, "twice.yaml", RULES + RULES.replace("\ngroups:\n", ""))
    problems = promtool.check_rules([unclosed, twice])
    assert [problem.where for problem in problems] == [f"{unclosed}:6:11", str(twice)]
    parse_error = 'rule 1, "doubled": could not parse expression: 1:10: parse error: unclosed left parenthesis'
    assert parse_error in problems[0].what
    assert problems[1].what == 'groupname: "traffic" is repeated in the same file'


def test_duplicate_recording_rules_are_reported(promtool: Promtool, tmp_path: Path) -> None:
    """Two rules that record the same series are a problem, although Prometheus loads them."""
    rule = "  - record: doubled\n    expr: 2 * seen\n"
    (problem,) = promtool.check_rules([_write(tmp_path, "rules.yaml", RULES.replace(rule, rule + rule))])
    assert "1 duplicate rule(s) found. Metric: doubled" in problem.what


def test_problems_of_expressions_name_their_places(promtool: Promtool) -> None:
    """Two invalid expressions, one of them used in two places, are three problems, each with its own place."""
    problems = promtool.check_expressions(
        [
            ("panel A", "sum(rate(requests_total[5m]))"),
            ("panel B", "sum(rate(requests_total[5m])"),
            ("rule C", 'requests_total{route=~"("}'),
            ("panel D", "sum(rate(requests_total[5m])"),
        ]
    )
    assert [problem.where for problem in problems] == ["panel B", "panel D", "rule C"]
    unclosed = "could not parse expression: 1:29: parse error: unclosed left parenthesis"
    assert problems[0].what == problems[1].what == unclosed
    assert "missing closing )" in problems[2].what


@pytest.mark.parametrize("text", ["", "# only a comment", '"a\nb"', "x y"])
def test_texts_that_are_not_expressions(promtool: Promtool, text: str) -> None:
    """An empty text, a comment, a broken string and two words are each reported with their place."""
    assert [problem.where for problem in promtool.check_expressions([("good", "up"), ("bad", text)])] == ["bad"]


def test_special_characters_reach_promtool_unchanged(promtool: Promtool) -> None:
    """Quotes, newlines, YAML syntax, control characters and letters outside the BMP do not change an expression."""
    value = "' : # {{ }} | > & * % @ </script> \\\\ \\\" \\n \x7f \x85 é 🦆"
    assert promtool.check_expressions([("hostile", f'up{{\n  job="{value}"\n}}')]) == []


def test_one_process_checks_thousands_of_expressions(tmp_path: Path) -> None:
    """promtool is started once for 3,000 expressions."""
    starts = tmp_path / "starts"
    fake = program(tmp_path / "promtool", f"echo >> {starts}\necho 'SUCCESS: 3000 rules found'")
    assert Promtool(fake).check_expressions((f"panel {n}", f"up + {n}") for n in range(3000)) == []
    assert starts.read_text(encoding="utf-8") == "\n"


def test_no_expressions_have_no_problems(promtool: Promtool) -> None:
    """An empty list of expressions has no problems."""
    assert promtool.check_expressions([]) == []


def test_a_configuration_is_checked_with_its_rules(promtool: Promtool, tmp_path: Path) -> None:
    """A valid configuration passes; the problem of one with an unknown field names the field."""
    _write(tmp_path, "rules.yaml", RULES)
    valid = _write(tmp_path, "valid.yaml", "rule_files: [rules.yaml]\n")
    assert promtool.check_config(valid) == []
    invalid = _write(tmp_path, "invalid.yaml", "rule_fils: [rules.yaml]\n")
    (problem,) = promtool.check_config(invalid)
    assert problem.where == str(invalid)
    assert "rule_fils" in problem.what


def test_each_test_group_has_a_result(promtool: Promtool, tmp_path: Path) -> None:
    """The first test group passes; the second fails twice, and both failures name the alert and the evaluation time."""
    _write(tmp_path, "rules.yaml", RULES)
    file = _write(tmp_path, "tests.yaml", TESTS)
    report = promtool.test_rules([file])
    passing, failing = report.results
    assert passing == RuleTestResult(str(file), "does not fire when nothing is seen", ())
    assert (failing.name, len(failing.failures)) == ("fires unexpectedly", 2)
    assert "alertname: Seen, time: 5m" in failing.failures[0]
    assert "alertname: Seen, time: 6m" in failing.failures[1]
    assert report.failed == (failing,)


def test_results_of_several_files_are_separate(promtool: Promtool, tmp_path: Path) -> None:
    """Two files whose test groups have the same names have separate results."""
    _write(tmp_path, "rules.yaml", RULES)
    files = [_write(tmp_path, name, TESTS) for name in ("one.yaml", "two.yaml")]
    assert [result.file for result in promtool.test_rules(files).results] == [
        str(file) for file in files for _ in range(2)
    ]


def test_a_missing_rule_file_is_not_a_success(promtool: Promtool, tmp_path: Path) -> None:
    """A missing rule file is a problem, although promtool itself only warns and passes tests that expect no alert."""
    file = _write(tmp_path, "tests.yaml", TESTS[: TESTS.index("- name: fires")])
    with pytest.raises(BuildError) as raised:
        promtool.test_rules([file])
    (problem,) = raised.value.problems
    assert problem.where == str(tmp_path / "rules.yaml")


def test_a_test_file_that_cannot_be_read(promtool: Promtool, tmp_path: Path) -> None:
    """An unknown field is reported with its file, line and name."""
    file = _write(tmp_path, "tests.yaml", "tests: []\nwhatever: 1\n")
    with pytest.raises(BuildError) as raised:
        promtool.test_rules([file])
    (problem,) = raised.value.problems
    assert problem.where == str(file)
    assert "line 2: field whatever not found" in problem.what


def test_a_test_file_that_does_not_exist(promtool: Promtool, tmp_path: Path) -> None:
    """promtool's own message is passed on."""
    with pytest.raises(BuildError, match=r"missing\.yaml' does not exist"):
        promtool.test_rules([tmp_path / "missing.yaml"])


@pytest.mark.parametrize("command", COMMANDS)
def test_a_hanging_promtool_is_killed(command: str, tmp_path: Path) -> None:
    """Every command ends after its timeout, with a problem that names the timeout."""
    hanging = Promtool(program(tmp_path / "promtool", "sleep 60 &\nwait"), seconds=0.2)
    with pytest.raises(BuildError) as raised:
        _run(hanging, command, tmp_path)
    (problem,) = raised.value.problems
    assert problem.where == str(hanging.path)
    assert problem.what.endswith("did not end within 0.2 seconds and was killed")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("script", ["echo '<testsuites>'", "echo; exit 0"])
def test_unexpected_output_is_not_a_success(command: str, script: str, tmp_path: Path) -> None:
    """Exit status 0 without promtool's usual output is a problem."""
    with pytest.raises(BuildError, match="ended with exit status 0 and unexpected output"):
        _run(Promtool(program(tmp_path / "promtool", script)), command, tmp_path)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_crash_is_reported_with_its_output(command: str, tmp_path: Path) -> None:
    """A promtool that is ended by a signal is a problem of promtool, not of its input."""
    crashing = Promtool(program(tmp_path / "promtool", "echo 'fatal: out of memory' >&2\nkill -9 $$"))
    with pytest.raises(BuildError, match=r"ended with exit status -9 .*: fatal: out of memory; set \$PROMTOOL"):
        _run(crashing, command, tmp_path)


def test_a_missing_promtool(tmp_path: Path) -> None:
    """A promtool that was deleted after it was found is a problem with a hint."""
    missing = tmp_path / "promtool"
    with pytest.raises(BuildError) as raised:
        Promtool(missing).check_config(tmp_path / "file.yaml")
    assert raised.value.problems == (Problem(str(missing), "it cannot be started (No such file or directory)", HINT),)


def test_a_report_that_contradicts_the_exit_status(tmp_path: Path) -> None:
    """Exit status 1 with a report in which every test group passed is a problem."""
    report = '<testsuites><testsuite name=\\"t\\"><testcase name=\\"a\\"/></testsuite></testsuites>'
    fake = program(tmp_path / "promtool", f'echo "{report}" > "${{3#--junit=}}"\nexit 1')
    with pytest.raises(BuildError, match="ended with exit status 1 and unexpected output"):
        Promtool(fake).test_rules([tmp_path / "t"])


def _run(promtool: Promtool, command: str, folder: Path) -> None:
    """Run a command on arbitrary input."""
    file = folder / "file.yaml"
    match command:
        case "check_rules":
            promtool.check_rules([file])
        case "check_config":
            promtool.check_config(file)
        case "test_rules":
            promtool.test_rules([file])
        case _:
            promtool.check_expressions([("panel", "up")])
