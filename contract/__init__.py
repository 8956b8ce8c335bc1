"""The contract: everything that the Workers emit. Queries, rules, alert tests and types are compiled from it."""

from contract import ai, alerting, api, labels, rag, storage
from generator.dsl.contract import Contract, declarations

AREAS = {"api": api, "ai": ai, "storage": storage, "rag": rag, "alerting": alerting}
"""The modules of the contract by name; the file of recording rules of each has the same name."""

CONTRACT = Contract({area: declarations(vars(module).values()) for area, module in AREAS.items()}, labels.ORDER)
METRICS = CONTRACT.metrics

ALERTS_SERIES = api.ALERTS.name
"""The name of the series that Prometheus writes for every pending or firing alert."""
SERIES_OF_ALERTS = frozenset({ALERTS_SERIES, api.ALERTS_FOR_STATE.name})
"""The series that Prometheus writes of alerts, with the labels of the alerts: those of the platform, too."""
SERIES_OF_PLATFORM = SERIES_OF_ALERTS | {alerting.OVERRIDES_INFO.name}
"""The series among those that no Worker pushes and no rule records that have the labels of the platform."""
WATCHDOG = "Watchdog"
"""The name of the alert that always fires, so that its absence shows that alerting is broken."""
