"""Slips in whole modules: imports, Python's syntax, encodings, and exits."""

from __future__ import annotations

from tests.slips.slip import Slip


def module(source: str | bytes, what: str, hint: str, line: int = 0) -> Slip:
    """A slip in a module of alerts."""
    return Slip("alerts.slip", source, what, hint, line)


SYNTAX, FIX = "fix the Python syntax", "fix this line of the definition"
IMPORTS = (
    module("from contract.api import ERORS  #!\n", 'there is no "ERORS"', 'did you mean "ERRORS"'),
    module("from contract.apy import ERRORS  #!\n", 'there is no "apy"', 'did you mean "api"'),
    module("from contrakt.api import ERRORS  #!\n", 'there is no "contrakt"', ""),
    module("import contract.api\ncontract.api.ERORS  #!\n", 'there is no "ERORS"', 'did you mean "ERRORS"'),
    module("from generator.dsl.units import minute  #!\n", 'there is no "minute"', 'did you mean "minutes"'),
    module("from ...contract import api  #!\n", "ImportError: attempted relative import", FIX),
    module("import requests_not_installed  #!\n", 'there is no "requests_not_installed"', ""),
)
PYTHON = (
    module("window = (5\n", "'(' was never closed", SYNTAX, line=1),
    module("def broken(:\n    pass\n", "invalid syntax", SYNTAX, line=1),
    module("if True:\nwindow = 5\n", "expected an indented block", SYNTAX, line=2),
    module("if True:\n    a = 1\n\tb = 2\n", "inconsistent use of tabs", SYNTAX, line=3),
    module('text = "five\n', "unterminated string literal", SYNTAX, line=1),
    module("return 5\n", "'return' outside function", SYNTAX, line=1),
    module("window = 5 minutes\n", "invalid", SYNTAX, line=1),
    module("window = 05\n", "leading zeros in decimal integer", SYNTAX, line=1),
    module("print 'fires'\n", "Missing parentheses in call to 'print'", SYNTAX, line=1),
    module('text = "\\d"\n', "invalid escape sequence '\\d'", "write two backslashes, or r before the quotes", line=1),
    module('def f():\n    """A \\d."""\n', "invalid escape sequence '\\d'", "write two backslashes", line=2),
    module("window = 5 is 5\n", '"is" with', SYNTAX, line=1),
    module("window = 5(6)\n", "'int' object is not callable; perhaps you missed a comma?", SYNTAX, line=1),
    module("assert (1, 'one')\n", "assertion is always true", SYNTAX, line=1),
    module("True = 5\n", "cannot assign to True", SYNTAX, line=1),
    module(b"text = '\xff'\n", "can't decode byte 0xff", SYNTAX, line=1),
    module("a = 1\0\n", "null bytes", SYNTAX, line=-1),
    module("undefined_name  #!\n", 'there is no "undefined_name"', ""),
    module("raise RuntimeError  #!\n", "RuntimeError", FIX),
    module("assert 1 > 2, 'never'  #!\n", "AssertionError: never", FIX),
    module("{}['a']  #!\n", "KeyError: 'a'", FIX),
    module("import sys\nsys.exit('bye')  #!\n", "SystemExit would end the command", "remove this exit"),
    module("raise KeyboardInterrupt  #!\n", "KeyboardInterrupt would end the command", "remove this exit"),
    module("def endless():\n    return endless()  #!\nendless()\n", "RecursionError", FIX),
)
