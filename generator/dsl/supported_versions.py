"""A range of versions of a server that the output is for."""

from __future__ import annotations

import re

from generator.frozen import frozen

VERSION = re.compile(r"v?(\d+)\.(\d+)")


@frozen
class SupportedVersions:
    """The oldest version and, where there is one, the newest, both included. A number has as many parts as are
    compared; `reason` says why the others are not supported."""

    oldest: tuple[int, ...]
    newest: tuple[int, ...] | None = None
    reason: str = ""

    def has(self, version: str) -> bool:
        """Whether a version is in the range; a hidden or unknown one may be."""
        number = _number(version)
        return number is None or not (
            self.is_older(version) or (self.newest and number[: len(self.newest)] > self.newest)
        )

    def is_older(self, version: str) -> bool:
        """Whether a version is known to be older than the range."""
        number = _number(version)
        return number is not None and number < self.oldest

    @property
    def first(self) -> str:
        """The oldest version as text."""
        return ".".join(map(str, self.oldest))

    def __str__(self) -> str:
        return f"{self.first} or newer" if self.newest is None else f"{self.first} to {'.'.join(map(str, self.newest))}"


def _number(version: str) -> tuple[int, ...] | None:
    matched = VERSION.match(version)
    return (int(matched[1]), int(matched[2])) if matched else None
