"""Requests: when they come, what they call, how they end."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import numpy as np

from contract.api import ERRORS, LATENCY, RATE_LIMITED, REQUESTS
from generator.verify.simulation.calls import Asked, Part, generation, indexing, retrieval, session
from generator.verify.simulation.clock import DAY, Flags, Steps, rhythm
from generator.verify.simulation.counting import Told, counted, observed
from generator.verify.simulation.incident import Incident, Kind, World
from generator.verify.simulation.population import Cell

LIMITED = 0.002
"""The share of requests answered with 429."""


def with_applicable_tests(cell: Cell, world: World, seed: int) -> Iterator[Told]:
    """All that a cell's requests tell. Every incident that adds requests draws from a stream of its own, so that the
    others stay as they would have been."""
    lone = world.of(Kind.LONE_REQUESTS, cell.labels)
    at = _ordinary(cell, world, _stream(cell, seed, "arrivals"))
    at = at[~world.during(Kind.LONE_REQUESTS, at, cell.labels)]
    yield from _answered(cell, world, _stream(cell, seed, "requests"), at, np.zeros(at.size, dtype=np.bool_))
    for number, incident in enumerate(lone):
        at = incident.window(world.clock)[0] + np.arange(int(incident.size)) * max(60 // world.clock.step, 1)
        yield from _answered(cell, world, _stream(cell, seed, f"lone {number}"), at, np.arange(at.size) == 0)
    for number, incident in enumerate(world.of(Kind.TRAFFIC_LOOPS, cell.labels)):
        random = _stream(cell, seed, f"loop {number}")
        at = _looping(incident, world, random)
        yield from _answered(cell, world, random, at, np.zeros(at.size, dtype=np.bool_))


def _stream(cell: Cell, seed: int, purpose: str) -> np.random.Generator:
    name = f"{cell.tenant.name}\0{cell.route}\0{cell.service}\0{purpose}"
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def _ordinary(cell: Cell, world: World, random: np.random.Generator) -> Steps:
    a_step = cell.requests * world.clock.step / DAY
    counts = random.poisson(a_step * rhythm(world.clock, cell.tenant.peak_hour))
    return np.repeat(np.arange(1, world.clock.steps + 1), counts)


def _looping(incident: Incident, world: World, random: np.random.Generator) -> Steps:
    first, last = incident.window(world.clock)
    steps = np.arange(first, min(last, world.clock.steps) + 1)
    return np.repeat(steps, random.poisson(incident.size * world.clock.step, steps.size))


def _answered(cell: Cell, world: World, random: np.random.Generator, at: Steps, doomed: Flags) -> Iterator[Told]:
    """What these requests tell; the `doomed` ones fail. While its service is silent, nothing happens."""
    there = ~world.during(Kind.SERVICE_SILENT, at, cell.labels) & (at <= world.clock.steps)
    labels = cell.labels
    limited = there & ~doomed & (random.random(at.size) < LIMITED)
    asked = Asked(cell, world, random, at, there & ~limited)
    answer = _worked_on(asked)
    failed = answer.failed | asked.fails(Kind.REQUESTS_FAIL, labels) | (doomed & there)
    took = answer.took * asked.slow(Kind.REQUESTS_SLOW, labels)
    yield counted(REQUESTS, labels, at, there)
    yield counted(ERRORS, labels, at, failed)
    yield counted(RATE_LIMITED, labels, at, limited)
    yield observed(LATENCY, labels, at, there, np.where(limited, 3.0, took))
    yield from answer.told


def _worked_on(asked: Asked) -> Part:
    profile = asked.cell.profile
    part = Part(asked.draw(profile.overhead), np.zeros(asked.at.size, dtype=np.bool_)) + session(asked)
    if profile.retrieves:
        part += retrieval(asked)
    if profile.generates:
        part += generation(asked)
    if profile.indexes:
        part += indexing(asked)
    return part
