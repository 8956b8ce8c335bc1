"""A sample dashboard specification with every panel type and every option of a panel."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from contract.labels import MODEL, ROUTE, TENANT
from generator.dsl.labels import BUCKET_BOUND, Label, Matcher
from generator.ir.dashboard import (
    AnnotationSpec,
    Colour,
    ColumnSpec,
    DashboardSpec,
    GridPosition,
    LinkSpec,
    PanelSpec,
    PanelType,
    QueryFormat,
    QueryTarget,
    RowSpec,
    ThresholdStep,
    VariableSpec,
)
from generator.ir.expression import Aggregate, Binary, Call, Expression, GrafanaDuration, Scalar, Selector

BASE_STEP = (ThresholdStep(Colour.NEUTRAL, None),)
WARNING_AND_CRITICAL = (
    ThresholdStep(Colour.OK, None),
    ThresholdStep(Colour.WARNING, 0.8),
    ThresholdStep(Colour.CRITICAL, 1.0),
)
VARIABLE_MATCHERS = (TENANT.matches_variable(), ROUTE.matches_variable())


def rate(
    name: str,
    *by: Label,
    matchers: tuple[Matcher, ...] = VARIABLE_MATCHERS,
    window: GrafanaDuration = GrafanaDuration.RATE_INTERVAL,
) -> Aggregate:
    """The rate of a counter, summed by labels."""
    return Aggregate("sum", Call("rate", (Selector(name, matchers, window),)), by)


def p95(*by: Label) -> Expression:
    """The 95th percentile of latency."""
    return Call("histogram_quantile", (Scalar(Fraction("0.95")), rate("latency_ms_bucket", BUCKET_BOUND, *by)))


RATIO = Binary("/", rate("errors_total"), rate("requests_total"))
TOP_TENANTS = Aggregate(
    "topk", rate("errors_total", TENANT, matchers=(), window=GrafanaDuration.RANGE), (), Scalar(Fraction(20))
)

LATENCY = PanelSpec(
    id=11,
    key="latency",
    type=PanelType.TIME_SERIES,
    title="Latency by route, p95",
    description="p95 latency of each route.",
    unit="ms",
    position=GridPosition(0, 1, 12, 8),
    targets=(
        QueryTarget("A", p95(ROUTE), "{{route}}"),
        QueryTarget("B", Selector("route:latency_ms:limit"), "threshold", is_threshold=True),
    ),
    steps=BASE_STEP,
    no_value="No traffic",
)
ERRORS = replace(
    LATENCY,
    id=12,
    key="errors",
    title="Error ratio",
    unit="percentunit",
    position=GridPosition(12, 1, 12, 8),
    targets=(QueryTarget("A", RATIO, "errors"),),
    steps=(ThresholdStep(Colour.OK, None), ThresholdStep(Colour.CRITICAL, 0.02)),
    threshold_lines=True,
    min=0,
    max=1,
)
TOKENS = replace(
    LATENCY,
    id=13,
    key="tokens",
    title="Tokens per second",
    unit="suffix:tok/s",
    position=GridPosition(0, 9, 12, 8),
    targets=(QueryTarget("A", rate("ai_tokens_input"), "in"), QueryTarget("B", rate("ai_tokens_output"), "out")),
    stacked=True,
)
TRAFFIC = PanelSpec(
    id=21,
    key="traffic",
    type=PanelType.STAT,
    title="Requests",
    description="Requests per second.",
    unit="reqps",
    position=GridPosition(12, 9, 4, 4),
    targets=(QueryTarget("A", rate("requests_total"), "requests", instant=True),),
    steps=BASE_STEP,
    no_value="No traffic",
)
FIRING = replace(
    TRAFFIC,
    id=22,
    key="firing",
    title="Alerts firing",
    unit="none",
    position=GridPosition(16, 9, 4, 4),
    targets=(QueryTarget("A", Call("count", (Selector("ALERTS"),)), "alerts", instant=True),),
    steps=WARNING_AND_CRITICAL,
    no_value="0",
)
BUDGET = replace(
    FIRING,
    id=23,
    key="budget",
    type=PanelType.GAUGE,
    title="Budget used",
    unit="percentunit",
    position=GridPosition(20, 9, 4, 4),
    min=0,
    max=1,
    no_value="No traffic",
)
ROUTES = replace(
    FIRING,
    id=24,
    key="routes",
    type=PanelType.BAR_GAUGE,
    title="Cost by route",
    unit="currencyUSD",
    position=GridPosition(12, 13, 12, 4),
    targets=(QueryTarget("A", rate("requests_total", ROUTE, window=GrafanaDuration.RANGE), "{{route}}", instant=True),),
)
BUCKETS = replace(
    LATENCY,
    id=31,
    key="spread",
    type=PanelType.HEATMAP,
    title="Latency distribution",
    position=GridPosition(0, 18, 12, 8),
    targets=(
        QueryTarget("A", rate("vectorize_latency_ms_bucket", BUCKET_BOUND), "{{le}}", format=QueryFormat.HEATMAP),
    ),
)
TENANTS = PanelSpec(
    id=32,
    key="tenants",
    type=PanelType.TABLE,
    title="Tenants by error rate",
    description="The 20 tenants with the most errors.",
    unit="short",
    position=GridPosition(12, 18, 12, 8),
    targets=(
        QueryTarget("A", TOP_TENANTS, "", instant=True, format=QueryFormat.TABLE),
        QueryTarget(
            "B", replace(TOP_TENANTS, inner=rate("requests_total", TENANT)), "", instant=True, format=QueryFormat.TABLE
        ),
    ),
    steps=BASE_STEP,
    no_value="No traffic",
    label=TENANT,
    links_to=LinkSpec("/d/workers-ai-tenant?var-tenant=", ("route",)),
    columns=(
        ColumnSpec("A", "Error ratio", "percentunit", WARNING_AND_CRITICAL),
        ColumnSpec("B", "Cost", "currencyUSD", BASE_STEP),
    ),
)
ONE_COLUMN = replace(
    TENANTS,
    id=33,
    title="One column",
    position=GridPosition(0, 26, 24, 6),
    targets=TENANTS.targets[:1],
    columns=TENANTS.columns[:1],
)
OVERVIEW = DashboardSpec(
    id="overview",
    uid="workers-ai-overview",
    title="Workers AI / Overview",
    description="The state of the platform.",
    tags=("workers-ai", "overview"),
    variables=(
        VariableSpec(
            "tenant", "Tenant", TENANT, Selector("requests_total"), multi=False, current="com.rainbowsmokeofficial"
        ),
        VariableSpec(
            "route", "Route", ROUTE, Selector("requests_total", (TENANT.matches_variable(),)), multi=True, current=""
        ),
        VariableSpec("model", "Model", MODEL, Selector("ai_requests_total"), multi=True, current="", all_values="()"),
    ),
    annotations=(
        AnnotationSpec("Firing", Selector("ALERTS"), "{{alertname}}", "{{severity}} for {{owner}}", Colour.CRITICAL),
    ),
    links=(("Tenant", "workers-ai-tenant"), ("AI", "workers-ai-ai"), ("Storage", "workers-ai-storage")),
    rows=(
        RowSpec(1, "Current state", 0, (LATENCY, ERRORS, TOKENS, TRAFFIC, FIRING, BUDGET, ROUTES)),
        RowSpec(2, "Details", 17, (BUCKETS, TENANTS, ONE_COLUMN)),
    ),
)
