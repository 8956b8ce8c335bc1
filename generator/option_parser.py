"""The parser of the command line: the options that every command has, and wrong usage reported as problems."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from generator.errors import BuildError, Problem, nearest_name

ARGUMENT = re.compile(r"argument (?P<names>[^:]+): (?P<message>.*)", re.DOTALL)
WRONG_TYPE = re.compile(r"invalid (?P<type>\w+) value: (?P<value>.*)", re.DOTALL)
WRONG_CHOICE = re.compile(r"invalid choice: '(?P<value>.*)' \((?:maybe you meant|choose from) .*\)", re.DOTALL)
NOT_WITH = re.compile(r"not allowed with argument (?P<other>.*)", re.DOTALL)
TYPES = {"int": "a whole number", "float": "a number"}
MAX_VALUE = 60
"""How many characters of a wrong value a message has."""


class ProblemParser(argparse.ArgumentParser):
    """A parser whose errors are problems, for a command line and for each command in it; nothing is abbreviated."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **{**settings, "allow_abbrev": False})

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse all arguments. BuildError: the problem of the first wrong one, or of each that is unknown."""
        options, unknown = self.parse_known_args(args, namespace)
        if unknown:
            parser = self.chosen(options)
            # What follows an unknown option may be its value.
            wrong = [argument for argument in unknown if argument.startswith("-")] or unknown
            raise BuildError([parser.unknown_problem(argument) for argument in wrong])
        return options

    def unknown_problem(self, argument: str) -> Problem:
        """The problem of an argument that no option takes."""
        option = argument.partition("=")[0]
        if not option.startswith("-"):
            hint = "remove it, or put quotes around a value that has spaces"
            return self._problem(_shown(argument), "this argument is too many", hint)
        known = (name for action in self._actions for name in action.option_strings if name.startswith("--"))
        return self._problem(_shown(option), "there is no such option", nearest_name(option, known))

    def error(self, message: str) -> NoReturn:
        """Raise a message of argparse as a problem."""
        argument = ARGUMENT.fullmatch(message)
        if argument is None:
            raise BuildError([self._problem("", message, f"{self.prog} --help lists the arguments")])
        names, message = argument["names"], argument["message"]
        if choice := WRONG_CHOICE.fullmatch(message):
            known = (each for action in self._actions if _name_of(action) == names for each in action.choices or ())
            what, hint = f"there is no {names.lower()} {_quoted(choice['value'])}", nearest_name(choice["value"], known)
            raise BuildError([self._problem("", what, hint)])
        if wrong := WRONG_TYPE.fullmatch(message):
            wanted = TYPES.get(wrong["type"], f"a value of type {wrong['type']}")
            raise BuildError([self._problem(names, f"{_shown(wrong['value'])} is not {wanted}", f"give {wanted}")])
        if other := NOT_WITH.fullmatch(message):
            what = f"it has no meaning together with {other['other']}"
            raise BuildError([self._problem(names, what, "remove one of the two")])
        raise BuildError([self._problem(names, message, f"{self.prog} --help describes it")])

    def _problem(self, argument: str, what: str, hint: str) -> Problem:
        return Problem(f"{self.prog} {argument}".rstrip(), what, hint)

    def chosen(self, options: argparse.Namespace) -> ProblemParser:
        """The parser of the command that the arguments chose, which has commands itself where they chose none."""
        for action in self._subparsers_actions():
            parser = action.choices.get(getattr(options, action.dest, None) or "")
            if isinstance(parser, ProblemParser):
                return parser.chosen(options)
        return self

    @property
    def has_commands(self) -> bool:
        """Whether the parser needs the name of a command."""
        return bool(self._subparsers_actions())

    def _subparsers_actions(self) -> list[argparse._SubParsersAction[Any]]:
        return [action for action in self._actions if isinstance(action, argparse._SubParsersAction)]


class OptionParser(ProblemParser):
    """The parser of the generator's commands, with the options that each of them has."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        # Each of these may come before or after the command: where one is not given, its parser must not reset it.
        absent: dict[str, Any] = {"action": "store_true", "default": argparse.SUPPRESS}
        self.add_argument("--json", help="print one JSON document to standard output (docs/cli.md)", **absent)
        self.add_argument("--all", help="show all problems, not only the first 50", **absent)
        self.add_argument("--debug", help="show the traceback of an internal error", **absent)


def exclude(parser: argparse.ArgumentParser, option: str, others: Iterable[str]) -> None:
    """Refuse an option together with each of these others, which it would ignore."""
    actions = parser._option_string_actions
    for other in others:
        pair = parser.add_mutually_exclusive_group()
        pair._group_actions += [actions[other], actions[option]]


def run_module(main: Callable[[], int]) -> int:
    """Run what `python -m` started and return its exit status: 2 after problems, which go to stderr; 130 after
    Ctrl-C."""
    try:
        return main()
    except BuildError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130


def take_no_arguments(module: str, description: str) -> None:
    """Raise BuildError for arguments of a module that takes none; `--help` describes it."""
    ProblemParser(prog=f"python -m {module}", description=description).parse_args()


def _name_of(action: argparse.Action) -> str | None:
    return argparse._get_action_name(action)


def _quoted(text: str) -> str:
    return f'"{_shown(text)}"'


def _shown(text: str) -> str:
    """A wrong value for a message: on one line, for any terminal, and not longer than a message should be."""
    short = text if len(text) <= MAX_VALUE else f"{text[:MAX_VALUE]}…"
    return "".join(x if x.isprintable() else x.encode("unicode_escape").decode() for x in short)
