"""The labels of the contract."""

from generator.dsl.labels import BUCKET_BOUND, Label, LabelValues

PLATFORM = Label(
    "platform",
    "The platform that sends the series, by its name in the platform file. Every series, alert and aggregation has it.",
    values=LabelValues.PLATFORM,
)
CLUSTER = Label(
    "cluster",
    "The cluster that the series are of, if the platform file names one; then all series and alerts have it.",
    values=LabelValues.CLUSTER,
)
TENANT = Label(
    "tenant_id",
    "The tenant that sent the request; `unknown` where the request names none, `other` beyond the limit on series.",
    fallback="unknown",
    # A back quote would end a raw string in PromQL, Grafana expands "$__" as a macro, and it decodes "&#%+" in links,
    # so that another tenant's dashboard would open.
    pattern=r"(?!.*\$__)[^`&#%+\x00-\x1f\x7f]{1,128}",
)
ROUTE = Label(
    "route",
    "The route of the request, as the platform lists it; `other` for a path that it does not list.",
    values=LabelValues.ROUTES,
    fallback="other",
)
SERVICE = Label("service", "The Worker that handled the request.", values=LabelValues.SERVICES)
MODEL = Label(
    "model",
    "The model, by its full name at Workers AI, as `@cf/meta/llama-3.1-8b-instruct`.",
    pattern=r"[A-Za-z0-9@._/-]{1,128}",
    prefix="@cf/[^/]+/",
)
DIRECTION = Label(
    "direction",
    "Whether tokens are a model's input or output. Set by recording rules; no Worker emits it.",
    values=LabelValues.CONTRACT,
    listed=("input", "output"),
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
    listed=("query", "read", "write", "request", "any"),
)
REASON = Label(
    "reason",
    "Why telemetry was lost: `buffer_full`, no shard accepted it for too long; `refused`, a shard rejected it; "
    "`invalid`, the contract does not have its labels or values. Why it was counted without its tenant: "
    "`isolate_full` or `shard_full`, an isolate or a shard had no room for another series.",
    values=LabelValues.CONTRACT,
    listed=("buffer_full", "refused", "invalid", "isolate_full", "shard_full"),
)
PRODUCT = Label(
    "product",
    "The product that is billed; `telemetry` is what the counters' own storage costs. Set by recording rules; no "
    "Worker emits it.",
    values=LabelValues.CONTRACT,
    listed=("workers_ai", "workers", "kv", "durable_objects", "d1", "r2", "queues", "telemetry"),
)
BILLED_UNIT = Label(
    "billed_unit",
    "What a product is billed by, as `prices` in platform.yaml names it. Set by recording rules; no Worker emits it.",
    pattern=r"[a-z0-9_]{1,64}",
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
    PLATFORM, CLUSTER, TENANT, ROUTE, SERVICE, MODEL, DIRECTION, STORE, OPERATION, PRODUCT, BILLED_UNIT, REASON,
    ALERTNAME, ALERTSTATE, SEVERITY, OWNER, THRESHOLD, INSTANCE, RULE_GROUP, ALERTMANAGER, INTEGRATION, BUCKET_BOUND,
)  # fmt: skip
"""All labels, in their order in the names of recorded series and in `by` clauses."""
