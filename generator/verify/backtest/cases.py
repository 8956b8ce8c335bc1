"""The library of cases: the incidents of a platform, each with what must be told of it, and by when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from generator.dsl.platform import Platform
from generator.verify.backtest import curves
from generator.verify.backtest.case import HOUR, MINUTE, NIGHT, Alarm, Case, Due
from generator.verify.simulation.clock import DAY, MONDAY
from generator.verify.simulation.incident import Incident, IncidentKind
from generator.verify.simulation.incident_library import incident_library
from generator.verify.simulation.population import models_in_use

Happening = Mapping[str, tuple[Incident, ...]]
CHAT, SEARCH, API = {"route": "/chat"}, {"route": "/search"}, {"service": "worker-api"}
WARM = 6 * HOUR


def cases(platform: Platform) -> tuple[Case, ...]:
    """Every case, in the report's order. It is written for production's routes and services."""
    happening = incident_library(platform, noon=WARM, night=WARM)
    of_platform = (failing, tenants, models, slow, costly)
    told = (case for family in of_platform for case in family(platform, happening))
    return (*told, *stores(happening), *quiet(happening), *few(platform, happening))


def page(name: str, **subject: str) -> Alarm:
    """An alert that wakes."""
    return Alarm(name, "page", subject)


def ticket(name: str, **subject: str) -> Alarm:
    """An alert that waits for the morning."""
    return Alarm(name, "ticket", subject)


OF_CHAT = Due(page("HighErrorRate", route="/chat", tenant_id=""), 12 * MINUTE)
EACH_ROUTE = (
    "It sends a fifth of all requests to each of three routes, so that each of them fails over its ceiling and is a "
    "page of its own; a route that hid another would hide another outage too."
)
EACH_MODEL = (
    "The route is one page and its models are others, which the static thresholds do not know of: an application that "
    "falls back to another model fails no request, and then the model's page is the only one."
)
SMALL = "tenant-0001"
"""The smallest of the tenants that are simulated: one request of a hundred is its own."""


def failures(route: str) -> tuple[Alarm, ...]:
    """What else a route that fails says, for all and for each tenant."""
    names = ("RouteDown", "HighErrorRate", "ErrorBudgetBurn")
    return (*(page(name, route=route, tenant_id="") for name in names), ticket("HighErrorRate", route=route),
            ticket("ErrorBudgetBurn", route=route))  # fmt: skip


def failing(platform: Platform, happening: Happening) -> tuple[Case, ...]:
    """Requests that fail."""
    may = failures("/chat")
    down = tuple(Due(page("RouteDown", route=route, tenant_id=""), 3 * MINUTE) for route in ("/chat", "/search"))
    burn = Due(ticket("ErrorBudgetBurn", route="/search"), 44 * HOUR)
    leak = replace(happening["slow burn at 1 %"][0], start=3 * DAY, duration=2 * DAY)
    return (
        Case("total outage", "Every request to worker-api fails for 30 minutes.", happening["total outage"], API,
             curves.errors(API), down, (*may, *failures("/search"))),
        Case("5 % errors", "One request of twenty to /chat fails, for an hour.", happening["5 % errors"], CHAT,
             curves.errors(CHAT), (OF_CHAT,), may),
        Case("slow burn at 1 %", "One request of a hundred to /search fails, for two days.", (leak,), SEARCH,
             curves.errors(SEARCH), (burn,), warm_up=3 * DAY, after=HOUR, step=60),
    )  # fmt: skip


def tenants(platform: Platform, happening: Happening) -> tuple[Case, ...]:
    """One tenant's requests fail: of a large one, which is a part of every route, or of one that is hardly seen."""
    large, down = platform.tenants[-1], happening["one tenant down"]
    small = tuple(replace(one, matchers={"tenant_id": SMALL}) for one in down)
    routes = tuple(Due(page("HighErrorRate", route=route, tenant_id=""), 12 * MINUTE) for route in ("/chat", "/search"))
    of_small = Due(ticket("HighErrorRate", tenant_id=SMALL, route="/search"), 12 * MINUTE)
    may = tuple(alarm for route in platform.routes for alarm in failures(route) if alarm.severity == "page")
    return (
        Case("a large tenant down", f"Every request of {large}, a fifth of all, fails for 30 minutes.", down,
             {"tenant_id": large}, curves.errors({"tenant_id": large}), routes,
             (*may, ticket("HighErrorRate", tenant_id=large)), remark=EACH_ROUTE),
        Case("a small tenant down", f"Every request of {SMALL}, one of a hundred, fails for 30 minutes.", small,
             {"tenant_id": SMALL}, curves.errors({"tenant_id": SMALL}), (of_small,),
             (ticket("HighErrorRate", tenant_id=SMALL),), rush=30),
    )  # fmt: skip


def models(platform: Platform, happening: Happening) -> tuple[Case, ...]:
    """Models that fail, and the requests that wait for them."""
    model, may = models_in_use(platform)[0][0], failures("/chat")
    of_model = Due(page("HighAIErrorRate", model=model), 16 * MINUTE)
    return (
        Case("AI out of capacity", f"Three of five calls to {model} fail, for an hour.",
             happening["AI out of capacity"], CHAT, curves.model_errors(model), (of_model,), may, remark=EACH_MODEL),
        Case("a stream that breaks", "Three of ten streams break after their status 200, for 30 minutes.",
             happening["a stream that breaks"], CHAT, curves.errors(CHAT), (OF_CHAT,),
             (*may, page("HighAIErrorRate")), remark=EACH_MODEL),
    )  # fmt: skip


def slow(platform: Platform, happening: Happening) -> tuple[Case, ...]:
    """Requests that take long."""
    model = models_in_use(platform)[0][0]
    search = Due(page("HighLatency", route="/search", tenant_id=""), 16 * MINUTE)
    of_model = Due(ticket("HighAILatency", model=model), 16 * MINUTE)
    return (
        Case("latency step", "/search takes six times longer, for an hour.", happening["latency step"], SEARCH,
             curves.slowest(SEARCH), (search,), (ticket("HighLatency", route="/search"),)),
        Case("latency creep", "/search gets slower for four hours, to twelve times longer.",
             happening["latency creep"], SEARCH, curves.slowest(SEARCH), (replace(search, within=90 * MINUTE),),
             (ticket("HighLatency", route="/search"),)),
        Case("a slow model", f"{model} takes five times longer, for an hour.", happening["a slow model"], CHAT,
             curves.slowest_of_model(model), (of_model,),
             (page("HighLatency", route="/chat"), ticket("HighLatency", route="/chat"))),
    )  # fmt: skip


def costly(platform: Platform, happening: Happening) -> tuple[Case, ...]:
    """Tokens that are spent too fast."""
    largest = platform.tenants[0]
    loop = tuple(replace(one, start=DAY) for one in happening["a runaway loop of tokens"])
    # The loop spends over a million tokens an hour: four fifths of the budget are gone after 2.3 hours, all after 3.3.
    due = (Due(ticket("AICostForecast", tenant_id=largest), 90 * MINUTE),
           Due(ticket("HighAICosts", tenant_id=largest), 150 * MINUTE),
           Due(page("HighAICosts", tenant_id=largest), 210 * MINUTE))  # fmt: skip
    return (
        Case("a runaway loop of tokens", f"A loop of {largest} sends 1.5 chats a second, for eight hours.", loop,
             {"tenant_id": largest}, curves.tokens(largest), due, warm_up=DAY, after=25 * HOUR, step=60, rush=1),
    )  # fmt: skip


def stores(happening: Happening) -> tuple[Case, ...]:
    """Stores that fail, and the requests that wait for them."""
    kv, objects, vectorize = (
        Due(page("StorageErrors", store=store), 12 * MINUTE) for store in ("kv", "durable_objects", "vectorize")
    )
    routes = (*failures("/chat"), *failures("/search"), *failures("/ingest"))
    late = (ticket("HighVectorizeLatency"), page("HighLatency", route="/search"),
            ticket("HighLatency", route="/search"))  # fmt: skip
    return (
        Case("KV 429 storm", "Two of five writes to KV are refused, for an hour; no request waits for them.",
             happening["KV 429 storm"], {}, curves.kv(), (kv,), (ticket("StorageErrors", store="kv"),)),
        Case("Durable Object overload", "One of four calls to Durable Objects throws, for an hour.",
             happening["Durable Object overload"], {}, curves.durable_objects(), (objects,),
             (ticket("StorageErrors", store="durable_objects"), *routes)),
        Case("Vectorize time-outs", "One of five queries ends after 5 s without an answer, for an hour.",
             happening["Vectorize time-outs"], {}, curves.vectorize(), (vectorize,),
             (ticket("StorageErrors", store="vectorize"), *late, *failures("/chat"), *failures("/search"))),
    )  # fmt: skip


def quiet(happening: Happening) -> tuple[Case, ...]:
    """What must wake nobody, and the silence that must."""
    gone = Due(page("TelemetryMissing", **API), 4 * MINUTE)
    night = happening["one failure of two at night"]
    return (
        Case("a deploy's blip", "Three of ten requests to worker-api fail for one minute: nobody is to be woken.",
             happening["a deploy's blip"], API, curves.errors(API)),
        Case("one failure of two at night", "A tenant sends two requests at 3:00, and the first fails.", night,
             night[0].matchers, curves.errors(night[0].matchers), at=NIGHT),
        Case("a new tenant's first failure", "The first request of a new tenant fails.",
             happening["a new tenant's first failure"], CHAT, curves.errors(CHAT)),
        Case("counter reset", "All counters start anew.", happening["counter reset"], {}, curves.errors({})),
        Case("scrape gap", "Nothing is heard of for two minutes.", happening["scrape gap"], {}, curves.errors({})),
        Case("a service gone quiet", "worker-api is silent for an hour, its heartbeat too.",
             happening["a service gone quiet"], API, curves.heartbeat("worker-api"), (gone,)),
    )  # fmt: skip


def few(platform: Platform, happening: Happening) -> tuple[Case, ...]:
    """The same at a few requests a minute: as many as the budgets of platform.yaml make."""
    known = {case.name: case for family in (failing, tenants) for case in family(platform, happening)}
    outage, leak, large = (known[name] for name in ("total outage", "slow burn at 1 %", "a large tenant down"))
    lost = replace(known["5 % errors"], due=(), claim="Some forty requests fail in an hour: too few to wake anybody.")
    search = tuple(due for due in large.due if due.alarm.subject["route"] == "/search")
    # Long windows add up what five minutes' samples show: the fewer failures, the closer the samples must lie.
    return tuple(replace(case, name=f"{case.name}, few requests", rush=1)
                 for case in (outage, lost, replace(leak, step=30), replace(large, due=search)))  # fmt: skip


def ordinary(platform: Platform, days: int = 30) -> Case:
    """Days on which nothing happens but ordinary mishaps: nobody is to be woken, nor told."""
    return Case(f"{days} ordinary days", "Nothing happens but a deploy each working day, a minute in which one request "
                "of five fails; a model that fails one call of ten for two minutes each week; a scrape gap of two "
                "minutes each week; and one failure of two at night each day.", tuple(_mishaps(platform, days)), {},
                curves.errors({}), at=MONDAY, warm_up=0, after=0, step=60, days=days)  # fmt: skip


def _mishaps(platform: Platform, days: int) -> Iterator[Incident]:
    model, night = (
        {"model": models_in_use(platform)[0][0]},
        incident_library(platform)["one failure of two at night"][0],
    )
    for day in range(days):
        yield replace(night, start=day * DAY + 3 * HOUR)
        afternoon = day * DAY + 14 * HOUR
        if day % 7 < 5:
            yield Incident(IncidentKind.COUNTERS_RESET, afternoon, matchers=API)
            yield Incident(IncidentKind.REQUESTS_FAIL, afternoon, MINUTE, 0.2, API)
        elif day % 7 == 5:
            yield Incident(IncidentKind.MODEL_FAILS, afternoon, 2 * MINUTE, 0.1, model)
        else:
            yield Incident(IncidentKind.SAMPLES_MISSING, afternoon, 2 * MINUTE)
