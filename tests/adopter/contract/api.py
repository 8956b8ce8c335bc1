"""The default metrics of requests, with the tenant's plan and a longer latency."""

from dataclasses import replace

from contract.api import LATENCY as DEFAULT_LATENCY
from contract.api import REQUESTS as DEFAULT_REQUESTS
from generator.dsl.labels import Label, LabelValues

TIER = Label("tier", "The tenant's plan.", values=LabelValues.CONTRACT, listed=("free", "paid"), fallback="other")
REQUESTS = replace(DEFAULT_REQUESTS, labels=(*DEFAULT_REQUESTS.labels, TIER), help="Requests, by the tenant's plan.")
LATENCY = replace(DEFAULT_LATENCY, buckets=(*DEFAULT_LATENCY.buckets, 60_000))
