"""A file that is not a platform gets one clear problem, before any alias is expanded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator.config.yaml_tree import MAX_BYTES, parse
from tests.config.small_platform import SMALL_PLATFORM, Workspace, changed

SYNTAX = "fix the syntax: check quotes, brackets and the indentation (spaces, no tabs)"
MAPPING = "write a mapping of keys to values"
EMPTY = "the file is empty; write the keys of a platform, or `extends:` and the path of another platform file."


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", f": {EMPTY}"),
        ("# nothing yet\n", f": {EMPTY}"),
        ("---\n", f": {EMPTY}"),
        ("- 1\n", ":1: a list is not a platform; " + MAPPING + "."),
        ("hello\n", ":1: a text is not a platform; " + MAPPING + "."),
        (b"a: 1\nb: \xff\n", ": line 2 is not valid UTF-8; save the file as UTF-8."),
        (
            "a: \u00fc\nb: \x01\n",
            ":2: this line has a control character, which YAML does not allow; remove the character.",
        ),
        (b"#" * (MAX_BYTES + 1), ": the file is larger than 16 MiB; reduce its size."),
    ],
)
def test_a_file_that_is_not_a_platform_gets_one_problem(
    workspace: Workspace, content: str | bytes, expected: str
) -> None:
    """Empty files, values other than mappings, bytes that are not UTF-8 and large files get one problem each."""
    assert workspace.problems({"platform.yaml": content}) == [f"platform.yaml{expected}"]


@pytest.mark.parametrize(
    ("content", "line"), [("a: 1\nb: [1\nc: 2\n", 3), ("a:\n\tb: 1\n", 2), ('a: "b\n', 2), ("a: b: c\n", 1)]
)
def test_a_syntax_error_has_its_line(workspace: Workspace, content: str, line: int) -> None:
    """Open brackets, open quotes, tabs and stray colons are reported at the line where the parser stops."""
    (problem,) = workspace.problems({"platform.yaml": content})
    assert problem.startswith(f"platform.yaml:{line}: YAML syntax error: ")
    assert problem.endswith(f"; {SYNTAX}.")


def test_a_missing_file_a_directory_and_a_pipe_get_their_own_problems(workspace: Workspace) -> None:
    """A path of nothing, of a directory, or of a pipe, which could block, gets a problem of its own."""
    os.mkfifo(workspace.folder / "pipe")
    hint = "give the path of a YAML file."
    assert workspace.problems({}, "none.yaml") == [f"none.yaml: there is no such file; {hint}"]
    assert workspace.problems({}, "pipe") == [f"pipe: this is not a regular file; {hint}"]
    assert workspace.problems({}, str(workspace.folder)) == [f"{workspace.folder}: this is a directory; {hint}"]


def test_a_file_that_cannot_be_read_gets_the_reason(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the operating system is reported with its text."""

    def fail(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", fail)
    expected = "platform.yaml: the file cannot be read (Permission denied); check its path and its permissions."
    assert workspace.problems({"platform.yaml": SMALL_PLATFORM}) == [expected]


def test_every_duplicate_key_is_reported(workspace: Workspace) -> None:
    """Each duplicate key is reported at its line, with the line of the first use."""
    text = changed("  acme: {tokens_per_day: 2000}\n", "  a: {}\n  b: {}\n  a: {}\n  b: {}\n")
    hint = "keep one of the two."
    assert workspace.problems({"platform.yaml": text}) == [
        f"platform.yaml:7 tenants.a: duplicate key, first used in line 5; {hint}",
        f"platform.yaml:8 tenants.b: duplicate key, first used in line 6; {hint}",
    ]


@pytest.mark.parametrize(
    ("key", "what", "hint"),
    [
        ("1", "the key 1 is not a string", "put it in quotes"),
        ("no", "the key no is not a string", "put it in quotes"),
        ("1e3", "the key 1e3 is not a string", "put it in quotes"),
        ("~", "the key ~ is not a string", "put it in quotes"),
        ("?\n  ", "a key is empty", "write its name before the colon"),
        ("[a, b]", "a key is not a plain string", "write a name, without &, *, !, [ or { before it"),
        ("!!str a", "a key is not a plain string", "write a name, without &, *, !, [ or { before it"),
    ],
)
def test_a_key_is_a_string(workspace: Workspace, key: str, what: str, hint: str) -> None:
    """A tenant id that YAML reads as a number, a boolean or a list has to be quoted."""
    text = changed("  acme:", f"  {key}: {{}}\n  acme:")
    assert workspace.problems({"platform.yaml": text}) == [f"platform.yaml:5 tenants: {what}; {hint}."]


def test_tags_are_rejected_and_never_executed(workspace: Workspace) -> None:
    """Every tag is a problem, also one that would run a program."""
    text = changed("platform: small", "platform: !!python/object/apply:os.abort []").replace("15\n", "!x 15\n")
    assert workspace.problems({"platform.yaml": text}) == [
        'platform.yaml:1 platform: tags ("tag:yaml.org,2002:python/object/apply:os.abort") are not supported; '
        "remove the tag.",
        'platform.yaml:10 thresholds.min_requests: tags ("!x") are not supported; remove the tag.',
    ]


def test_a_second_document_is_rejected(workspace: Workspace) -> None:
    """A document after `---` would be ignored, so it is a problem."""
    (problem,) = workspace.problems({"platform.yaml": f"{SMALL_PLATFORM}---\nplatform: other\n"})
    assert problem == "platform.yaml:21: a second YAML document starts here; write one document per file."


def test_nested_aliases_are_rejected_before_they_are_expanded(workspace: Workspace) -> None:
    """Nine levels of nine aliases expand to 387 million values: the anchors are reported and nothing is expanded."""
    levels = [f"  t{n}: &t{n} [{', '.join([f'*t{n - 1}'] * 9)}]\n" for n in range(1, 10)]
    text = changed("  acme: {tokens_per_day: 2000}\n", "  t0: &t0 {}\n" + "".join(levels))
    hint = "write the value in full, or share it between files with `extends`."
    assert workspace.problems({"platform.yaml": text}) == [
        f"platform.yaml:{5 + n} tenants.t{n}: anchors (&t{n}) and aliases are not supported; {hint}" for n in range(10)
    ]


def test_an_alias_without_an_anchor_is_rejected(workspace: Workspace) -> None:
    """An alias is a problem of its own if its anchor is not reported."""
    expected = "platform.yaml:5 tenants.acme: aliases (*x) are not supported; write the value in full."
    assert workspace.problems({"platform.yaml": changed("{tokens_per_day: 2000}", "*x")}) == [expected]


@pytest.mark.parametrize("depth", [100, 100_000])
def test_deep_nesting_is_rejected(depth: int) -> None:
    """A hundred nested lists are a problem, and a hundred thousand do not crash the parser."""
    _, violations = parse(f"a: {'[' * depth}{']' * depth}\n", "platform.yaml")
    (problem,) = [violation.problem for violation in violations]
    assert problem.where.startswith("platform.yaml:1")
    assert "nest" in problem.what


def test_control_characters_are_escaped(workspace: Workspace) -> None:
    """A message shows the escape sequence of a terminal as text."""
    (problem,) = workspace.problems({"platform.yaml": changed("platform: small", r'platform: "\e[31mred"')})
    assert problem.startswith(r'platform.yaml:1 platform: "\x1b[31mred" is not a platform')
