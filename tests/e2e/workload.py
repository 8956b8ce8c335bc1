"""The requests of two tenants and of unknown clients, and the failures injected meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import count
from typing import TypeVar

from tests.e2e.application import Application
from tests.e2e.client import Client, SentRequest, send_in_parallel
from tests.e2e.planted_secrets import HEADERS, PLANTED

FAILING_TENANT, HEALTHY_TENANT = "com.rainbowsmokeofficial", "com-mrrainbowsmoke"
"""The tenant whose model fails, and the one that must not be affected."""
CHAT_MODEL = "@cf/meta/llama-3.3-70b-instruct-fp8-fast"
EMBEDDING_MODEL = "@cf/baai/bge-base-en-v1.5"
EXTERNAL_REQUEST_ID = "11111111-2222-4333-8444-555555555555"
"""The id that an external client sends with its requests."""
QUESTIONS_PER_HOUR = 30
TOO_LONG = 4_001
"""Characters of a question that a session rejects."""
WAIT_TIMEOUT = 30.0
"""Seconds that asynchronous work of the platform may take."""
TOPICS = ("rain", "smoke", "colour", "harbour", "lantern", "meadow", "orchard", "pepper", "quarry", "saddle")
T = TypeVar("T")


def clients(application: Application) -> tuple[Client, Client]:
    """Return both tenants' users, who send their credentials with every request."""
    return Client(application, FAILING_TENANT, HEADERS), Client(application, HEALTHY_TENANT, HEADERS)


def ingest_documents(application: Application) -> list[SentRequest]:
    """Each tenant sends two documents on each topic, some of which contain secrets."""
    sent = []
    for client in clients(application):
        secrets = iter([*PLANTED.values(), *[""] * len(TOPICS)])
        for topic in TOPICS:
            texts = {f"{topic}-{number}": f"About {topic}: it is number {number}. {next(secrets)}" for number in (1, 2)}
            sent.append(client.ingest(texts))
    return sent


def ask_questions(application: Application, rounds: int) -> list[SentRequest]:
    """Both tenants in parallel send a search and a chat on every topic each round.

    From the second round on some retrievals are cached. The session names contain an e-mail address.
    """
    return send_in_parallel(
        send
        for number in range(rounds)
        for topic in TOPICS
        for client in clients(application)
        for send in (
            partial(client.search, f"What about {topic}?"),
            partial(client.chat, f"Tell me about {topic}", session=f"anna.kowalska@mail.example.org/{number}"),
        )
    )


def send_secrets(application: Application) -> list[SentRequest]:
    """Users put all types of secrets into their questions, store some as documents, and send one that is rejected as
    too long."""
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


def send_from_unknown_clients(application: Application) -> list[SentRequest]:
    """Send requests without a tenant, with an invalid tenant, and to paths without a route."""
    without_tenant = Client(application, "", counted_as="unknown")
    invalid = Client(application, "`} or vector(1) #", counted_as="other")
    external = Client(application, HEALTHY_TENANT, {"x-request-id": EXTERNAL_REQUEST_ID})
    return [
        *(without_tenant.search("Is anybody there?") for _ in range(3)),
        *(invalid.search("Is anybody there?") for _ in range(2)),
        *(external.get(path, "other") for path in ("/", "/admin", "/chat/../wp-login.php")),
    ]


def send_during_failures(application: Application) -> list[SentRequest]:
    """Streams break halfway, the index fails, a model has no allocation left or is slow, a key is too long for KV."""
    failing, healthy = clients(application)
    questions = (f"{word} of its own, number {number}" for number in count() for word in ("Something", "Another"))
    application.inject_failures({"model": CHAT_MODEL, "truncate": True, "times": 3})
    sent = [client.chat(next(questions)) for client in (failing, healthy, healthy)]
    application.inject_failures({"binding": "VECTORIZE", "operation": "query", "error_code": 40005, "times": 2})
    sent += [failing.search(next(questions)), healthy.search(next(questions))]
    application.inject_failures({"model": CHAT_MODEL, "error_code": 3036, "times": 1})
    sent += [healthy.chat(next(questions))]
    application.inject_failures({"model": CHAT_MODEL, "delay_ms": 300, "times": 2})
    sent += [failing.chat(next(questions)), healthy.chat(next(questions))]
    application.inject_failures()
    return [*sent, *(client.ingest({"k" * 600: "Its id is too long for a key."}) for client in (failing, healthy))]


def exceed_rate_limit(application: Application) -> list[SentRequest]:
    """Send five questions more than a session may have in an hour."""
    _, healthy = clients(application)
    return [healthy.chat(f"Tell me about {TOPICS[0]}", session="eager") for _ in range(QUESTIONS_PER_HOUR + 5)]


def background_traffic(application: Application) -> Iterator[list[SentRequest]]:
    """Yield, without end, the results of a few questions of both tenants; every question is new."""
    both = clients(application)
    for number in count():
        yield send_in_parallel(
            partial(client.chat, f"What is new at {number} and {place}?", session=f"{number}")
            for client in both
            for place in range(3)
        )


def wait_until(condition: Callable[[], T], seconds: float = WAIT_TIMEOUT, meanwhile: Iterable[object] = ()) -> T:
    """Return the first truthy result of a condition, or its last result after a timeout. Between two checks the next
    item of `meanwhile` is consumed."""
    work, deadline = iter(meanwhile), time.monotonic() + seconds
    while True:
        result = condition()
        if result or time.monotonic() > deadline:
            return result
        next(work, None)
        time.sleep(0.2)
