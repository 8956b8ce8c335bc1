"""Vectorize, KV or Durable Objects fail."""

from contract.labels import STORE
from contract.objectives import enough_to_judge
from contract.storage import STORAGE_CALLS, STORAGE_ERRORS
from generator.dsl.alert import PAGE, TICKET, alert
from generator.dsl.platform import Platform
from generator.dsl.query import Rule
from generator.dsl.units import Quantity, minutes


def error_ratio_above(platform: Platform, threshold: Quantity) -> Rule:
    window = minutes(5)
    too_many_errors = STORAGE_ERRORS.ratio_to(STORAGE_CALLS, window).by(STORE).above(threshold)
    enough_traffic = enough_to_judge(platform, STORAGE_ERRORS, STORAGE_CALLS, window, STORE)
    return (too_many_errors & enough_traffic).for_(minutes(5))


@alert("StorageErrors", TICKET, panel="storage/error_share_by_store")
def storage_errors_ticket(platform: Platform) -> Rule:
    """{store} fails: {value} of its calls.

    {value} of the calls of the last {window} to {store} failed; more than {limit} is worth a look.

    Impact: Some requests fail or come without what they should have retrieved.

    First steps:
    1. Open the Storage dashboard: reads or writes, one service or both?
    2. For KV, look for "429 Too Many Requests" in the logs: more than one write a second to the same key.
    3. For Durable Objects, look for `.overloaded`: one object takes more than about 1,000 requests a second.
    4. For Vectorize, the log has the code of `VECTOR_QUERY_ERROR`.
    """
    return error_ratio_above(platform, platform.storage.ticket)


@alert("StorageErrors", PAGE, panel="storage/error_share_by_store")
def storage_errors_page(platform: Platform) -> Rule:
    """{store} is failing badly: {value} of its calls.

    {value} of the calls of the last {window} to {store} failed; more than {limit} breaks the requests that need it.

    Impact: Requests that need this store fail, for every tenant.

    First steps:
    1. Look at Cloudflare's status page for the store.
    2. Look whether a deploy changed how it is called (a key, a topK, an object's id).
    3. Durable Objects: never retry an overloaded object; shed load or spread it over more objects.
    """
    return error_ratio_above(platform, platform.storage.page)
