"""The fields of a log line (the plan's section 2.1) and their sensitivity: safe, personal or secret."""

from contract.labels import ERROR_CLASS, FINISH_REASON, MODEL, OPERATION, ROUTE, SERVICE, STORE, TENANT
from contract.secret_names import SECRET_NAMES
from generator.dsl.log import (
    PERSONAL,
    SAFE,
    SECRET,
    EnumType,
    LabelValueType,
    LogField,
    NumberType,
    ObjectType,
    StringType,
)

UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
RFC_3339 = (
    "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    "T(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:[.][0-9]{1,9})?"
    "(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
JAVASCRIPT_TIME = "[0-9T:.Z-]{24}"
"""The output of JavaScript's `toISOString`. The pattern is loose because it is in each Worker's bundle."""
TRACE_ID, SPAN_ID = "(?!0+$)[0-9a-f]{32}", "(?!0+$)[0-9a-f]{16}"
"""Ids of W3C Trace Context; those of zeros are not valid."""
METADATA_KEY = "[a-z][a-z0-9_]{0,63}"
MAX_MESSAGE, MAX_STACK, MAX_CONTENT = 4096, 16384, 32768
"""Maximum lengths in characters: Cloudflare keeps 256 KB of log lines for each invocation and drops the rest."""

METADATA = (
    LogField(
        name="step",
        type=EnumType(("arrival", "call", "answer", "message", "telemetry")),
        sensitivity=SAFE,
        help="The step that the line records: the request's arrival, a call, the answer, a message of the application, "
        "or a message about telemetry.",
    ),
    LogField(
        name="trace_id",
        type=StringType(32, pattern=TRACE_ID),
        sensitivity=SAFE,
        help="The trace id of W3C Trace Context: `request_id` without dashes.",
    ),
    LogField(
        name="span_id",
        type=StringType(16, pattern=SPAN_ID),
        sensitivity=SAFE,
        help="The id of the unit of work: of the call on the line of a call, else of the request, the queue's message, "
        "the schedule or the visit to a Durable Object that wrote the line.",
    ),
    LogField(
        name="parent_span_id",
        type=StringType(16, pattern=SPAN_ID),
        sensitivity=SAFE,
        help="The id of the unit of work that caused it, such as the call over a binding; absent where none is known.",
    ),
    LogField(
        name="binding",
        type=StringType(64, pattern="[A-Za-z_][A-Za-z0-9_]{0,63}"),
        sensitivity=SAFE,
        help="The name of the called binding in the Worker's configuration.",
    ),
    LogField(
        name="method",
        type=StringType(64, pattern="[A-Za-z_$][A-Za-z0-9_$.]{0,63}"),
        sensitivity=SAFE,
        help="The method of a service or Durable Object that was called by RPC, or the property that was read.",
    ),
    LogField(
        name="http_host",
        type=StringType(255),
        sensitivity=PERSONAL,
        help="The host, with its port, that `fetch` sent a request to; never the path or query, which hold secrets.",
    ),
    LogField(
        name="http_method",
        type=StringType(16, pattern="[A-Z-]{1,16}"),
        sensitivity=SAFE,
        help="The method of a request that `fetch` sent.",
    ),
    LogField(
        name="cf_ray",
        type=StringType(64, pattern="[0-9a-f]{16}(?:-[A-Z]{3})?"),
        sensitivity=SAFE,
        help="Cloudflare's own id of the request.",
    ),
    LogField(
        name="caller_request_id",
        type=StringType(128, pattern="[A-Za-z0-9_-]{1,128}"),
        sensitivity=PERSONAL,
        help="The request id that an external caller sent; never trusted and never used as `request_id`.",
    ),
    LogField(
        name="linked_trace_id",
        type=StringType(32, pattern=TRACE_ID),
        sensitivity=PERSONAL,
        help="The trace id of the `traceparent` that a caller sent; never trusted and never used as `trace_id`.",
    ),
    LogField(
        name="linked_span_id",
        type=StringType(16, pattern=SPAN_ID),
        sensitivity=PERSONAL,
        help="The span id of the `traceparent` that a caller sent.",
    ),
    LogField(name="model", type=LabelValueType(MODEL), sensitivity=SAFE, help="The model that was called."),
    LogField(
        name="asked_model",
        type=LabelValueType(MODEL),
        sensitivity=SAFE,
        help="The model that AI Gateway asked first, where another one answered.",
    ),
    LogField(
        name="ai_code",
        type=NumberType(1000, 9999, integer=True),
        sensitivity=SAFE,
        help="The error code of Workers AI, such as 3036 (allocation used up) or 3040 (out of capacity).",
    ),
    LogField(
        name="error_class",
        type=LabelValueType(ERROR_CLASS),
        sensitivity=SAFE,
        help="What went wrong in a call to a model.",
    ),
    LogField(
        name="finish_reason",
        type=LabelValueType(FINISH_REASON),
        sensitivity=SAFE,
        help="Why a model's text ended; absent for vectors and images.",
    ),
    LogField(
        name="tokens_input",
        type=NumberType(0, integer=True),
        sensitivity=SAFE,
        help="Input tokens, as reported by the model.",
    ),
    LogField(
        name="tokens_input_cached",
        type=NumberType(0, integer=True),
        sensitivity=SAFE,
        help="The part of the input tokens that was read from a prompt cache.",
    ),
    LogField(
        name="tokens_input_cache_write",
        type=NumberType(0, integer=True),
        sensitivity=SAFE,
        help="The part of the input tokens that was written to a prompt cache.",
    ),
    LogField(
        name="tokens_output",
        type=NumberType(0, integer=True),
        sensitivity=SAFE,
        help="Output tokens, as reported by the model.",
    ),
    LogField(
        name="tokens_output_reasoning",
        type=NumberType(0, integer=True),
        sensitivity=SAFE,
        help="The part of the output tokens that the model wrote to reason.",
    ),
    LogField(
        name="first_token_ms",
        type=NumberType(0),
        sensitivity=SAFE,
        help="Milliseconds from the call of a model to the first event of its stream.",
    ),
    LogField(
        name="documents",
        type=NumberType(0, integer=True),
        sensitivity=SAFE,
        help="The number of documents that a query returned.",
    ),
    LogField(name="store", type=LabelValueType(STORE), sensitivity=SAFE, help="The store that was called."),
    LogField(name="operation", type=LabelValueType(OPERATION), sensitivity=SAFE, help="The operation on the store."),
    LogField(
        name="debug_until",
        type=StringType(24, pattern=JAVASCRIPT_TIME, format="date-time"),
        sensitivity=SAFE,
        help="Until when raw prompts and responses are logged; on the line that announces it.",
    ),
    LogField(
        name="dropped",
        type=NumberType(0, integer=True),
        sensitivity=SAFE,
        help="How many increments and observations, or log lines, were lost; on the line that reports it.",
    ),
    LogField(
        name="collector_status",
        type=NumberType(100, 599, integer=True),
        sensitivity=SAFE,
        help="The HTTP status with which the collector rejected telemetry.",
    ),
    LogField(
        name="prompt",
        type=StringType(MAX_CONTENT),
        sensitivity=SECRET,
        help="The raw prompt; logged only while debugging is explicitly enabled.",
    ),
    LogField(
        name="response",
        type=StringType(MAX_CONTENT),
        sensitivity=SECRET,
        help="The raw response of the model; logged only while debugging is explicitly enabled.",
    ),
)
"""The allow-list: the logger drops every other key of `metadata` unless the service is configured to pass it."""

FIELDS = (
    LogField(
        name="timestamp",
        type=StringType(35, pattern=RFC_3339, format="date-time"),
        sensitivity=SAFE,
        required=True,
        help="When the line was written (RFC 3339). A Worker's clock advances only at I/O.",
    ),
    LogField(
        name="level",
        type=EnumType(("info", "warn", "error")),
        sensitivity=SAFE,
        required=True,
        help="The severity of the line.",
    ),
    LogField(
        name="message",
        type=StringType(MAX_MESSAGE),
        sensitivity=PERSONAL,
        required=True,
        help="What happened, in a sentence for people.",
    ),
    LogField(
        name="service",
        type=LabelValueType(SERVICE),
        sensitivity=SAFE,
        required=True,
        help="The Worker that wrote the line.",
    ),
    LogField(
        name="tenant_id",
        type=LabelValueType(TENANT),
        sensitivity=SAFE,
        required=True,
        help="The tenant that sent the request, as in the metrics; `unknown` if the request names none.",
    ),
    LogField(
        name="request_id",
        type=StringType(36, pattern=UUID, format="uuid"),
        sensitivity=SAFE,
        required=True,
        help="The id that the edge assigned to the request (a UUID in lower case), the same in all services. Work that "
        "no request started, such as an alarm, has an id of its own.",
    ),
    LogField(
        name="route",
        type=LabelValueType(ROUTE),
        sensitivity=SAFE,
        required=True,
        help="The requested route; `other` for a route that the platform does not list.",
    ),
    LogField(
        name="latency_ms",
        type=NumberType(0),
        sensitivity=SAFE,
        help="On the answer line, milliseconds from the request's arrival to the last byte sent; on the line of a "
        "call, the duration of the call.",
    ),
    LogField(
        name="status_code",
        type=NumberType(100, 599, integer=True),
        sensitivity=SAFE,
        help="The HTTP status of the response, or of the response to a call; on the answer line and on lines of calls.",
    ),
    LogField(
        name="error",
        type=ObjectType(
            (
                LogField(
                    name="message",
                    type=StringType(MAX_MESSAGE),
                    sensitivity=PERSONAL,
                    required=True,
                    help="The exception's message; it may quote text that a person typed.",
                ),
                LogField(
                    name="stack",
                    type=StringType(MAX_STACK),
                    sensitivity=PERSONAL,
                    nullable=True,
                    help="The stack trace, which starts with the exception's message.",
                ),
            )
        ),
        sensitivity=PERSONAL,
        nullable=True,
        help="The exception, if there was one.",
    ),
    LogField(
        name="metadata",
        type=ObjectType(METADATA, additional_names=METADATA_KEY, forbidden_names=SECRET_NAMES, max_length=1024),
        sensitivity=PERSONAL,
        help="Additional fields: scalars under the listed keys, or under keys that the service's logger is configured "
        "to pass. No key may name a secret.",
    ),
)
"""All fields of a line, in the plan's order."""
