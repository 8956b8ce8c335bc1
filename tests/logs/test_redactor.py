"""The redactor of the log tools where texts are long, or no valid Unicode."""

from __future__ import annotations

import pytest

from generator.logs.redactor import redact

LONG_VALUE = '\\"a' * 100_000


def test_a_value_of_any_length_is_redacted() -> None:
    """300,000 characters of escaped quotes need more stack than PCRE2 has, and nothing of them stays."""
    assert redact(f'password="{LONG_VALUE}" left') == 'password="[redacted:named_secret]" left'


@pytest.mark.parametrize("before", ["\ud800", "\udfff\ud800", "語", "😀"])
def test_what_stands_before_a_secret_stays(before: str) -> None:
    """Half a surrogate pair, a character of three bytes or one of four shift nothing."""
    assert redact(f"{before} password=hunter22, {before}") == f"{before} password=[redacted:named_secret], {before}"


def test_marks_stand_where_the_original_had_the_secret() -> None:
    """After a soft hyphen, a percent-encoded sign and a full-width digit, the mark covers the original's characters."""
    text = "pass\u00adword=a a%40example.com １23-45-6789 end"
    assert redact(text) == "pass\u00adword=[redacted:named_secret] [redacted:email] [redacted:us_ssn] end"
