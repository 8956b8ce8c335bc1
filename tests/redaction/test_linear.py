"""Redaction in Python takes linear time for texts that would make patterns backtrack."""

from __future__ import annotations

import time

import pytest

from generator.logs.redactor import redact

CHARACTERS, FACTOR, GROWTH_LIMIT, RUNS = 1 << 11, 16, 64, 3
"""For 16 times the text, linear work grows about 16 times and quadratic work 256 times; the limit lies between."""
MIN_SECONDS = 0.001
REPEATED = (
    "a",
    "a@a.",
    "%40",
    "4444 ",
    "4444-",
    "+1 ( ",
    "123-45-678",
    "::1 ",
    "AA11 AAAA ",
    "nl44 rabo 0123 4567 88 ",
    "://a:",
    "token=",
    'token="',
    "token:[",
    "token:{a:1,",
    "token:[\\",
    "password='a\\'",
    'value:"a",',
    '["token",',
    "sid=a&",
    "password: |\n a\n",
    "token:\n- a\n",
    "cookie:\n",
    "--token ",
    "phone 1 ",
    "call 12 34 ",
    "\u00ad",
    "pass\u00adword=a ",
    "\uff15",
    "token>",
    "token_a",
    "[redacted:a]",
)


@pytest.mark.parametrize("repeated", REPEATED)
def test_work_grows_with_the_length(repeated: str) -> None:
    """Repetitions of the same text take time in proportion to their number."""
    short = repeated * (CHARACTERS // len(repeated))
    assert seconds(short * FACTOR) / seconds(short) < GROWTH_LIMIT


def seconds(text: str) -> float:
    """The least CPU time of several runs; other processes do not affect it."""
    costs = []
    for _ in range(RUNS):
        start = time.process_time()
        redact(text)
        costs.append(time.process_time() - start)
    return max(min(costs), MIN_SECONDS)
