"""Five typical changes of an adopter, as edits of the sources, and the tests that may fail for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

MAX_FAILURES = 5
"""The most tests that may fail after one change."""


@dataclass(frozen=True)
class Edit:
    """A replacement of a text that occurs once in a file, or a new file where `old` is empty."""

    path: str
    old: str
    new: str

    def apply(self, folder: Path) -> None:
        """Edit the file in a copy of the project. Raises ValueError where the text does not occur exactly once."""
        file = folder / self.path
        if not self.old:
            file.write_text(self.new, encoding="utf-8")
            return
        text = file.read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            raise ValueError(f"{self.path}: {self.old!r} occurs {text.count(self.old)} times")
        file.write_text(text.replace(self.old, self.new), encoding="utf-8")


@dataclass(frozen=True)
class TypicalChange:
    """A change that an adopter makes, and why which tests must fail for it, by their ids."""

    name: str
    edits: tuple[Edit, ...]
    failures: Mapping[str, str] = field(default_factory=dict)


NEW_PANEL = {
    "tests/truth/test_panels.py::test_every_panel_is_either_verified_or_listed": (
        "The numbers of a new panel must be verified against a simulation, or the panel listed with the others."
    ),
}
"""The test that every new panel fails until someone decides how it is verified."""
NEW_CONTRACT = {
    "tests/rendering/test_worker_contract.py::test_the_workers_tests_have_the_contract_of_the_tests_own_platform": (
        "The Workers' tests have a copy of the contract: python -m tests.worker_fixture writes it again."
    ),
}
"""The test that every change of the contract fails until the copy of the Workers' tests is written again."""
NEW_SETTING = {
    "tests/checks/test_pages.py::test_the_page_of_the_configuration_is_up_to_date": (
        "The page of the configuration lists every alert and every store: make checks-docs writes it again."
    ),
}
"""The test that every new alert or store fails until the page of the configuration is written again."""
NEW_COUNTER_OF_CALLS = {
    "tests/checks/test_pages.py::test_the_page_of_costs_is_up_to_date": (
        "The page of costs lists what is counted without a price: make checks-docs writes it again."
    ),
}
"""The test that every new counter of calls to a store fails until the page of costs is written again."""
NEW_ALERT = {
    **NEW_SETTING,
    "tests/alerts/test_hand_worked.py::test_an_alert_test_derives_the_numbers_worked_out_by_hand"
    "[quota.sixty_percent_limited]": (
        "What a new alert test expects to fire is worked out by hand once more, in hand_worked.yaml."
    ),
}
"""The tests that every new alert with an alert test fails until its page and its numbers are written."""

FIFTH_DASHBOARD = TypicalChange(
    "a fifth dashboard",
    (
        Edit(
            "dashboards/capacity.py",
            "",
            '''"""Capacity: how much traffic does the platform handle?"""

from contract.api import REQUESTS
from contract.labels import SERVICE
from generator.dsl.dashboard import Dashboard, Row, Series, TimeSeries, Variable, panel
from generator.dsl.platform import Platform


@panel("Requests by service", id="requests_by_service")
def requests_by_service(platform: Platform) -> TimeSeries:
    """Requests per second, by service."""
    return TimeSeries((Series(REQUESTS.rate().by(SERVICE)),), stacked=True)


DASHBOARD = Dashboard(
    id="capacity",
    title="Capacity",
    description=__doc__,
    variables=(Variable(SERVICE, REQUESTS),),
    rows=(Row("Traffic", (requests_by_service,)),),
    tags=("capacity",),
)
''',
        ),
    ),
    NEW_PANEL,
)
NEW_FAMILY = TypicalChange(
    "a new alert family",
    (
        Edit(
            "alerts/quota.py",
            "",
            '''"""Quota: a tenant is rate-limited."""

from contract.api import RATE_LIMITED, REQUESTS
from contract.labels import TENANT
from generator.dsl.alert import TICKET, alert
from generator.dsl.platform import Platform
from generator.dsl.query import Rule
from generator.dsl.units import minutes, percent


@alert("TenantRateLimited", TICKET, panel="tenant/rate_limited")
def tenant_rate_limited(platform: Platform) -> Rule:
    """{tenant_id}: {value} of requests are answered with 429.

    {value} of the requests of {tenant_id} in the last {window} were answered with 429 (threshold {threshold}).

    Impact: The tenant's clients retry or fail.

    First steps:
    1. Open the Tenant dashboard and find the route.
    """
    limited = RATE_LIMITED.ratio_to(REQUESTS, minutes(5)).by(TENANT)
    return limited.above(percent(50)).for_(minutes(10))
''',
        ),
        Edit(
            "dashboards/tenant.py",
            "DASHBOARD = Dashboard(",
            '''@panel("429 responses over time", id="rate_limited")
def rate_limited(platform: Platform) -> AlertSeries:
    """Requests of this tenant answered with 429, in percent of all, of the {window} before each point. The dashed red
    line is the threshold of TenantRateLimited."""
    return AlertSeries("TenantRateLimited")


DASHBOARD = Dashboard(''',
        ),
        Edit(
            "dashboards/tenant.py",
            "                tokens_by_model,\n            ),",
            "                tokens_by_model,\n                rate_limited,\n            ),",
        ),
        Edit(
            "alerts/tests/quota.py",
            "",
            '''"""Tests of the quota alert."""

from contract.api import RATE_LIMITED, REQUESTS
from contract.labels import ROUTE, SERVICE, TENANT
from generator.dsl.alert import TICKET
from generator.dsl.alert_test import (
    BEFORE_FOR,
    BELOW_THRESHOLD,
    COUNTER_RESET,
    FIRES,
    LOW_TRAFFIC,
    OTHERS_UNAFFECTED,
    RECOVERS,
    Scenario,
    alert_test,
    count,
    expect_firing,
    expect_none,
    firing,
    input_series,
    not_applicable,
    scenario,
)
from generator.dsl.platform import Platform
from generator.dsl.units import hours, minutes

CHAT = {TENANT: "com-mrrainbowsmoke", ROUTE: "/chat", SERVICE: "worker-api"}


@alert_test("TenantRateLimited", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS), id="sixty_percent_limited")
def sixty_percent_limited(platform: Platform) -> Scenario:
    """60 % of a tenant's requests are rate-limited from minute 30 to 60: fires from 45 on, and no more at 70."""
    return scenario(
        input_series(REQUESTS, CHAT, count(100, hours(2))),
        input_series(RATE_LIMITED, CHAT, count(0, minutes(30)), count(60, minutes(30)), count(0, hours(1))),
        expect_none(minutes(40)),
        expect_firing(minutes(45), firing(TICKET, 0.6, {TENANT: "com-mrrainbowsmoke"})),
        expect_none(minutes(70)),
    )


NOT_APPLICABLE = not_applicable(
    "TenantRateLimited",
    TICKET,
    covers=(BELOW_THRESHOLD, LOW_TRAFFIC, COUNTER_RESET, OTHERS_UNAFFECTED),
    reason="It is an example.",
)
''',
        ),
    ),
    {**NEW_ALERT, **NEW_PANEL},
)
RENAMED_SERVICE = TypicalChange(
    "a renamed service",
    (Edit("platform.yaml", "  worker-api:", "  api-gateway:"),),
)
NEW_STORE = TypicalChange(
    "a new store",
    (
        Edit(
            "contract/labels.py",
            'listed=("vectorize", "kv", "durable_objects", "d1", "r2", "queues")',
            'listed=("vectorize", "kv", "durable_objects", "d1", "r2", "queues", "hyperdrive")',
        ),
        Edit(
            "contract/storage.py",
            "STORAGE_CALLS = CombinedCounter(",
            """HYPERDRIVE_QUERIES = Counter(
    name="hyperdrive_queries_total",
    unit=QUERIES_UNIT,
    labels=LABELS,
    help="Queries through Hyperdrive, whatever the result.",
    origin=Extension("the platform uses Hyperdrive"),
    store="hyperdrive",
)
HYPERDRIVE_ERRORS = Counter(
    name="hyperdrive_errors_total",
    unit=ERRORS_UNIT,
    labels=LABELS,
    help="Queries through Hyperdrive that threw.",
    origin=Extension(WHY_ERRORS),
    store="hyperdrive",
)
STORAGE_CALLS = CombinedCounter(""",
        ),
        Edit(
            "contract/storage.py",
            '        Member(DO_REQUESTS, {STORE: "durable_objects", OPERATION: "request"}),\n',
            '        Member(DO_REQUESTS, {STORE: "durable_objects", OPERATION: "request"}),\n'
            '        Member(HYPERDRIVE_QUERIES, {STORE: "hyperdrive", OPERATION: "query"}),\n',
        ),
        Edit(
            "contract/storage.py",
            '        Member(DO_ERRORS, {STORE: "durable_objects", OPERATION: "any"}),\n',
            '        Member(DO_ERRORS, {STORE: "durable_objects", OPERATION: "any"}),\n'
            '        Member(HYPERDRIVE_ERRORS, {STORE: "hyperdrive", OPERATION: "any"}),\n',
        ),
        Edit("platform.yaml", "\nslos:\n", "\nstores: [vectorize, kv, durable_objects, hyperdrive]\n\nslos:\n"),
    ),
    {**NEW_SETTING, **NEW_COUNTER_OF_CALLS},
)
NEW_METRIC = TypicalChange(
    "a new metric",
    (
        Edit(
            "contract/ai.py",
            "AI_LATENCY = Histogram(",
            """AI_REPAIRED_ANSWERS = Counter(
    name="ai_repaired_answers_total",
    unit=REQUESTS_UNIT,
    labels=LABELS,
    help="Answers that were no valid JSON, and were repaired.",
    origin=Extension("an application that repairs answers looks healthy in every other metric"),
    convention=conventions.TOKENS_AND_TIMES,
)
AI_LATENCY = Histogram(""",
        ),
        Edit("dashboards/ai.py", "    AI_REQUESTS,\n", "    AI_REPAIRED_ANSWERS,\n    AI_REQUESTS,\n"),
        Edit(
            "dashboards/ai.py",
            '@panel("Latency by model, {quantile}", id="latency_by_model")',
            '''@panel("Repaired answers by model", id="repaired_answers_by_model")
def repaired_answers_by_model(platform: Platform) -> TimeSeries:
    """Repaired answers of each model in percent of its calls."""
    return TimeSeries((Series(AI_REPAIRED_ANSWERS.ratio_to(AI_REQUESTS).by(MODEL)),))


@panel("Latency by model, {quantile}", id="latency_by_model")''',
        ),
        Edit(
            "dashboards/ai.py",
            "                tokens_per_call,\n            ),",
            "                tokens_per_call,\n                repaired_answers_by_model,\n            ),",
        ),
    ),
    {**NEW_PANEL, **NEW_CONTRACT},
)
CHANGES = (FIFTH_DASHBOARD, NEW_FAMILY, RENAMED_SERVICE, NEW_STORE, NEW_METRIC)
