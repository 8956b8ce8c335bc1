"""Secrets that must never be logged: planted in questions, headers, session names and error messages."""

from __future__ import annotations

from collections.abc import Mapping

# The last digit of the card number is its Luhn check digit; the two digits after DE are the IBAN's check digits
# (ISO 13616).
PLANTED: Mapping[str, str] = {
    "an e-mail address": "anna.kowalska@mail.example.org",
    "a card": "4539 1488 0343 6467",
    "an IBAN": "DE89 3704 0044 0532 0130 00",
    "a phone": "+49 30 901820 17",
    "a social security number": "219-09-9998",
    "an IP address": "203.0.113.77",
    "a JWT": ".".join(("eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiJhbm5hIn0", "c2lnbmF0dXJlLW9mLW5vdGhpbmc")),
    "a password in a URL": "postgres://reader:fj3Kq9zT@db.example.org/documents",
    "an API key": "_".join(("sk", "live", "51Hq8ZpLd0cW3vXyT7bNrM2a")),
    "a named secret": 'password="correct horse battery"',
}
"""Texts as people paste them, by type."""
HEADERS: Mapping[str, str] = {
    "Authorization": "Bearer aGVyZS1pcy1hLXRva2Vu",
    "Cookie": "sid=d0nt-l0g-th1s-c00kie",
    "Proxy-Authorization": "Basic cmVhZGVyOmZqM0txOXpU",
}
NEEDLES: Mapping[str, str] = {
    **PLANTED,
    "the password of a URL": "fj3Kq9zT",
    "the words of a named secret": "correct horse",
    **{name: value.split(maxsplit=1)[-1].removeprefix("sid=") for name, value in HEADERS.items()},
}
"""The strings to search for in log lines."""
