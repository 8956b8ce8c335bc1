"""The labels of the contract: what a series says of where it comes from."""

from generator.dsl.labels import BUCKET_BOUND, Label, LabelValues

TENANT = Label(
    "tenant_id",
    "The tenant that sent the request; `unknown` where the request names none, `other` beyond the cap on series.",
    fallback="unknown",
    # No back quote, for it ends a raw string in PromQL; no "$__", for Grafana reads it as a macro of its own; none of
    # "&#%+", for Grafana undoes their encoding in links, and another tenant's dashboard would open.
    pattern=r"(?!.*\$__)[^`&#%+\x00-\x1f\x7f]{1,128}",
)
ROUTE = Label(
    "route",
    "The route that was asked for, as the platform lists it; `other` for any path that it does not list.",
    values=LabelValues.ROUTES,
    fallback="other",
)
SERVICE = Label("service", "The Worker that answered.", values=LabelValues.SERVICES)
MODEL = Label(
    "model",
    "The model that was asked, by its full name at Workers AI, as `@cf/meta/llama-3.1-8b-instruct`.",
    pattern=r"[A-Za-z0-9@._/-]{1,128}",
    prefix="@cf/[^/]+/",
)
DIRECTION = Label(
    "direction",
    "Whether tokens went into a model or came out of it. Made by recording rules; no Worker emits it.",
    values=LabelValues.CONTRACT,
    listed=("input", "output"),
)
STORE = Label(
    "store",
    "Which store a call went to. Made by recording rules; no Worker emits it.",
    values=LabelValues.CONTRACT,
    listed=("vectorize", "kv", "durable_objects"),
)
OPERATION = Label(
    "operation",
    "What was asked of a store. Made by recording rules; no Worker emits it.",
    values=LabelValues.CONTRACT,
    listed=("query", "read", "write", "request", "any"),
)
REASON = Label(
    "reason",
    "Why telemetry was lost: `buffer_full`, no shard took it for too long; `refused`, a shard refused it for good; "
    "`invalid`, the contract does not know its labels.",
    values=LabelValues.CONTRACT,
    listed=("buffer_full", "refused", "invalid"),
)
ALERTNAME = Label("alertname", "The alert's name.", title="Alert")
ALERTSTATE = Label("alertstate", "How far it has come.", values=LabelValues.CONTRACT, listed=("pending", "firing"))
SEVERITY = Label("severity", "How a person is told.", values=LabelValues.CONTRACT, listed=("page", "ticket", "none"))
OWNER = Label("owner", "The team that is told.")

ORDER = (
    TENANT, ROUTE, SERVICE, MODEL, DIRECTION, STORE, OPERATION, REASON, ALERTNAME, ALERTSTATE, SEVERITY, OWNER,
    BUCKET_BOUND,
)  # fmt: skip
"""All labels, in the order in which names of recorded series and `by` clauses list them."""
