"""What the two tenants and some strangers do, and what goes wrong meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import count
from typing import TypeVar

from tests.e2e.application import Application
from tests.e2e.client import Client, Sent, together
from tests.e2e.planted import HEADERS, PLANTED

RUINED, WELL = "com.rainbowsmokeofficial", "com-mrrainbowsmoke"
"""The tenant whose model will break, and the one that must not notice."""
WRITER = "@cf/meta/llama-3.3-70b-instruct-fp8-fast"
EMBEDDER = "@cf/baai/bge-base-en-v1.5"
OUTSIDE = "11111111-2222-4333-8444-555555555555"
"""The id that a caller from outside would like its requests to have."""
QUESTIONS_AN_HOUR = 30
TOO_LONG = 4_001
"""Characters that a conversation does not take; KV takes 512 bytes in a key."""
PATIENCE = 30.0
"""Seconds that the platform may take for what it does behind the scenes."""
TOPICS = ("rain", "smoke", "colour", "harbour", "lantern", "meadow", "orchard", "pepper", "quarry", "saddle")
T = TypeVar("T")


def clients(application: Application) -> tuple[Client, Client]:
    """Both tenants' users, who send their credentials with every request."""
    return Client(application, RUINED, HEADERS), Client(application, WELL, HEADERS)


def documents_are_given(application: Application) -> list[Sent]:
    """Each tenant gives two documents to each topic, some with what must never be logged."""
    sent = []
    for client in clients(application):
        secrets = iter([*PLANTED.values(), *[""] * len(TOPICS)])
        for topic in TOPICS:
            texts = {f"{topic}-{number}": f"About {topic}: it is number {number}. {next(secrets)}" for number in (1, 2)}
            sent.append(client.ingest(texts))
    return sent


def people_ask(application: Application, rounds: int) -> list[Sent]:
    """Both tenants at once: each round, a search and a chat on every topic, so that from the second on the cache knows
    some answers; conversations bear people's addresses as their names."""
    people = [
        ask
        for number in range(rounds)
        for topic in TOPICS
        for client in clients(application)
        for ask in (
            partial(client.search, f"What of {topic}?"),
            partial(client.chat, f"Tell me of {topic}", session=f"anna.kowalska@mail.example.org/{number}"),
        )
    ]
    return together(people)


def secrets_are_told(application: Application) -> list[Sent]:
    """People put all kinds of secrets into their questions, have some kept, and one is so long that it is refused."""
    return [
        sent
        for client in clients(application)
        for name, secret in PLANTED.items()
        for sent in (
            client.chat(f"My {name} is {secret}, is it safe?", session="careless", remember=f"note of {name}"),
            client.search(f"{name}: {secret}"),
            client.chat(f"{secret} " + "again " * TOO_LONG, session="careless"),
        )
    ]


def strangers_knock(application: Application) -> list[Sent]:
    """Requests without a tenant, of no tenant's name, and to paths that are nobody's route."""
    nobody = Client(application, "", counted="unknown")
    hostile = Client(application, "`} or vector(1) #", counted="other")
    known = Client(application, WELL, {"x-request-id": OUTSIDE})
    return [
        *(nobody.search("Is anybody there?") for _ in range(3)),
        *(hostile.search("Is anybody there?") for _ in range(2)),
        *(known.get(path, "other") for path in ("/", "/admin", "/chat/../wp-login.php")),
    ]


def things_break(application: Application) -> list[Sent]:
    """Streams are cut half-way, the index refuses, a model is slow, its allocation used up, a key too long for KV."""
    ruined, well = clients(application)
    fresh = (f"{word} of its own, number {number}" for number in count() for word in ("Something", "Another"))
    application.order({"model": WRITER, "cut": True, "times": 3})
    sent = [client.chat(next(fresh)) for client in (ruined, well, well)]
    application.order({"binding": "VECTORIZE", "operation": "query", "refuse": 40005, "times": 2})
    sent += [ruined.search(next(fresh)), well.search(next(fresh))]
    application.order({"model": WRITER, "refuse": 3036, "times": 1})
    sent += [well.chat(next(fresh))]
    application.order({"model": WRITER, "wait": 300, "times": 2})
    sent += [ruined.chat(next(fresh)), well.chat(next(fresh))]
    application.order()
    return [*sent, *(client.ingest({"k" * 600: "Its name is too long to be a key."}) for client in (ruined, well))]


def one_asks_too_much(application: Application) -> list[Sent]:
    """Five questions more than a conversation may have in an hour."""
    _, well = clients(application)
    return [well.chat(f"Tell me of {TOPICS[0]}", session="eager") for _ in range(QUESTIONS_AN_HOUR + 5)]


def traffic(application: Application) -> Iterator[list[Sent]]:
    """For as long as it is asked for: a few questions of both tenants, none of which was asked before."""
    both = clients(application)
    for number in count():
        yield together(
            partial(client.chat, f"What is new at {number} and {place}?", session=f"{number}")
            for client in both
            for place in range(3)
        )


def until(holds: Callable[[], T], seconds: float = PATIENCE, meanwhile: Iterable[object] = ()) -> T:
    """What becomes true, or what it is when patience ends. `meanwhile` is drawn from between two looks."""
    work, deadline = iter(meanwhile), time.monotonic() + seconds
    while True:
        found = holds()
        if found or time.monotonic() > deadline:
            return found
        next(work, None)
        time.sleep(0.2)
