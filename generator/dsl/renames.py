"""A metric's earlier name, while both names are in use."""

from __future__ import annotations

import re
from datetime import date, timedelta

from generator.dsl.fields import check_fields
from generator.errors import DefinitionError
from generator.frozen import frozen

NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


@frozen
class Renamed:
    """The metric was called `name` until the day `since`; the earlier name is read and recorded until the day `until`,
    on which it can be removed."""

    name: str
    since: date
    until: date

    def __post_init__(self) -> None:
        check_fields(self)
        if not NAME.fullmatch(self.name):
            what = f'"{self.name}" is not a valid name of a metric'
            raise DefinitionError(what, "use letters, digits and underscores, and no digit first")
        if self.until <= self.since:
            what = f"the rename from {self.name} ends on {self.until}, and begins on {self.since}"
            raise DefinitionError(what, "write the day from which on the earlier name is not needed as until=")

    @property
    def days(self) -> int:
        """For how many days both names are recorded."""
        return (self.until - self.since).days

    def day_after(self, days: int) -> date:
        """Return the day so many days after both names began to be recorded."""
        return self.since + timedelta(days=days)
