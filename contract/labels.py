"""The labels of the contract."""

from contract.conventions import (
    ERROR_TYPE,
    FINISH_REASONS,
    HTTP_ROUTE,
    NO_TENANTS,
    OF_DEPLOYMENT,
    REQUEST_MODEL,
    SERVICE_NAME,
)
from generator.dsl.labels import BUCKET_BOUND, Label, LabelValues

PLATFORM = Label(
    "platform",
    "The platform that sends the series, by its name in the platform file. Every series, alert and aggregation has it.",
    values=LabelValues.PLATFORM,
    convention=OF_DEPLOYMENT,
)
CLUSTER = Label(
    "cluster",
    "The cluster that the series are of, if the platform file names one; then all series and alerts have it.",
    values=LabelValues.CLUSTER,
    convention=OF_DEPLOYMENT,
)
TENANT = Label(
    "tenant_id",
    "The tenant that sent the request; `unknown` where the request names none, `other` beyond the limit on series.",
    fallback="unknown",
    # A back quote would end a raw string in PromQL, Grafana expands "$__" as a macro, and it decodes "&#%+" in links,
    # so that another tenant's dashboard would open.
    pattern=r"(?!.*\$__)[^`&#%+\x00-\x1f\x7f]{1,128}",
    convention=NO_TENANTS,
)
ROUTE = Label(
    "route",
    "The route of the request, as the platform lists it; `other` for a path that it does not list.",
    values=LabelValues.ROUTES,
    fallback="other",
    convention=HTTP_ROUTE,
)
SERVICE = Label("service", "The Worker that handled the request.", values=LabelValues.SERVICES, convention=SERVICE_NAME)
MODEL = Label(
    "model",
    "The model, by its full name at Workers AI, as `@cf/meta/llama-3.1-8b-instruct`.",
    pattern=r"[A-Za-z0-9@._/-]{1,128}",
    prefix="@cf/[^/]+/",
    convention=REQUEST_MODEL,
)
DIRECTION = Label(
    "direction",
    "Whether tokens are a model's input or output. Set by recording rules; no Worker emits it.",
    values=LabelValues.CONTRACT,
    listed=("input", "output"),
)
TOKEN_CLASS = Label(
    "token_class",
    "The part of a model's input or output that tokens are of. Set by recording rules; no Worker emits it.",
    values=LabelValues.CONTRACT,
    listed=("cached_input", "cache_write", "reasoning"),
)
FINISH_REASON = Label(
    "finish_reason",
    "Why a model's text ended: it was complete (`stop`), reached the maximum (`length`), calls a tool, was withheld "
    "(`content_filter`), or the call failed (`error`); `unknown` where the model does not say.",
    values=LabelValues.CONTRACT,
    listed=("stop", "length", "tool_calls", "content_filter", "error", "unknown"),
    convention=FINISH_REASONS,
)
ERROR_CLASS = Label(
    "error_class",
    "What went wrong in a call to a model: `allocation`, the account's is used up (3036); `capacity`, the platform is "
    "out of it (3040); `timeout` (3007, 3008); `no_such_model` (5007, 3042); `too_large` (3006); `safety`, a guardrail "
    "blocked the prompt (2016) or the response (2017); `rate_limit` (429, 2003); `other`, anything else.",
    values=LabelValues.CONTRACT,
    listed=("allocation", "capacity", "timeout", "no_such_model", "too_large", "safety", "rate_limit", "other"),
    convention=ERROR_TYPE,
)
STORE = Label(
    "store",
    "The store of a call. Set by recording rules; no Worker emits it.",
    values=LabelValues.STORES,
    listed=("vectorize", "kv", "durable_objects", "d1", "r2", "queues"),
)
OPERATION = Label(
    "operation",
    "The operation on a store. Set by recording rules; no Worker emits it.",
    values=LabelValues.CONTRACT,
    listed=("query", "read", "list", "write", "delete", "request", "any"),
)
REASON = Label(
    "reason",
    "Why telemetry was lost: `buffer_full`, no shard accepted it for too long; `refused`, a shard rejected it; "
    "`invalid`, the contract does not have its labels or values. Why it was counted without its tenant: "
    "`isolate_full` or `shard_full`, an isolate or a shard had no room for another series.",
    values=LabelValues.CONTRACT,
    listed=("buffer_full", "refused", "invalid", "isolate_full", "shard_full"),
)
ENDPOINT = Label(
    "endpoint",
    "The number of a collector that the shards export to, as its variables end: `1` is the one whose variables have no "
    "ending.",
    values=LabelValues.CONTRACT,
    listed=("1", "2", "3", "4"),
)
PRODUCT = Label(
    "product",
    "The product that is billed; `telemetry` is what the counters' own storage costs, and `total` all of them in "
    "budgets and bills. Set by recording rules; no Worker emits it.",
    values=LabelValues.CONTRACT,
    listed=("workers_ai", "workers", "kv", "durable_objects", "d1", "r2", "queues", "telemetry", "total"),
)
BILLED_UNIT = Label(
    "billed_unit",
    "What a product is billed by, as `prices` in platform.yaml names it. Set by recording rules; no Worker emits it.",
    pattern=r"[a-z0-9_]{1,64}",
)
MONTH = Label(
    "month",
    "The month of the year by UTC, from 1 to 12, of what was counted. Set by recording rules.",
    pattern="[0-9]{1,2}",
)
DAY = Label(
    "day",
    "The day of the month by UTC, from 1 to 31, of what was counted. Set by recording rules.",
    pattern="[0-9]{1,2}",
)
ALERTNAME = Label("alertname", "The alert's name.", title="Alert")
ALERTSTATE = Label("alertstate", "The state of the alert.", values=LabelValues.CONTRACT, listed=("pending", "firing"))
SEVERITY = Label(
    "severity",
    "How the alert is routed, by the platform's names of severities.",
    values=LabelValues.SEVERITIES,
    listed=("page", "ticket", "none"),
)
OWNER = Label("owner", "The team that is notified.")
INSTANCE = Label("instance", "The server that counts. Set by Prometheus; no Worker emits it.")
RULE_GROUP = Label(
    "rule_group",
    "The file and the name of a group of rules, as Prometheus joins them. Set by Prometheus; no Worker emits it.",
)
ALERTMANAGER = Label("alertmanager", "The URL of an Alertmanager. Set by Prometheus; no Worker emits it.")
INTEGRATION = Label(
    "integration", "What a receiver notifies through, such as pagerduty. Set by Alertmanager; no Worker emits it."
)
THRESHOLD = Label("threshold", "The threshold that an alert compares with, where it differs by label value.")

ORDER = (
    PLATFORM, CLUSTER, TENANT, ROUTE, SERVICE, MODEL, DIRECTION, TOKEN_CLASS, FINISH_REASON, ERROR_CLASS, STORE,
    OPERATION, PRODUCT, BILLED_UNIT, MONTH, DAY, REASON, ENDPOINT,
    ALERTNAME, ALERTSTATE, SEVERITY, OWNER, THRESHOLD, INSTANCE, RULE_GROUP, ALERTMANAGER, INTEGRATION, BUCKET_BOUND,
)  # fmt: skip
"""All labels, in their order in the names of recorded series and in `by` clauses."""
