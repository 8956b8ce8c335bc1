"""What Cloudflare bills, by unit, at its list prices; and what it bills that no Worker can count."""

from contract.ai import AI_EMBEDDED_TEXTS, AI_IMAGES, AI_TOKENS_UNKNOWN, TOKENS
from contract.api import OBJECT_REQUESTS, REQUESTS, ROWS_WRITTEN
from contract.labels import BILLED_UNIT, PRODUCT, TENANT
from contract.storage import (
    D1_QUERIES,
    D1_ROWS_READ,
    D1_ROWS_WRITTEN,
    DO_ALARMS,
    DO_REQUESTS,
    DO_ROWS_READ,
    DO_ROWS_WRITTEN,
    KV_DELETES,
    KV_LISTS,
    KV_READS,
    KV_WRITES,
    QUEUE_MESSAGES_CONSUMED,
    QUEUE_MESSAGES_SENT,
    R2_DELETES,
    R2_LISTS,
    R2_READS,
    R2_WRITES,
    VECTORIZE_QUERIES,
)
from generator.dsl.billing import (
    BilledUnit,
    Cost,
    Included,
    ListPrice,
    NotCounted,
    Period,
    dollars_per_million,
    included,
)
from generator.dsl.units import (
    DOLLARS,
    OPERATIONS_UNIT,
    READS_UNIT,
    REQUESTS_UNIT,
    ROWS_READ_UNIT,
    ROWS_UNIT,
    WRITES_UNIT,
    quantity,
)

DOCS = "https://developers.cloudflare.com"
LISTED, LISTED_IN_AUGUST = "2026-11-28", "2026-08-28"
MILLION = 1_000_000

FREE_NEURONS = Included(quantity("0.11", DOLLARS), Period.DAY)
"""10,000 neurons a day, at $0.011 for 1,000."""

OBJECT_ROW_READ, OBJECT_ROW_WRITTEN = "0.001", "1"
"""Dollars for a million rows of Durable Objects."""

OF_OBSERVED_OBJECTS = "Counted in classes that `observeObject` wraps."
OF_RESULTS_WITH_ROWS = "Those of `first`, `raw` and `exec` are billed, too: D1 does not report them."

UNITS = (
    BilledUnit(
        name="ai_tokens",
        product="workers_ai",
        counter=TOKENS,
        price=ListPrice(None, FREE_NEURONS, LISTED_IN_AUGUST, f"{DOCS}/workers-ai/platform/pricing/"),
        help="Neurons are billed; the list converts them to tokens of each model, whose prices are `model_prices`.",
    ),
    BilledUnit(
        name="requests",
        product="workers",
        counter=REQUESTS,
        price=ListPrice(
            dollars_per_million("0.30"),
            included(10 * MILLION, REQUESTS_UNIT, Period.MONTH),
            LISTED,
            f"{DOCS}/workers/platform/pricing/",
        ),
        help="Requests that the library observes. Invocations by a queue, a cron trigger or an e-mail are billed, too.",
    ),
    BilledUnit(
        name="kv_reads",
        product="kv",
        counter=KV_READS,
        price=ListPrice(
            dollars_per_million("0.50"),
            included(10 * MILLION, READS_UNIT, Period.MONTH),
            LISTED,
            f"{DOCS}/kv/platform/pricing/",
        ),
        help="A call counts once, however many keys it reads.",
    ),
    BilledUnit(
        name="kv_lists",
        product="kv",
        counter=KV_LISTS,
        price=ListPrice(
            dollars_per_million(5),
            included(MILLION, OPERATIONS_UNIT, Period.MONTH),
            LISTED_IN_AUGUST,
            f"{DOCS}/kv/platform/pricing/",
        ),
    ),
    BilledUnit(
        name="kv_writes",
        product="kv",
        counter=KV_WRITES,
        price=ListPrice(
            dollars_per_million(5),
            included(MILLION, WRITES_UNIT, Period.MONTH),
            LISTED,
            f"{DOCS}/kv/platform/pricing/",
        ),
    ),
    BilledUnit(
        name="kv_deletes",
        product="kv",
        counter=KV_DELETES,
        price=ListPrice(
            dollars_per_million(5),
            included(MILLION, OPERATIONS_UNIT, Period.MONTH),
            LISTED_IN_AUGUST,
            f"{DOCS}/kv/platform/pricing/",
        ),
    ),
    BilledUnit(
        name="do_requests",
        product="durable_objects",
        counter=DO_REQUESTS,
        price=ListPrice(
            dollars_per_million("0.15"),
            included(MILLION, REQUESTS_UNIT, Period.MONTH),
            LISTED,
            f"{DOCS}/durable-objects/platform/pricing/",
        ),
        help="One in 20 messages that arrive over a WebSocket is billed as a request, too.",
    ),
    BilledUnit(
        name="do_alarms",
        product="durable_objects",
        counter=DO_ALARMS,
        included_with="do_requests",
        price=ListPrice(
            dollars_per_million("0.15"),
            included(0, REQUESTS_UNIT, Period.MONTH),
            LISTED,
            f"{DOCS}/durable-objects/platform/pricing/",
        ),
        help=f"A run is billed as a request, and what is included is that of requests. {OF_OBSERVED_OBJECTS}",
    ),
    BilledUnit(
        name="do_rows_read",
        product="durable_objects",
        counter=DO_ROWS_READ,
        price=ListPrice(
            dollars_per_million(OBJECT_ROW_READ),
            included(25_000 * MILLION, ROWS_READ_UNIT, Period.MONTH),
            LISTED_IN_AUGUST,
            f"{DOCS}/durable-objects/platform/pricing/",
        ),
        help=f"Those of the key-value methods are billed, too: they report none. {OF_OBSERVED_OBJECTS}",
    ),
    BilledUnit(
        name="do_rows_written",
        product="durable_objects",
        counter=DO_ROWS_WRITTEN,
        price=ListPrice(
            dollars_per_million(OBJECT_ROW_WRITTEN),
            included(50 * MILLION, ROWS_UNIT, Period.MONTH),
            LISTED,
            f"{DOCS}/durable-objects/platform/pricing/",
        ),
        help="Each `setAlarm` is a row. In objects with the key-value storage backend, 4 KB of a value are a unit. "
        f"{OF_OBSERVED_OBJECTS}",
    ),
    BilledUnit(
        name="d1_rows_read",
        product="d1",
        counter=D1_ROWS_READ,
        price=ListPrice(
            dollars_per_million("0.001"),
            included(25_000 * MILLION, ROWS_READ_UNIT, Period.MONTH),
            LISTED_IN_AUGUST,
            f"{DOCS}/d1/platform/pricing/",
        ),
        help=OF_RESULTS_WITH_ROWS,
    ),
    BilledUnit(
        name="d1_rows_written",
        product="d1",
        counter=D1_ROWS_WRITTEN,
        price=ListPrice(
            dollars_per_million(1),
            included(50 * MILLION, ROWS_UNIT, Period.MONTH),
            LISTED_IN_AUGUST,
            f"{DOCS}/d1/platform/pricing/",
        ),
        help=OF_RESULTS_WITH_ROWS,
    ),
    BilledUnit(
        name="r2_reads",
        product="r2",
        counter=R2_READS,
        price=ListPrice(
            dollars_per_million("0.36"),
            included(10 * MILLION, READS_UNIT, Period.MONTH),
            LISTED_IN_AUGUST,
            f"{DOCS}/r2/pricing/",
        ),
        help="Operations of class B.",
    ),
    BilledUnit(
        name="r2_writes",
        product="r2",
        counter=R2_WRITES,
        price=ListPrice(
            dollars_per_million("4.50"),
            included(MILLION, WRITES_UNIT, Period.MONTH),
            LISTED_IN_AUGUST,
            f"{DOCS}/r2/pricing/",
        ),
        help="Operations of class A.",
    ),
    BilledUnit(
        name="r2_lists",
        product="r2",
        counter=R2_LISTS,
        included_with="r2_writes",
        price=ListPrice(
            dollars_per_million("4.50"),
            included(0, OPERATIONS_UNIT, Period.MONTH),
            LISTED_IN_AUGUST,
            f"{DOCS}/r2/pricing/",
        ),
        help="Operations of class A. What is included is that of writes.",
    ),
    BilledUnit(
        name="queue_messages_sent",
        product="queues",
        counter=QUEUE_MESSAGES_SENT,
        price=ListPrice(
            dollars_per_million("0.40"),
            included(MILLION, OPERATIONS_UNIT, Period.MONTH),
            LISTED_IN_AUGUST,
            f"{DOCS}/queues/platform/pricing/",
        ),
        operations=2,
        help="Two operations, the write and the later delete, of a message of up to 64 KB.",
    ),
    BilledUnit(
        name="queue_messages_consumed",
        product="queues",
        counter=QUEUE_MESSAGES_CONSUMED,
        included_with="queue_messages_sent",
        price=ListPrice(
            dollars_per_million("0.40"),
            included(0, OPERATIONS_UNIT, Period.MONTH),
            LISTED_IN_AUGUST,
            f"{DOCS}/queues/platform/pricing/",
        ),
        help="One operation for each delivery. What is included is that of messages sent.",
    ),
    BilledUnit(
        name="telemetry_rows_written",
        product="telemetry",
        counter=ROWS_WRITTEN,
        included_with="do_rows_written",
        price=ListPrice(
            dollars_per_million(OBJECT_ROW_WRITTEN),
            included(50 * MILLION, ROWS_UNIT, Period.MONTH),
            LISTED,
            f"{DOCS}/durable-objects/platform/pricing/",
        ),
        help="Rows that the library's own objects write. What is included is shared with all other objects.",
    ),
    BilledUnit(
        name="telemetry_object_requests",
        product="telemetry",
        counter=OBJECT_REQUESTS,
        included_with="do_requests",
        price=ListPrice(
            dollars_per_million("0.15"),
            included(0, REQUESTS_UNIT, Period.MONTH),
            LISTED,
            f"{DOCS}/durable-objects/platform/pricing/",
        ),
        help="Requests to the library's own objects: a call with a batch is one, and a run of an alarm, too. What is "
        "included is shared with all other objects.",
    ),
)

COST = Cost(
    name="cost",
    help="What the counted units cost at list prices, or at those of platform.yaml, before included amounts.",
    labels=(TENANT, PRODUCT),
    product=PRODUCT,
    unit_label=BILLED_UNIT,
    units=UNITS,
)

CPU_TIME = "the clock of a Worker stands still while it computes; a Tail Worker sees `cpuTime`"
NOT_REPORTED = "the key-value methods report no rows"
NOT_SEEN = "no binding tells a Worker"
STORED = "what is stored is known to Cloudflare's API alone"

NOT_COUNTED = (
    NotCounted("Workers", "CPU ms", CPU_TIME),
    NotCounted("Workers", "log events", "logs are written by the platform, after the Worker has ended"),
    NotCounted(
        "Workers",
        "requests by a queue, a cron trigger or an e-mail",
        "`requests_total` counts those over HTTP; of the others the calls to bindings are counted alone",
    ),
    NotCounted("Workers AI", "neurons", "answers report tokens; prices of tokens follow from neurons"),
    NotCounted("Workers AI", "tiles and steps of images", "an answer has the image alone", AI_IMAGES),
    NotCounted(
        "Workers AI", "texts that become vectors", "their tokens are billed", AI_EMBEDDED_TEXTS, is_billed=False
    ),
    NotCounted(
        "Workers AI",
        "tokens of a call whose model neither the request nor the answer names: `toMarkdown`, AI Search, AI Gateway",
        "a call counts for the model that answered, and its tokens have that model's price",
    ),
    NotCounted(
        "Workers AI",
        "tokens that an answer does not report",
        "their calls are counted instead, and AITokensUnknown tells",
        AI_TOKENS_UNKNOWN,
    ),
    NotCounted("Workers AI", "audio", "its answers have no token usage; AITokensUnknown tells"),
    NotCounted("AI Gateway", "logs", "the settings of a gateway decide which it keeps, and Logpush which it sends on"),
    NotCounted("KV", "stored GB", STORED),
    NotCounted("Durable Objects", "duration in GB-s", CPU_TIME),
    NotCounted("Durable Objects", "alarms and rows of objects without `observeObject`", "they run without the library"),
    NotCounted("Durable Objects", "rows read by `get` and `list`, or deleted by `deleteAll`", NOT_REPORTED),
    NotCounted(
        "Durable Objects", "messages over WebSockets", "the runtime hands them to the object, not to the library"
    ),
    NotCounted("Durable Objects", "stored GB", STORED),
    NotCounted(
        "Durable Objects",
        "rows that the library's own objects read",
        f"the contract has no counter of them: a million cost ${OBJECT_ROW_READ}, and of written rows "
        f"${OBJECT_ROW_WRITTEN}",
    ),
    NotCounted(
        "Vectorize",
        "queried dimensions",
        "they are the vectors of the index times its dimensions, which a query does not tell",
        VECTORIZE_QUERIES,
    ),
    NotCounted("Vectorize", "stored dimensions", STORED),
    NotCounted(
        "D1",
        "rows of `first`, `raw` and `exec`",
        "D1 reports the rows of `run`, `all` and `batch` alone",
        D1_QUERIES,
    ),
    NotCounted("D1", "stored GB", STORED),
    NotCounted("R2", "stored GB", STORED),
    NotCounted("R2", "deletes", "they are free", R2_DELETES, is_billed=False),
    NotCounted("Queues", "64 KB parts of larger messages", NOT_SEEN),
)
