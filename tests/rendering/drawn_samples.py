"""Dashboards built by hand, with every kind of panel and every way to draw one."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from contract.labels import ROUTE, TENANT
from generator.dsl.labels import BUCKET_BOUND, Label, Matcher
from generator.ir.dashboard import (
    Annotation,
    Colour,
    Drawn,
    DrawnColumn,
    DrawnPanel,
    DrawnRow,
    Kind,
    Place,
    Shape,
    Step,
    Target,
    Variable,
)
from generator.ir.expression import Aggregate, Binary, Call, Dynamic, Expression, Scalar, Selector

PLAIN = (Step(Colour.PLAIN, None),)
BOUNDED = (Step(Colour.GOOD, None), Step(Colour.WARN, 0.8), Step(Colour.BAD, 1.0))
PICKED = (TENANT.picked(), ROUTE.picked())


def rate(
    name: str, *by: Label, matchers: tuple[Matcher, ...] = PICKED, over: Dynamic = Dynamic.RATE_INTERVAL
) -> Aggregate:
    """The rate of a counter."""
    return Aggregate("sum", Call("rate", (Selector(name, matchers, over),)), by)


def p95(*by: Label) -> Expression:
    """The 95th percentile of latency."""
    return Call("histogram_quantile", (Scalar(Fraction("0.95")), rate("latency_ms_bucket", BUCKET_BOUND, *by)))


SHARE = Binary("/", rate("errors_total"), rate("requests_total"))
WORST = Aggregate("topk", rate("errors_total", TENANT, matchers=(), over=Dynamic.RANGE), (), Scalar(Fraction(20)))

LATENCY = DrawnPanel(
    id=11,
    name="latency",
    kind=Kind.LINES,
    title="How long requests take",
    description="What the slowest 5 % wait, by route.",
    unit="ms",
    place=Place(0, 1, 12, 8),
    targets=(
        Target("A", p95(ROUTE), "{{route}}"),
        Target("B", Selector("route:latency_ms:limit"), "limit", limit=True),
    ),
    steps=PLAIN,
    empty="No traffic",
)
ERRORS = replace(
    LATENCY,
    id=12,
    name="errors",
    title="Which share of requests fails",
    unit="percentunit",
    place=Place(12, 1, 12, 8),
    targets=(Target("A", SHARE, "errors"),),
    steps=(Step(Colour.GOOD, None), Step(Colour.BAD, 0.02)),
    dashed=True,
    least=0,
    most=1,
)
TOKENS = replace(
    LATENCY,
    id=13,
    name="tokens",
    title="Tokens in and out",
    unit="suffix: tok/s",
    place=Place(0, 9, 12, 8),
    targets=(Target("A", rate("ai_tokens_input"), "in"), Target("B", rate("ai_tokens_output"), "out")),
    stacked=True,
)
TRAFFIC = DrawnPanel(
    id=21,
    name="traffic",
    kind=Kind.NUMBER,
    title="Requests",
    description="How many requests come in a second.",
    unit="reqps",
    place=Place(12, 9, 4, 4),
    targets=(Target("A", rate("requests_total"), "requests"),),
    steps=PLAIN,
    empty="No traffic",
    trend=True,
)
FIRING = replace(
    TRAFFIC,
    id=22,
    name="firing",
    title="Alerts firing",
    unit="none",
    place=Place(16, 9, 4, 4),
    targets=(Target("A", Call("count", (Selector("ALERTS"),)), "alerts", instant=True),),
    steps=BOUNDED,
    empty="0",
    trend=False,
)
BUDGET = replace(
    FIRING,
    id=23,
    name="budget",
    kind=Kind.DIAL,
    title="Budget used",
    unit="percentunit",
    place=Place(20, 9, 4, 4),
    least=0,
    most=1,
    empty="No traffic",
)
ROUTES = replace(
    FIRING,
    id=24,
    name="routes",
    kind=Kind.BARS,
    title="Dollars by route",
    unit="currencyUSD",
    place=Place(12, 13, 12, 4),
    targets=(Target("A", rate("requests_total", ROUTE, over=Dynamic.RANGE), "{{route}}", instant=True),),
)
SPREAD = replace(
    LATENCY,
    id=31,
    name="spread",
    kind=Kind.HEAT,
    title="How latency spreads",
    place=Place(0, 18, 12, 8),
    targets=(Target("A", rate("vectorize_latency_ms_bucket", BUCKET_BOUND), "{{le}}", shape=Shape.HEATMAP),),
)
TENANTS = DrawnPanel(
    id=32,
    name="tenants",
    kind=Kind.TABLE,
    title="The worst tenants",
    description="Who fails most.",
    unit="short",
    place=Place(12, 18, 12, 8),
    targets=(
        Target("A", WORST, "", instant=True, shape=Shape.TABLE),
        Target("B", replace(WORST, inner=rate("requests_total", TENANT)), "", instant=True, shape=Shape.TABLE),
    ),
    steps=PLAIN,
    empty="No traffic",
    label=TENANT,
    opens="/d/workers-ai-tenant?var-tenant=",
    columns=(
        DrawnColumn("A", "Error share", "percentunit", BOUNDED),
        DrawnColumn("B", "Dollars", "currencyUSD", PLAIN),
    ),
)
ONE_COLUMN = replace(
    TENANTS,
    id=33,
    title="One column",
    place=Place(0, 26, 24, 6),
    targets=TENANTS.targets[:1],
    columns=TENANTS.columns[:1],
)
OVERVIEW = Drawn(
    name="overview",
    uid="workers-ai-overview",
    title="Workers AI / Overview",
    description="Is anything wrong?",
    tags=("workers-ai", "overview"),
    variables=(
        Variable(
            "tenant", "Tenant", TENANT, Selector("requests_total"), several=False, first="com.rainbowsmokeofficial"
        ),
        Variable("route", "Route", ROUTE, Selector("requests_total", (TENANT.picked(),)), several=True, first=""),
    ),
    annotations=(Annotation("Firing", Selector("ALERTS"), "{{alertname}}", "{{severity}} for {{owner}}", Colour.BAD),),
    links=(("Tenant", "workers-ai-tenant"), ("AI", "workers-ai-ai"), ("Storage", "workers-ai-storage")),
    rows=(
        DrawnRow(1, "What is wrong now?", 0, (LATENCY, ERRORS, TOKENS, TRAFFIC, FIRING, BUDGET, ROUTES)),
        DrawnRow(2, "Who and why?", 17, (SPREAD, TENANTS, ONE_COLUMN)),
    ),
)
