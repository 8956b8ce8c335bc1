"""What Cloudflare bills, by unit, at its list prices; and what it bills that no Worker can count."""

from contract.ai import TOKENS
from contract.api import REQUESTS, ROWS_WRITTEN
from contract.labels import BILLED_UNIT, PRODUCT, TENANT
from contract.storage import (
    D1_QUERIES,
    D1_ROWS_READ,
    D1_ROWS_WRITTEN,
    DO_REQUESTS,
    KV_READS,
    KV_WRITES,
    QUEUE_MESSAGES_CONSUMED,
    QUEUE_MESSAGES_SENT,
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
        help="A list is counted as a read, and billed as a write.",
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
        help="Deletes are counted as writes, and have the same price; a million of each is included.",
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
        help="Alarms, and one in 20 messages of a WebSocket, are billed as requests, too.",
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
        help="Operations of class B. A list is counted as a read, and is of class A.",
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
        help="Operations of class A. A delete is counted as a write, and is free.",
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
        price=ListPrice(
            dollars_per_million("0.40"),
            Included(quantity(0, OPERATIONS_UNIT), Period.MONTH),
            LISTED_IN_AUGUST,
            f"{DOCS}/queues/platform/pricing/",
        ),
        help="One operation for each delivery. What is included is that of messages sent.",
    ),
    BilledUnit(
        name="telemetry_rows_written",
        product="telemetry",
        counter=ROWS_WRITTEN,
        price=ListPrice(
            dollars_per_million(1),
            included(50 * MILLION, ROWS_UNIT, Period.MONTH),
            LISTED,
            f"{DOCS}/durable-objects/platform/pricing/",
        ),
        help="Rows that the library's own objects write. What is included is shared with all other objects.",
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
NOT_SEEN = "no binding tells a Worker"
STORED = "what is stored is known to Cloudflare's API alone"

NOT_COUNTED = (
    NotCounted("Workers", "CPU ms", CPU_TIME),
    NotCounted("Workers", "log events", "logs are written by the platform, after the Worker has ended"),
    NotCounted("Workers AI", "neurons", "answers report tokens; prices of tokens follow from neurons"),
    NotCounted("Workers AI", "images and audio", "their answers have no token usage; AITokensUnknown tells"),
    NotCounted("AI Gateway", "logs", "the gateway writes them"),
    NotCounted("KV", "stored GB", STORED),
    NotCounted("Durable Objects", "duration in GB-s", CPU_TIME),
    NotCounted("Durable Objects", "rows read and written by the application", "no counter of the contract yet"),
    NotCounted("Durable Objects", "alarms", "no counter of the contract yet"),
    NotCounted("Durable Objects", "stored GB", STORED),
    NotCounted("Durable Objects", "requests to the library's own objects", "docs/cost.md has figures by load"),
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
    NotCounted("Queues", "64 KB parts of larger messages", NOT_SEEN),
)
