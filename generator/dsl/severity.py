"""How urgent an alert is."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class Severity(Enum):
    """How Alertmanager routes an alert."""

    PAGE = "page"
    """Wakes the on-call engineer."""
    TICKET = "ticket"
    """Opens a ticket for working hours."""
    NONE = "none"
    """Notifies nobody: the dead man's switch reacts to the absence of Watchdog, and inhibitors inhibit other alerts."""


PAGE, TICKET, NONE = Severity.PAGE, Severity.TICKET, Severity.NONE
URGENCY = {PAGE: 2, TICKET: 1, NONE: 0}
"""The higher the number, the sooner somebody has to act."""


def name_of(severity: Severity, names: Mapping[Severity, str]) -> str:
    """The value of an alert's label `severity`: the organisation's name of the severity, where it has one."""
    return names.get(severity, severity.value)
