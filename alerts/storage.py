"""Calls to a store fail: of all tenants, or of one."""

from contract.labels import STORE, TENANT
from contract.objectives import enough_traffic, storage_page_threshold, storage_ticket_threshold
from contract.storage import STORAGE_CALLS, STORAGE_ERRORS
from generator.dsl.alert import PAGE, TICKET, alert
from generator.dsl.chance import too_many_to_be_chance
from generator.dsl.inhibitor import inhibitor
from generator.dsl.platform import Platform
from generator.dsl.query import Rule, ThresholdSeries
from generator.dsl.units import Quantity, minutes


def error_ratio_above(platform: Platform, threshold: Quantity | ThresholdSeries) -> Rule:
    """The error ratio of a store is above a threshold, with enough calls and errors to be significant."""
    window = minutes(5)
    too_many_errors = STORAGE_ERRORS.ratio_to(STORAGE_CALLS, window).by(STORE).above(threshold)
    significant = enough_traffic(platform, STORAGE_ERRORS, STORAGE_CALLS, window, STORE)
    return (too_many_errors & significant).for_(minutes(5))


@alert("StorageErrors", TICKET, panel="storage/error_share_by_store")
def storage_errors_ticket(platform: Platform) -> Rule:
    """{store}: {value} of calls fail.

    {value} of calls to {store} fail, over all tenants (threshold {threshold}, last {window}).

    Impact: Some requests fail, or get an answer without the documents that it should use.

    First steps:
    1. Open the Storage dashboard: do reads or writes fail, in one service or in both?
    2. [kv] For KV, look for "429 Too Many Requests" in the logs: more than one write per second to the same key.
    3. [durable_objects] For Durable Objects, look for `.overloaded`: one object gets more than about 1,000 requests per
       second.
    4. [vectorize] For Vectorize, the logs have the code of `VECTOR_QUERY_ERROR`.
    5. [d1] For D1, look for "overloaded" or "timed out" in the logs: queries wait for one another.
    6. [r2] For R2, look for 429 in the logs: too many writes to the same object.
    7. [queues] For Queues, find whether sending or consuming fails: a consumer that throws gets its messages again.
    """
    return error_ratio_above(platform, storage_ticket_threshold(platform))


@alert("StorageErrors", PAGE, panel="storage/error_share_by_store")
def storage_errors_page(platform: Platform) -> Rule:
    """{store} outage: {value} of calls fail.

    {value} of calls to {store} fail, over all tenants (threshold {threshold}, last {window}).

    Impact: Requests that need this store fail, for every tenant.

    First steps:
    1. Check Cloudflare's status page for the store.
    2. Did a deploy change how it is called (a key, a topK, the id of an object)? Roll it back.
    3. [durable_objects] Durable Objects: never retry an overloaded object; shed load, or spread it over more objects.
    """
    return error_ratio_above(platform, storage_page_threshold(platform))


@alert("TenantStorageErrors", TICKET, panel="tenant/storage_error_share")
def tenant_storage_errors(platform: Platform) -> Rule:
    """{tenant_id}: {value} of calls to {store} fail.

    {tenant_id}: {value} of calls to {store} fail (threshold {threshold}, last {window}).

    Impact: One tenant's data is not read or not written; the others may not notice.

    First steps:
    1. Open the Tenant dashboard: do its requests fail, too? What fails without them is lost silently.
    2. Follow one failed call of this tenant through the logs by its request_id: its error names the cause.
    3. [kv] For KV, look for "429 Too Many Requests": this tenant writes one key more than once per second.
    4. [durable_objects] For Durable Objects, look for `.overloaded`: this tenant's object gets more than about 1,000
       requests per second.
    5. Look for what only this tenant has: the size of its documents, its own index, its own database.
    """
    return too_many_to_be_chance(
        STORAGE_ERRORS, STORAGE_CALLS, TENANT, STORE, allowed=storage_ticket_threshold(platform)
    )


store_errors_inhibitor = inhibitor(
    "StoreErrorsInhibitor",
    STORE,
    follows=(storage_errors_page, storage_errors_ticket),
    outlasts=(tenant_storage_errors,),
)
