"""The counterparts of metrics and labels in semantic conventions that others publish, such as OpenTelemetry's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from generator.dsl.fields import check_fields
from generator.dsl.text import require_no_templates
from generator.errors import DefinitionError
from generator.frozen import frozen


@frozen
class ConventionRegistry:
    """A published registry of conventions in Weaver's format: `schema_url` identifies it and its version, `path` is
    where Weaver reads it. `attributes` and `metrics` are the names in it that the contract may refer to."""

    schema_url: str
    path: str
    attributes: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_fields(self)


@frozen
class ConventionVersion:
    """A version of conventions for metrics. Platform files name it by its `id`; `source` is the page that was read on
    the day `read_on`."""

    id: str
    source: str
    read_on: date

    def __post_init__(self) -> None:
        check_fields(self)


@frozen(eq=False, kw_only=True)
class ConventionMetric:
    """A metric of a convention: its name in each version that has it, its instrument (`counter` or `histogram`), its
    unit in UCUM, and its stability."""

    names: Mapping[ConventionVersion, str]
    instrument: str
    unit: str
    stability: str

    def __post_init__(self) -> None:
        check_fields(self)
        if not self.names:
            raise DefinitionError("a metric of a convention without a name", 'write names={VERSION: "a.name"}')


@frozen(kw_only=True)
class ConventionAttribute:
    """An attribute of a convention: its name, its stability, and the registry that defines it."""

    name: str
    stability: str
    registry: ConventionRegistry

    def __post_init__(self) -> None:
        check_fields(self)


@frozen
class NoCounterpart:
    """No convention has a counterpart, because of `reason`."""

    reason: str

    def __post_init__(self) -> None:
        check_fields(self)
        require_no_templates("NoCounterpart", reason=self.reason)
