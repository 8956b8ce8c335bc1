"""Patterns of values that a text assigns to a name: `name=value`, JSON, YAML, literals of programs, lists of headers.

What comes before a value is the first group of a pattern, and stays in the text. Each part is bounded, or cannot fail
once it has started, or ends before a character that starts it: a search takes linear time.
"""

from __future__ import annotations

from collections.abc import Iterable

FILL = r"\x00"
"""Stands in a searched text for each character of what an earlier rule matched, and of a mark."""
BACKSLASHES = r"\\{0,8}"
QUOTE = BACKSLASHES + r"""["'`]"""
SPACE = r"\s{0,8}"
END = r"(?![\s\S])"
TYPED = r"(?::\s?&?(?:str|string|any)\s?)?"
"""The type of a variable before its value."""
LITERAL_FOLLOWS = rf"""(?=\s{{0,8}}(?:{QUOTE}|\[))"""
"""Arrows assign only literals: after them, a name without quotes is a program's."""
EQUALS = rf"(?:{TYPED}(?::=|={{1,3}}(?![=>]))|[=-]>{LITERAL_FOLLOWS})"
VALUE_FIELD = rf"""(?<=["'`]),{SPACE}{BACKSLASHES}["']?values?{BACKSLASHES}["']?{SPACE}[:=]"""
"""Between the name and the value of `{name, value}`."""
ELEMENT = r">(?=[^<>\s][^<>\n]*<\/)"
"""The end of the start tag of an XML element with text."""
LOOKS_RANDOM = r"""(?=\s{0,8}(?:[\\"'`\[{(|>-]|[!-~]{0,40}[0-9]|[!-~]{20}))"""
"""After a colon, a word is a secret only if it has a digit or is long: `auth: login of user 7`."""
KEY = rf"""{BACKSLASHES}["']?[\w.-]{{1,40}}{BACKSLASHES}["']?{SPACE}[:=]{SPACE}"""
NUMBER = "(?:-?[0-9][0-9.eE+-]{0,24}|true|false|null)"
NUMBERS = rf"[\[{{(](?:{SPACE}(?:{KEY})?{NUMBER}{SPACE}(?:,|(?=[\]}})])))*[\]}})]"
"""A list or an object of numbers."""
NO_LITERAL = (
    r"""\{(?![\t-!#-&(-9;<>-_a-z|~-\ud7ff]{0,64}["'`:=])"""
    r"|\[(?:array|(?:object )?object|function|circular|getter)"
)
"""What programs write in place of objects, and a brace of a syntax error."""
NO_SECRETS = (
    "null|nil|none|undefined|true|false|no|ok|required|missing|invalid|expired|empty|unknown|redacted|hidden"
    "|incorrect|not|must|is|was|has|failed|string|number|present|sent|changed|rotated|(?:un|re)?set|(?:dis|en)abled"
)
"""Words in place of a secret: a state, or the start of a sentence."""
PLACEHOLDER = r"\?|\$[0-9]{1,3}|%s|\*{1,64}|<[a-z_ -]{1,32}>|\{[a-z_]{0,32}\}|\$\{[\w.]{1,64}\}|\.{3}|…"
SHORT_NUMBER, ANY_NUMBER = "[0-9]{1,3}", "-?[0-9][0-9.]{0,24}"
VALUE_END = rf"""(?:{QUOTE}|[.:!]?(?:[\s,;&)\]}}]|{END}))"""
WHOLE = rf"""\\{{0,8}}(?:["'`]{FILL}+(?:[\\"'`]|{END})|{FILL}+(?:[\\"'`%s]|{END}))"""
WHOLE_WORD = WHOLE % r"\s,;&)}\]<#"
WHOLE_LINE = WHOLE % r"\r\n}\]"
"""A value that was replaced completely, by an earlier rule or before."""
QUOTED = r"""(["'`])(?:(?!\2)[^\\\n]|\\[^\n])*\2?|(\\{1,8}["'`])(?:(?!(?<!\\)\3)[^\n])*(?:\3)?"""
"""A quoted value to its closing quote, or to the end of the line if it was cut; also of JSON inside JSON."""
PART = r"""\\[^\n]|"(?:[^"\\\n]|\\[^\n])*"?|'(?:[^'\\\n]|\\[^\n])*'?|[^\[\]{}()"'\\]+|\\\n"""
WRAPPER = r"(?:some|ok|secretstr|(?:map|set)\([0-9]{1,4}\) )?"
BLOCK = r"[|>][+-]?(?:\r?\n[ \t]+[^\n]*)+|-[ \t][^\n]*(?:\n[ \t]*-[ \t][^\n]*)*"
"""A block or a list of YAML."""
PLAIN = r"""(?:[^\s"'`&,;<]+|<(?!\/)|[,;&](?![\s"'`\\,;&]|[\w.%-]{1,40}[:=]|(?![\s\S]))|["'`](?=[A-Za-z0-9]))+"""
"""A value without quotes, to white space or the next assignment."""
NESTED_LEVELS = 3


def _brackets(levels: int) -> str:
    """Return the pattern of what is in brackets, to this depth; the end of the text closes all."""
    inner = f"|{_brackets(levels - 1)}" if levels > 1 else ""
    return rf"[\[{{(](?:{PART}{inner})*[\]}})]?"


LITERAL = f"{QUOTED}|{WRAPPER}{_brackets(NESTED_LEVELS)}|{BLOCK}"


def unless(*patterns: str) -> str:
    """Return a pattern that none of these follow, each as a whole value."""
    return rf"(?!\s|{WHOLE_WORD}|{NO_LITERAL}|{NUMBERS}|{BACKSLASHES}[\"'`]?(?:{'|'.join(patterns)}){VALUE_END})"


def assigned(names: str, numbers: str, is_ambiguous: bool = False) -> str:
    """Return the pattern of what is assigned to one of the names, but for these numbers and what is no value.

    After a colon, an ambiguous name is followed by a secret only if it looks random.
    """
    colon = ":" + (LOOKS_RANDOM if is_ambiguous else "")
    separator = rf"{BACKSLASHES}(?:[\"'`]\]?)?(?:{SPACE}(?:{EQUALS}|{colon})|{VALUE_FIELD}|{ELEMENT})"
    quoted_name = rf"{QUOTE}[\w.-]{{0,24}}(?:{names}){QUOTE}"
    pair = rf"""\[{SPACE}{quoted_name}{SPACE},(?={SPACE}{BACKSLASHES}(?:"[^"\n]*"|'[^'\n]*'){SPACE}\])"""
    field = rf"""values?{BACKSLASHES}["']?{SPACE}:(?={SPACE}{BACKSLASHES}(?:"[^"\n]*"|'[^'\n]*'),"""
    name_field = rf"""{SPACE}{BACKSLASHES}["']?(?:name|key|header){BACKSLASHES}["']?{SPACE}:{SPACE}{quoted_name}"""
    before = rf"(?:{names}){separator}|{pair}|{field}{name_field})"
    return rf"((?:{before}){SPACE}{unless(NO_SECRETS, PLACEHOLDER, numbers)})(?:{LITERAL}|{PLAIN})"


def header(names: str) -> str:
    """Return the pattern of the value of a header, to its closing quote or the end of the line."""
    next_text = rf"{QUOTE},(?={SPACE}{QUOTE}(?!values?\b))"
    assignment = rf"{SPACE}(?:[=-]>|:=|={{1,3}}(?!=)|:)|{VALUE_FIELD}|{ELEMENT}"
    separator = rf"""{BACKSLASHES}(?:["'`]\]?)?(?:{assignment})|{next_text}"""
    words = rf"{BACKSLASHES}[\"'`]?(?:{NO_SECRETS}|{PLACEHOLDER}|{ANY_NUMBER}){VALUE_END}"
    not_secret = rf"(?!\s|{WHOLE_LINE}|{NO_LITERAL}|{words})"
    return rf"((?:{names})(?:{separator}){SPACE}{not_secret})(?:{LITERAL}|[^\n]+)"


def parameter(names: str, options: str) -> str:
    """Return the pattern of the value of a parameter of a query, or of an option of a command."""
    before = rf"[?&](?:{names})=|--[\w-]{{0,24}}(?:{options})(?:=|[ \t]{{1,4}}(?!-))"
    return rf"((?:{before}){unless(NO_SECRETS, PLACEHOLDER, ANY_NUMBER)})(?:{QUOTED}|[^\s\"'`&<>#]+)"


def names_pattern(words: Iterable[str], suffixes_of_no_secrets: str) -> str:
    """Return the pattern of names of secrets: words, and what may follow them."""
    suffix = rf"[_.-]?[0-9]{{1,4}}|[_-]?(?:value|hash)|[_-](?!{suffixes_of_no_secrets})[a-z0-9_-]{{1,24}}"
    return rf"(?:{'|'.join(words)})(?:{suffix})?"


def field_names_pattern(words: Iterable[str], suffixes_of_no_secrets: str) -> str:
    """Return the pattern of names of fields whose values are secret, in lower case with `_` between words."""
    return rf"(?:{'|'.join(words)})(?:$|[0-9]|[_.\s-](?!{suffixes_of_no_secrets}))"
