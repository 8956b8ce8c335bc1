"""The flow of a request: its visits to services, and in each the calls that it made, one inside the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from generator.logs.trace.lines import Told
from generator.logs.trace.spans import Visit, visits

SLACK = 20.0
"""Milliseconds by which the clocks of two services may differ, and a visit still lie within the call that led to it."""

DEEPEST = 32
"""Cloudflare lets a request go through no more Workers; what lies deeper is forged, and is not nested."""

METHOD = re.compile(r"(\w+)(?: failed)?\Z")
"""The method at the end of a call's message, "Durable Object increment" or "KV get failed"."""


class Kind(Enum):
    """What a step of the flow is."""

    VISIT = "visit"
    """A service, from the request's arrival to its answer."""
    CALL = "call"
    """A call to a model, a store, or another service."""
    SAID = "said"
    """A line of the application or of telemetry: a moment."""


@dataclass(frozen=True)
class Step:
    """A step, in milliseconds since 1970. `line` tells of its end; a visit that was not answered may have none."""

    kind: Kind
    service: str
    name: str
    start: float
    end: float
    line: Told | None
    failed: bool
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Flow:
    """A request: its visits as found, and the tree of steps that they make."""

    visits: tuple[Visit, ...]
    steps: tuple[Step, ...]

    @property
    def origin(self) -> float:
        """The first arrival, in milliseconds since 1970; where none is told, the first start."""
        arrivals = [visit.arrival.at for visit in self.visits if visit.arrival is not None]
        return min(arrivals or [visit.start for visit in self.visits])

    @property
    def first(self) -> Visit:
        """The visit at which the request came in."""
        return self.visits[0]


def flow(lines: Sequence[Told]) -> Flow:
    """The flow that a request's lines tell; there must be one at least."""
    found = visits(lines)
    above: dict[int, tuple[int, Told | None]] = {}
    depth = [0] * len(found)
    for at, visit in enumerate(found):
        taken = [call for _, call in above.values() if call is not None]
        nest = _above(visit, found[:at], taken)
        if nest is not None and depth[nest[0]] < DEEPEST:
            above[at], depth[at] = nest, depth[nest[0]] + 1
    tops = tuple(_visit(at, found, above) for at in range(len(found)) if at not in above)
    return Flow(tuple(found), tops)


def leads_on(call: Told) -> bool:
    """Whether a call may lead to a service of ours: it goes neither to a model nor to a store that runs no code."""
    return (
        call.step == "call" and not call.metadata.get("model") and call.metadata.get("store") not in ("vectorize", "kv")
    )


def outside(visit: Visit, start: float, end: float) -> float:
    """By how many milliseconds a visit lies outside of a span."""
    return max(0.0, start - visit.start) + max(0.0, visit.end - end)


def _above(visit: Visit, before: Sequence[Visit], taken: Sequence[Told]) -> tuple[int, Told | None] | None:
    """The visit, and of it the call, that a visit lies in: the call that fits best, or else the innermost visit."""
    calls = [
        (outside(visit, call.start, call.at), call.at - call.start, at, call)
        for at, other in enumerate(before)
        for call in other.inside
        if leads_on(call) and not any(call is one for one in taken) and visit.start <= call.at
    ]
    fitting = [one for one in calls if one[0] <= SLACK]
    if fitting:
        _, _, at, call = min(fitting, key=lambda one: one[:3])
        return at, call
    within = [at for at, other in enumerate(before) if outside(visit, other.start, other.end) == 0]
    return (within[-1], None) if within else None


def _visit(at: int, found: Sequence[Visit], above: dict[int, tuple[int, Told | None]]) -> Step:
    visit = found[at]
    nested = [(call, _visit(below, found, above)) for below, (parent, call) in above.items() if parent == at]
    steps = [_step(line, tuple(step for call, step in nested if call is line)) for line in visit.inside]
    steps += [step for call, step in nested if call is None]
    ordered = tuple(sorted(steps, key=lambda step: (step.start, -step.end)))
    route = next((line.route for line in visit.lines if line.route), "")
    name = f"{visit.service} {route}".strip()
    return Step(Kind.VISIT, visit.service, name, visit.start, visit.end, visit.answer, visit.failed, ordered)


def _step(line: Told, below: tuple[Step, ...]) -> Step:
    kind = Kind.CALL if line.step == "call" else Kind.SAID
    start = line.start if kind is Kind.CALL else line.at
    return Step(kind, line.service, _name(line), start, line.at, line, line.failed, below)


def _name(line: Told) -> str:
    """What a step is called: the model, the binding and its method, the store and its operation, or what was said."""
    if line.step != "call":
        return line.message
    model, store, operation, binding = (
        str(line.metadata.get(x) or "") for x in ("model", "store", "operation", "binding")
    )
    method = METHOD.search(line.message) if binding else None
    bound = f"{binding} {method[1]}" if method else binding
    return model or bound or f"{store} {operation}".strip() or line.message
