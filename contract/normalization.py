"""Characters that look like others to a reader, and hide secrets from patterns: a fixed table for both languages, whose
versions of Unicode differ."""

from generator.dsl.log import Normalization

NORMALIZATION = Normalization(
    wide=r"\uff01-\uff5e",
    dashes=r"\u2010-\u2015\u2212\ufe58\ufe63",
    spaces=r"\xa0\u2000-\u200a\u202f\u205f\u3000",
    ignored=r"\xad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff",
)
