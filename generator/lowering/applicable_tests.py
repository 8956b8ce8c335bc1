"""Which stories hold for a platform: those whose alert is judged on it as on the platform that they are told in."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import partial

from generator.definitions import attempt
from generator.dsl.alert import Alert
from generator.dsl.alert_test import Story
from generator.dsl.limit import Limit
from generator.dsl.platform import Platform
from generator.lowering.alerts import lower_alert
from generator.lowering.queries import Reader
from generator.lowering.recording_rules import Ledger


def holds(story: Story, alerts: Iterable[Alert], platform: Platform, plan: Platform) -> bool:
    """Whether the rules of a story's alert say of all that it names on a platform what they say on `plan`, in whose
    numbers it is told. One that cannot be told holds: the laws tell what is wrong with it."""
    told = attempt(partial(story.tells, plan), [])
    if told is None:
        return True
    mine = [alert for alert in alerts if alert.name == story.alert]
    named = {value for flow in told.flows for value in flow.labels.values()}
    return rules(mine, narrowed(platform, named)) == rules(mine, narrowed(plan, named))


def rules(alerts: Iterable[Alert], platform: Platform) -> tuple[object, ...]:
    """All that judges alerts on a platform: their expressions, how long each lasts and lingers, what is recorded."""
    ledger = Ledger()
    reader = Reader(platform, ledger)
    lowered = [attempt(partial(lower_alert, reader, alert), []) for alert in alerts]
    return (*((one.expression, one.lasting, one.lingering) for one in lowered if one), *ledger.rules())


def narrowed(platform: Platform, named: Collection[str]) -> Platform:
    """A platform without the services, limits and prices that nobody named has."""

    def limit(given: Limit) -> Limit:
        return replace(given, overrides={one: each for one, each in given.overrides.items() if one in named})

    return replace(
        platform,
        services={service: routes for service, routes in platform.services.items() if service in named},
        errors=replace(platform.errors, tenant=limit(platform.errors.tenant)),
        latency=replace(platform.latency, route=limit(platform.latency.route)),
        cost=replace(platform.cost, tokens_per_day=limit(platform.cost.tokens_per_day)),
        model_prices={model: price for model, price in platform.model_prices.items() if model in named},
    )
