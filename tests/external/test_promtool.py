"""promtool, by subprocess: the real one judges files, and a script plays one that is broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import BuildError, Problem
from generator.external.promtool import Promtool, Verdict
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
- name: quiet when nothing is seen
  interval: 1m
  input_series: [{series: seen, values: "0x10"}]
  alert_rule_test: [{eval_time: 5m, alertname: Seen, exp_alerts: []}]
- name: told, but nobody expects it
  interval: 1m
  input_series: [{series: seen, values: "5x10"}]
  alert_rule_test:
  - {eval_time: 5m, alertname: Seen, exp_alerts: []}
  - {eval_time: 6m, alertname: Seen, exp_alerts: []}
"""
ANOTHER = "set $PROMTOOL to the path of promtool 3.0 or newer, or unset it"

COMMANDS = ("check_rules", "check_config", "test_rules", "check_expressions")


def _write(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_good_rules_have_no_faults(promtool: Promtool, tmp_path: Path) -> None:
    """Rules that Prometheus loads pass, in any number of files; no files at all pass too."""
    files = [_write(tmp_path, f"{name}.yaml", RULES) for name in "ab"]
    assert promtool.check_rules(files) == []
    assert promtool.check_rules([]) == []


def test_every_bad_rule_of_every_file_is_told(promtool: Promtool, tmp_path: Path) -> None:
    """An unclosed parenthesis on line 6, a group named twice, and a bad template: each with its file and its place."""
    unclosed = _write(tmp_path, "unclosed.yaml", RULES.replace("2 * seen", "2 * (seen"))
    twice = _write(tmp_path, "twice.yaml", RULES + RULES.replace("\ngroups:\n", ""))
    told = promtool.check_rules([unclosed, twice])
    assert [problem.where for problem in told] == [f"{unclosed}:6:11", str(twice)]
    assert 'rule 1, "doubled": could not parse expression: 1:10: parse error: unclosed left parenthesis' in told[0].what
    assert told[1].what == 'groupname: "traffic" is repeated in the same file'


def test_two_rules_that_record_the_same_series_are_told(promtool: Promtool, tmp_path: Path) -> None:
    """Prometheus loads a rule that stands twice, and then takes turns: here it is a fault."""
    rule = "  - record: doubled\n    expr: 2 * seen\n"
    (problem,) = promtool.check_rules([_write(tmp_path, "rules.yaml", RULES.replace(rule, rule + rule))])
    assert "1 duplicate rule(s) found. Metric: doubled" in problem.what


def test_expressions_are_mapped_back_to_their_places(promtool: Promtool) -> None:
    """Of four expressions two are wrong, one of them in two places: three faults, each at its own place."""
    told = promtool.check_expressions(
        [
            ("panel A", "sum(rate(requests_total[5m]))"),
            ("panel B", "sum(rate(requests_total[5m])"),
            ("rule C", 'requests_total{route=~"("}'),
            ("panel D", "sum(rate(requests_total[5m])"),
        ]
    )
    assert [problem.where for problem in told] == ["panel B", "panel D", "rule C"]
    assert told[0].what == told[1].what == "could not parse expression: 1:29: parse error: unclosed left parenthesis"
    assert "missing closing )" in told[2].what


@pytest.mark.parametrize("text", ["", "# only a remark", '"a\nb"', "x y"])
def test_texts_that_are_no_expressions(promtool: Promtool, text: str) -> None:
    """Nothing, a remark, a broken string and two words are each told at their place."""
    assert [problem.where for problem in promtool.check_expressions([("good", "up"), ("bad", text)])] == ["bad"]


def test_hostile_texts_reach_promtool_whole(promtool: Promtool) -> None:
    """Quotes, line ends, signs of YAML, control characters and letters beyond the first plane change no expression."""
    value = "' : # {{ }} | > & * % @ </script> \\\\ \\\" \\n \x7f \x85 é 🦆"
    assert promtool.check_expressions([("hostile", f'up{{\n  job="{value}"\n}}')]) == []


def test_thousands_of_expressions_take_one_process(tmp_path: Path) -> None:
    """promtool is started once for 3,000 expressions."""
    starts = tmp_path / "starts"
    fake = program(tmp_path / "promtool", f"echo >> {starts}\necho 'SUCCESS: 3000 rules found'")
    assert Promtool(fake).check_expressions((f"panel {n}", f"up + {n}") for n in range(3000)) == []
    assert starts.read_text(encoding="utf-8") == "\n"


def test_no_expressions_have_no_faults(promtool: Promtool) -> None:
    """Nothing to check is no fault."""
    assert promtool.check_expressions([]) == []


def test_a_configuration_is_checked_with_its_rules(promtool: Promtool, tmp_path: Path) -> None:
    """A good configuration passes; one with an unknown field is told with the field's name."""
    _write(tmp_path, "rules.yaml", RULES)
    good = _write(tmp_path, "good.yaml", "rule_files: [rules.yaml]\n")
    assert promtool.check_config(good) == []
    bad = _write(tmp_path, "bad.yaml", "rule_fils: [rules.yaml]\n")
    (problem,) = promtool.check_config(bad)
    assert problem.where == str(bad)
    assert "rule_fils" in problem.what


def test_each_group_has_its_verdict(promtool: Promtool, tmp_path: Path) -> None:
    """The first group passes; the second fails twice, and both texts name the alert and the minute."""
    _write(tmp_path, "rules.yaml", RULES)
    file = _write(tmp_path, "tests.yaml", TESTS)
    report = promtool.test_rules([file])
    quiet, told = report.verdicts
    assert quiet == Verdict(str(file), "quiet when nothing is seen", ())
    assert (told.name, len(told.failures)) == ("told, but nobody expects it", 2)
    assert "alertname: Seen, time: 5m" in told.failures[0]
    assert "alertname: Seen, time: 6m" in told.failures[1]
    assert report.failed == (told,)


def test_verdicts_of_several_files_are_kept_apart(promtool: Promtool, tmp_path: Path) -> None:
    """Two files with groups of the same names have verdicts of their own."""
    _write(tmp_path, "rules.yaml", RULES)
    files = [_write(tmp_path, name, TESTS) for name in ("one.yaml", "two.yaml")]
    assert [verdict.file for verdict in promtool.test_rules(files).verdicts] == [
        str(f) for f in files for _ in range(2)
    ]


def test_a_test_of_rules_that_are_not_there_is_no_success(promtool: Promtool, tmp_path: Path) -> None:
    """promtool itself only warns, and calls tests that expect quiet a success."""
    file = _write(tmp_path, "tests.yaml", TESTS[: TESTS.index("- name: told")])
    with pytest.raises(BuildError) as raised:
        promtool.test_rules([file])
    (problem,) = raised.value.problems
    assert problem.where == str(tmp_path / "rules.yaml")


def test_a_test_file_that_cannot_be_read(promtool: Promtool, tmp_path: Path) -> None:
    """An unknown field is told with its file, its line and its name."""
    file = _write(tmp_path, "tests.yaml", "tests: []\nwhatever: 1\n")
    with pytest.raises(BuildError) as raised:
        promtool.test_rules([file])
    (problem,) = raised.value.problems
    assert problem.where == str(file)
    assert "line 2: field whatever not found" in problem.what


def test_a_test_file_that_is_not_there(promtool: Promtool, tmp_path: Path) -> None:
    """promtool's own complaint is passed on."""
    with pytest.raises(BuildError, match=r"missing\.yaml' does not exist"):
        promtool.test_rules([tmp_path / "missing.yaml"])


@pytest.mark.parametrize("command", COMMANDS)
def test_one_that_hangs_is_killed_and_told(command: str, tmp_path: Path) -> None:
    """Every command ends when its time is over, with a fault that says how long it had."""
    stuck = Promtool(program(tmp_path / "promtool", "sleep 60 &\nwait"), seconds=0.2)
    with pytest.raises(BuildError) as raised:
        _do(stuck, command, tmp_path)
    (problem,) = raised.value.problems
    assert problem.where == str(stuck.path)
    assert problem.what.endswith("did not end in 0.2 seconds and was killed")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("script", ["echo '<testsuites>'", "echo; exit 0"])
def test_garbage_is_no_success(command: str, script: str, tmp_path: Path) -> None:
    """One that exits with 0 and does not say what a promtool says has proven nothing."""
    with pytest.raises(BuildError, match="left with status 0 and an answer that makes no sense"):
        _do(Promtool(program(tmp_path / "promtool", script)), command, tmp_path)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_crash_is_told_with_its_last_words(command: str, tmp_path: Path) -> None:
    """One that is ended by a signal is told as such, not taken for a finding in the input."""
    crashing = Promtool(program(tmp_path / "promtool", "echo 'fatal: out of memory' >&2\nkill -9 $$"))
    with pytest.raises(BuildError, match=r"left with status -9 .*: fatal: out of memory; set \$PROMTOOL"):
        _do(crashing, command, tmp_path)


def test_one_that_is_gone(tmp_path: Path) -> None:
    """A promtool that vanished since it was found is a fault with a cure."""
    gone = tmp_path / "promtool"
    with pytest.raises(BuildError) as raised:
        Promtool(gone).check_config(tmp_path / "file.yaml")
    assert raised.value.problems == (Problem(str(gone), "it cannot be started (No such file or directory)", ANOTHER),)


def test_a_report_without_its_failures_is_no_success(tmp_path: Path) -> None:
    """Status 1 beside a report in which all passed contradicts itself."""
    report = '<testsuites><testsuite name=\\"t\\"><testcase name=\\"a\\"/></testsuite></testsuites>'
    fake = program(tmp_path / "promtool", f'echo "{report}" > "${{3#--junit=}}"\nexit 1')
    with pytest.raises(BuildError, match="left with status 1 and an answer that makes no sense"):
        Promtool(fake).test_rules([tmp_path / "t"])


def _do(promtool: Promtool, command: str, folder: Path) -> None:
    """Runs one command on input that does not matter."""
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
