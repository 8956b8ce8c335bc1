"""A file that is no platform at all is refused in one clear line, before anything of it is expanded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator.config.yaml_reader import LARGEST_BYTES, tree_of
from tests.config.small import SMALL, Room, spoilt

SYNTAX = "mend the syntax: look at quotes, brackets, and the indentation (spaces, no tabs)"
MAPPING = "give a mapping of keys to values"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", ": the file is empty; write a platform, or `extends:` and the name of one."),
        ("# nothing yet\n", ": the file is empty; write a platform, or `extends:` and the name of one."),
        ("---\n", ": the file is empty; write a platform, or `extends:` and the name of one."),
        ("- 1\n", ":1: a list is not a platform; " + MAPPING + "."),
        ("hello\n", ':1: "hello" is not a platform; ' + MAPPING + "."),
        (b"a: 1\nb: \xff\n", ": line 2 is not UTF-8; save the file as UTF-8."),
        (
            "a: \u00fc\nb: \x01\n",
            ":2: it holds a character that YAML does not allow; remove the control character.",
        ),
        (b"#" * (LARGEST_BYTES + 1), ": it is larger than 16 MiB; give a smaller file."),
    ],
)
def test_what_is_no_platform_is_refused(room: Room, content: str | bytes, expected: str) -> None:
    """An empty file, another kind of value, other bytes than UTF-8, or too many of them: one fault each."""
    assert room.problems({"platform.yaml": content}) == [f"platform.yaml{expected}"]


@pytest.mark.parametrize(
    ("content", "line"), [("a: 1\nb: [1\nc: 2\n", 3), ("a:\n\tb: 1\n", 2), ('a: "b\n', 2), ("a: b: c\n", 1)]
)
def test_broken_syntax_is_told_with_its_line(room: Room, content: str, line: int) -> None:
    """Open brackets and quotes, tabs and stray colons are faults at the line where YAML stumbles."""
    (problem,) = room.problems({"platform.yaml": content})
    assert problem.startswith(f"platform.yaml:{line}: this is not YAML: ")
    assert problem.endswith(f"; {SYNTAX}.")


def test_no_file_and_a_directory_are_told_apart(room: Room) -> None:
    """A path that leads to nothing, to a directory, or to a pipe that would never end: one fault each."""
    os.mkfifo(room.folder / "pipe")
    missing = "there is no such file; give the path of a YAML file."
    assert room.problems({}, "none.yaml") == [f"none.yaml: {missing}"]
    assert room.problems({}, "pipe") == [f"pipe: {missing}"]
    assert room.problems({}, str(room.folder)) == [f"{room.folder}: it is a directory; name a YAML file in it."]


def test_a_file_that_cannot_be_opened_is_told(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system refuses is said in the system's words."""

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    expected = "platform.yaml: it cannot be opened (Permission denied); let this user read it."
    assert room.problems({"platform.yaml": SMALL}) == [expected]


def test_every_key_that_is_given_twice_is_told(room: Room) -> None:
    """Each repetition is a fault at its own line, that names the first one's."""
    text = spoilt("  acme: {tokens_per_day: 2000}\n", "  a: {}\n  b: {}\n  a: {}\n  b: {}\n")
    hint = "keep one of the two."
    assert room.problems({"platform.yaml": text}) == [
        f"platform.yaml:7 tenants.a: the key is given twice, first in line 5; {hint}",
        f"platform.yaml:8 tenants.b: the key is given twice, first in line 6; {hint}",
    ]


@pytest.mark.parametrize(
    ("key", "what", "hint"),
    [
        ("1", "the key 1 is not text", "put it in quotes"),
        ("no", "the key no is not text", "put it in quotes"),
        ("1e3", "the key 1e3 is not text", "put it in quotes"),
        ("~", "the key ~ is not text", "put it in quotes"),
        ("?\n  ", "the key that is empty is not text", "put it in quotes"),
        ("[a, b]", "a key is not plain text", "write each key as a word, without & * ! [ {"),
        ("!!str a", "a key is not plain text", "write each key as a word, without & * ! [ {"),
    ],
)
def test_a_key_is_text(room: Room, key: str, what: str, hint: str) -> None:
    """A tenant whose id YAML takes for a number or a truth value must be quoted."""
    text = spoilt("  acme:", f"  {key}: {{}}\n  acme:")
    assert room.problems({"platform.yaml": text}) == [f"platform.yaml:5 tenants: {what}; {hint}."]


def test_tags_are_refused_and_never_obeyed(room: Room) -> None:
    """A tag that would run a program is a fault, and so is any other."""
    text = spoilt("platform: small", "platform: !!python/object/apply:os.abort []").replace("15\n", "!x 15\n")
    assert room.problems({"platform.yaml": text}) == [
        'platform.yaml:1 platform: tags ("tag:yaml.org,2002:python/object/apply:os.abort") are not read; '
        "remove the tag.",
        'platform.yaml:7 promises.floor_requests: tags ("!x") are not read; remove the tag.',
    ]


def test_a_second_document_is_refused(room: Room) -> None:
    """What follows `---` would be lost in silence."""
    (problem,) = room.problems({"platform.yaml": f"{SMALL}---\nplatform: other\n"})
    assert problem == "platform.yaml:19: a second document begins; keep one document in a file."


def test_a_bomb_is_refused_before_it_is_expanded(room: Room) -> None:
    """Nine levels of nine aliases stand for 387 million values; the anchors are complained of, nothing is built."""
    levels = [f"  t{n}: &t{n} [{', '.join([f'*t{n - 1}'] * 9)}]\n" for n in range(1, 10)]
    text = spoilt("  acme: {tokens_per_day: 2000}\n", "  t0: &t0 {}\n" + "".join(levels))
    hint = "write the value out, or lay files over with `extends`."
    assert room.problems({"platform.yaml": text}) == [
        f"platform.yaml:{5 + n} tenants.t{n}: anchors (&t{n}) and aliases are not read; {hint}" for n in range(10)
    ]


def test_an_alias_of_nothing_is_refused(room: Room) -> None:
    """An alias without its anchor is a fault of its own."""
    expected = "platform.yaml:5 tenants.acme: the alias *x is not read; write the value out."
    assert room.problems({"platform.yaml": spoilt("{tokens_per_day: 2000}", "*x")}) == [expected]


@pytest.mark.parametrize("depth", [100, 100_000])
def test_what_is_nested_too_deep_is_refused(depth: int) -> None:
    """Brackets by the hundred are a fault, and by the hundred thousand no crash."""
    _, findings = tree_of(f"a: {'[' * depth}{']' * depth}\n", "platform.yaml")
    (problem,) = [finding.problem for finding in findings]
    assert problem.where.startswith("platform.yaml:1")
    assert "nest" in problem.what


def test_what_a_terminal_would_obey_is_escaped(room: Room) -> None:
    """A value with an escape sequence is told with the sequence spelt out."""
    (problem,) = room.problems({"platform.yaml": spoilt("platform: small", r'platform: "\e[31mred"')})
    assert problem.startswith(r'platform.yaml:1 platform: "\x1b[31mred" is not a platform')
