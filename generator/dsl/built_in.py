"""Series that Prometheus itself writes, or scrapes from a file, and queries of them: how many alerts fire, and since
when."""

from __future__ import annotations

from generator.dsl.arguments import require, require_tuple, shown
from generator.dsl.fields import check_fields
from generator.dsl.labels import Label
from generator.dsl.named import Named
from generator.dsl.query import MetricQuery
from generator.dsl.text import require_no_templates
from generator.dsl.units import ALERTS_UNIT, TIME_OF_DAY, Unit
from generator.errors import DefinitionError
from generator.frozen import frozen


@frozen(kw_only=True)
class BuiltIn(Named):
    """A series that no Worker pushes and no rule records: Prometheus itself writes it, or scrapes it."""

    name: str
    labels: tuple[Label, ...]
    help: str

    def __post_init__(self) -> None:
        check_fields(self)
        require_no_templates("BuiltIn", help=self.help)

    def firing(self, severity: str = "", alerts: tuple[str, ...] = ()) -> FiringCount:
        """The number of firing alerts: all pages and tickets, those of one severity, or of these names. Raises
        DefinitionError for a severity that the contract does not list."""
        listed = next((label.listed for label in self.labels if label.name == "severity"), ())
        texts = ", ".join(f'"{value}"' for value in listed)
        hint = f"write one of {texts}, or .firing() for all pages and tickets"
        require((severity,), str, ".firing(…)", "a severity as a text", hint)
        if listed and severity not in ("", *listed):
            raise DefinitionError(f".firing(…) takes a severity, not {shown(severity)}", hint)
        require_tuple(alerts, str, ".firing(…)", "names of alerts", 'write alerts=("AlertName",)', may_be_empty=True)
        return FiringCount(metric=self, severity=severity, alerts=alerts)

    def starts(self, *alerts: str) -> FiringStarts:
        """When the earliest of these alerts began to be true, of those that fire. Raises DefinitionError for what is no
        name of an alert."""
        require_tuple(alerts, str, ".starts(…)", "names of alerts", 'write .starts("AlertName")')
        return FiringStarts(metric=self, alerts=alerts)


@frozen(eq=False, kw_only=True)
class FiringCount(MetricQuery):
    """The number of firing alerts: all pages and tickets, those of one severity, or those of some names."""

    metric: BuiltIn
    severity: str = ""
    alerts: tuple[str, ...] = ()

    @property
    def unit(self) -> Unit:
        return ALERTS_UNIT


@frozen(eq=False, kw_only=True)
class FiringStarts(MetricQuery):
    """When the earliest of some firing alerts began to be true, in milliseconds since 1970."""

    metric: BuiltIn
    alerts: tuple[str, ...]

    @property
    def unit(self) -> Unit:
        return TIME_OF_DAY
