"""The work of each route: whether it calls models, retrieves or indexes documents, and how long it takes by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping

from generator.dsl.platform import Platform
from generator.frozen import frozen
from generator.verify.simulation.distribution import LogNormalMixture


@frozen
class RouteProfile:
    """The work of a route: its requests per chat, its own duration in milliseconds, and which dependencies it calls.

    `p95_ms` is about what a request takes with its calls. `words` are those of routes that are known to do this work.
    """

    requests_per_chat: float
    overhead: LogNormalMixture
    p95_ms: int
    words: frozenset[str] = frozenset()
    retrieves: bool = False
    generates: bool = False
    indexes: bool = False


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CHAT = RouteProfile(
    1,
    LogNormalMixture(25, 0.4),
    4_500,
    _words("answer ask assist assistant chat complete completion completions generate summarize"),
    retrieves=True,
    generates=True,
)
SEARCH = RouteProfile(
    2,
    LogNormalMixture(15, 0.4),
    200,
    _words("find lookup query recommend retrieve search similar suggest"),
    retrieves=True,
)
INGEST = RouteProfile(0.25, LogNormalMixture(350, 0.4), 1_700, _words("embed import index ingest upload"), indexes=True)
OTHER = RouteProfile(0.5, LogNormalMixture(20, 0.4), 45, _words("health login metrics ping status version"))
"""Any further route: it calls no models and no index."""


def route_profiles(platform: Platform) -> Mapping[str, RouteProfile]:
    """Return the work of each route, so that every dashboard of any platform has data.

    No route does work that takes longer than its latency SLO, if another can do it. Among those which can, a word of
    the route decides, such as "chat"; where no word does, the first route chats, the next searches, the last ingests.
    """
    chosen = {route: profile for route in platform.routes if (profile := _named(route, platform)) is not None}
    for profile in (CHAT, SEARCH, INGEST):
        if profile not in chosen.values():
            unnamed = [route for route in platform.routes if route not in chosen and _fits(route, profile, platform)]
            chosen |= dict.fromkeys(unnamed[-1:] if profile is INGEST else unnamed[:1], profile)
    if CHAT not in chosen.values():
        chosen[max(platform.routes, key=lambda route: _slo_ms(route, platform))] = CHAT
    return {route: chosen.get(route, OTHER) for route in platform.routes}


def _named(route: str, platform: Platform) -> RouteProfile | None:
    words = frozenset(re.findall("[a-z]+", route.lower()))
    matching = (profile for profile in (OTHER, CHAT, SEARCH, INGEST) if words & profile.words)
    return next((profile for profile in matching if _fits(route, profile, platform)), None)


def _fits(route: str, profile: RouteProfile, platform: Platform) -> bool:
    return profile.p95_ms <= _slo_ms(route, platform)


def _slo_ms(route: str, platform: Platform) -> float:
    slo = platform.latency.route.value_for(route)
    return float(slo.amount) if slo is not None else float("inf")
