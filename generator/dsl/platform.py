"""The platform: services, tenants, promises, prices, owners and links, read once from `platform.yaml` and frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from generator.dsl.limit import Limit
from generator.dsl.slo import Objective
from generator.dsl.units import Duration, Quantity
from generator.errors import DefinitionError


@dataclass(frozen=True)
class Errors:
    """What is promised of errors: shares of requests."""

    tenant: Limit
    route: Quantity
    down: Quantity
    objective: Objective
    ai: Quantity


@dataclass(frozen=True)
class Latency:
    """What is promised of latency: the 95th percentile in milliseconds."""

    route: Limit
    ai: Quantity
    vectorize: Quantity


@dataclass(frozen=True)
class Cost:
    """What may be spent: tokens a day per tenant, the part of them that is worth a word, dollars a day for all."""

    budget: Limit
    warning: Quantity
    dollars: Quantity


@dataclass(frozen=True)
class Storage:
    """What is promised of the stores: the share of calls that may fail before a ticket, and before a page."""

    ticket: Quantity
    page: Quantity


@dataclass(frozen=True)
class Price:
    """Dollars per token of a model. `output` is None for one that gives none (an embedding)."""

    input: Quantity
    output: Quantity | None


@dataclass(frozen=True)
class Owner:
    """A team, and the files in Alertmanager's reach that hold the secrets by which it is told."""

    name: str
    page_key_file: str
    ticket_url_file: str


@dataclass(frozen=True)
class Links:
    """Base URLs, without a slash at the end."""

    grafana: str
    runbooks: str


@dataclass(frozen=True)
class Platform:
    """The numbers and names of one installation.

    `services` maps names to routes. `owners` is by family of alerts; `default_owner` owns the families that it lacks.
    `owner_locations` are the locations of the keys of `owners` in the platform's files, for messages.
    """

    name: str
    services: Mapping[str, tuple[str, ...]]
    tenants: tuple[str, ...]
    floor: Quantity
    floor_errors: Quantity
    errors: Errors
    latency: Latency
    cost: Cost
    storage: Storage
    heartbeat: Duration
    prices: Mapping[str, Price]
    owners: Mapping[str, Owner]
    dead_man_url_file: str
    links: Links
    default_owner: Owner | None = None
    owner_locations: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def routes(self) -> tuple[str, ...]:
        """All routes, in the order of the services."""
        return tuple(dict.fromkeys(route for routes in self.services.values() for route in routes))

    @property
    def teams(self) -> tuple[Owner, ...]:
        """All owners, without duplicates, by name."""
        owners = [*self.owners.values(), *([self.default_owner] if self.default_owner else [])]
        by_name = {owner.name: owner for owner in owners}
        return tuple(by_name[name] for name in sorted(by_name))

    def owner_of(self, family: str) -> Owner:
        """Return the owner of a family of alerts. DefinitionError: it has none."""
        owner = self.owners.get(family, self.default_owner)
        if owner is None:
            what = f'no team owns the alerts of the family "{family}"'
            raise DefinitionError(what, f"add `{family}` or `default` to `owners` in platform.yaml")
        return owner
