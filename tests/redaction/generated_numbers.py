"""Numbers of persons from their documented formats: cards, accounts, telephones, addresses; with texts around them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

CARDS = (
    ("4", 13),
    ("4", 16),
    ("4", 19),
    ("51", 16),
    ("55", 16),
    ("2221", 16),
    ("2720", 16),
    ("34", 15),
    ("37", 15),
    ("300", 14),
    ("36", 14),
    ("38", 14),
    ("6011", 16),
    ("65", 16),
    ("62", 19),
    ("3528", 16),
    ("3589", 16),
    ("1800", 15),
    ("2131", 15),
    ("5018", 12),
    ("6304", 13),
    ("6759", 16),
    ("56", 19),
)
"""The first digits of an issuer's cards, and how many digits they have (ISO/IEC 7812-1, and the issuers' pages)."""
ACCOUNTS = {
    "DE": 18,
    "NL": 14,
    "GB": 18,
    "FR": 23,
    "ES": 20,
    "IT": 23,
    "BE": 12,
    "AT": 16,
    "CH": 17,
    "NO": 11,
    "PL": 24,
    "SE": 20,
}
"""How many characters an account has after the check digits (SWIFT's IBAN registry)."""
WITH_CODE = (
    "+49 30 ######",
    "+1-###-###-####",
    "+1 (###) ###-####",
    "+44 (0)20 #### ####",
    "+33 # ## ## ## ##",
    "0044 20 #### ####",
    "+14155######",
    "+86 138 #### ####",
    "+1-###-###-####x###",
    "001-###-###-####x####",
)
AMERICAN = (
    "(415) ###-####",
    "415-###-####",
    "415.###.####",
    "415 ### ####",
    "1-415-###-####",
    "(415)###-####",
    "415-###-####x###",
    "(415) ###-#### ext. ##",
)
LOCAL = (
    "0## #######",
    "0## ### ####",
    "0##/######",
    "0########",
    "### ## ## ##",
    "### ####",
    "##########",
    "0## #### ####",
)
WORDS = (
    "phone: {}",
    "Phone number is {}",
    "Tel. {}",
    "tel: {}",
    "call me at {}",
    "please call {}",
    "Fax {}",
    "mobile {}",
    "my mobile number: {}",
    "desk {}",
    "cell {}",
    "Telefon: {}",
    "Teléfono {}",
    "téléphone : {}",
    "電話 {}",
    "Телефон {}",
    "Handy {}",
    "WhatsApp {}",
    "phone={}",
    '{{"phone":"{}"}}',
)
TEXTS = ("{}", "number {} was rejected", "paid with {}, thanks.", '{{"value":"{}"}}', "id={};", "({})", "to: {}\nnext")


def digits(form: str, source: random.Random) -> str:
    """Return a form with a random digit in place of each `#`."""
    return "".join(source.choice("0123456789") if character == "#" else character for character in form)


def card(source: random.Random) -> str:
    """Return a card number with its check digit, in groups or not."""
    prefix, length = source.choice(CARDS)
    body = digits(prefix + "#" * (length - 1 - len(prefix)), source)
    total = sum(
        sum(divmod(2 * int(digit), 10)) if index % 2 == 0 else int(digit) for index, digit in enumerate(body[::-1])
    )
    number = f"{body}{-total % 10}"
    gap = source.choice(("", "", " ", "-"))
    return gap.join(number[start : start + 4] for start in range(0, len(number), 4))


def account(source: random.Random) -> str:
    """Return an IBAN with its check digits, in capitals or small letters, in groups or not."""
    country = source.choice(list(ACCOUNTS))
    letters = "ABCD" if country in ("GB", "NL") else ""
    body = letters + digits("#" * (ACCOUNTS[country] - len(letters)), source)
    number = int("".join(str(int(character, 36)) for character in f"{body}{country}00"))
    iban = f"{country}{98 - number % 97:02}{body}"
    gap = source.choice(("", " "))
    grouped = gap.join(iban[start : start + 4] for start in range(0, len(iban), 4))
    return grouped if source.random() < 0.5 else grouped.lower()


def address(source: random.Random) -> str:
    """Return an IP address of version 4 or 6."""
    if source.random() < 0.5:
        return ".".join(str(source.randint(1, 254)) for _ in range(4))
    groups = [f"{source.randint(0, 0xFFFF):x}" for _ in range(8)]
    short = f"2001:db8::{groups[0]}:{groups[1]}"
    return source.choice((":".join(groups), short, f"fe80::{groups[2]}:1", f"::ffff:192.0.2.{source.randint(1, 254)}"))


def social_security(source: random.Random) -> str:
    """Return a social security number of the United States."""
    gap = source.choice("- ")
    return gap.join((str(source.randint(100, 665)), f"{source.randint(1, 99):02}", f"{source.randint(1, 9999):04}"))


def email(source: random.Random) -> str:
    """Return an e-mail address."""
    name = source.choice(("jane.doe", "j.d+tag", "müller", "o_neill", "x"))
    return f"{name}{source.choice('@@＠')}{source.choice(('example.com', 'mail.example.co.uk', 'sub.example.org'))}"


def telephone_with_mark(source: random.Random) -> str:
    """Return a telephone number with a country code or American groups, or a local number after a telling word."""
    form = source.choice((WITH_CODE, AMERICAN, LOCAL))
    number = digits(source.choice(form), source)
    return source.choice(WORDS).format(number) if form is LOCAL else number


MAKERS: dict[str, Callable[[random.Random], str]] = {
    "card_number": card,
    "iban": account,
    "ip": address,
    "us_ssn": social_security,
    "email": email,
    "phone": telephone_with_mark,
}


def numbers(kind: str, count: int, seed: int) -> Iterator[str]:
    """Yield texts with a random number of a kind."""
    source = random.Random(seed)
    for _ in range(count):
        yield source.choice(TEXTS).format(MAKERS[kind](source))
