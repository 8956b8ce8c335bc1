"""Definitions with one mistake each, and the problem that each gets, by the step of the pipeline that finds it."""

from __future__ import annotations

from dataclasses import dataclass

ERRORS = "alerts/errors.py"
LATENCY = "alerts/latency.py"
OVERVIEW = "dashboards/overview.py"


@dataclass(frozen=True)
class Mistake:
    """A change of a file, and regular expressions for the problem and for another one that it causes. A change without
    a problem prepares the next one."""

    path: str
    old: str
    new: str
    problem: str = ""
    other_problem: str = ""


LOADING = (
    Mistake(  # unknown metric
        ERRORS,
        "import ERRORS, REQUESTS\n",
        "import ERRORS, REQUESTZ\n",
        r'alerts/errors\.py:\d+: there is no "REQUESTZ"; did you mean "REQUESTS"\?',
    ),
    Mistake(  # unknown module of the contract
        "alerts/tests/telemetry.py",
        "from contract.api",
        "from contract.apy",
        r'alerts/tests/telemetry\.py:\d+: there is no "apy"; did you mean "api"\?',
    ),
    Mistake(  # docstring without a part
        LATENCY,
        "    Impact: ",
        "    ",
        r'alerts/latency\.py:\d+: the docstring of \w+ lacks a part; give .* "Impact:"',
    ),
    Mistake(  # unknown argument
        "alerts/telemetry.py",
        '@alert("Watchdog", NONE',
        '@alert("Watchdog", NONE, runbok="x"',
        r"alerts/telemetry\.py:\d+: TypeError: alert\(\) got an unexpected keyword argument 'runbok'; fix this line",
    ),
    Mistake(  # wrong Python syntax
        "alerts/storage.py",
        "window = minutes(5)\n",
        "window = minutes(5\n",
        r"alerts/storage\.py:\d+: '\(' was never closed; fix the Python syntax\.",
    ),
    Mistake(  # byte that Python does not allow
        "alerts/cost.py",
        "HighAICosts",
        "High\0Costs",
        r"alerts/cost\.py: source code string cannot contain null bytes; fix the Python syntax\.",
    ),
    Mistake(  # exception
        "dashboards/tenant.py",
        "NOW = minutes(5)",
        "NOW = 1 / 0",
        r"dashboards/tenant\.py:\d+: ZeroDivisionError: division by zero; fix this line of the definition\.",
    ),
    Mistake(  # value of another type in the platform
        "platform.yaml",
        "tokens_per_day: 1000000",
        "tokens_per_day: many",
        r"platform\.yaml:\d+ tenant_default\.tokens_per_day: ",
    ),
    Mistake(  # two dashboards of one id
        "dashboards/storage.py",
        '    id="storage",',
        '    id="ai",',
        r'dashboards/storage\.py: the dashboard "ai" is also in dashboards/ai\.py; give each dashboard an id of its',
    ),
)
NAMES = (
    Mistake(  # dashboard whose file would lie outside of out/
        "dashboards/storage.py",
        'id="storage"',
        'id="../../evil"',
        r"dashboards/storage\.py:\d+: Dashboard\(…\) has the id '\.\./\.\./evil'; write lower-case .* as \"evil\"\.",
    ),
    Mistake(  # panel id with a capital letter
        "dashboards/tenant.py",
        'id="tokens_of_budget"',
        'id="Tokens of budget"',
        r"dashboards/tenant\.py:\d+: @panel\(…\) has the id 'Tokens of budget'; .* as \"tokens_of_budget\"\.",
    ),
    Mistake(  # row id of two lines
        "dashboards/ai.py",
        'id="What does it cost?"',
        'id="What does\\nit cost?"',
        r"dashboards/ai\.py:\d+: Row\(…\) has the id 'What does\\nit cost\?'; write a line of text",
    ),
    Mistake(  # alert test whose id is a path
        "alerts/tests/telemetry.py",
        'id="',
        'id="/',
        r"alerts/tests/telemetry\.py:\d+: @alert_test\(…\) has the id '/\w+'; write lower-case letters",
    ),
    Mistake(  # runbook whose name is a path
        "alerts/errors.py",
        'RouteDown", PAGE, panel',
        'RouteDown", PAGE, runbook="../route", panel',
        r"alerts/errors\.py:\d+: @alert\(…\) has the runbook '\.\./route'; write lower-case .* as \"route\"\.",
    ),
)
LOWERING = (
    Mistake(  # unknown metric of an alert
        ERRORS,
        "ERRORS.ratio_to(REQUESTS, window).by(ROUTE, SERVICE)",
        "ERRORS.ratio_to(REQUESTZ, window).by(ROUTE, SERVICE)",
        r'alerts/errors\.py:\d+ \w+: there is no "REQUESTZ"; did you mean "REQUESTS"\?',
    ),
    Mistake(  # unknown metric of a panel
        OVERVIEW,
        "Stat(RATE_LIMITED.ratio_to",
        "Stat(RATE_LIMITD.ratio_to",
        r'dashboards/overview\.py:\d+ \w+: there is no "RATE_LIMITD"; did you mean "RATE_LIMITED"\?',
    ),
    Mistake(  # label that a metric lacks
        ERRORS,
        "AI_ERRORS.ratio_to(AI_REQUESTS, window).by(MODEL)",
        "AI_ERRORS.ratio_to(REQUESTS, window).by(MODEL)",
        r"alerts/errors\.py:\d+ \w+: requests_total has no label model; use one of route, service, tenant_id",
    ),
    Mistake(  # value that a label lacks, in a function that two alerts share
        "alerts/storage.py",
        ".by(STORE).above(",
        '.where(STORE.is_("vectorise")).by(STORE).above(',
        r'alerts/storage\.py:\d+ \w+: label store has no value "vectorise"; use one of vectorize, kv',
    ),
    Mistake(  # threshold in another unit
        LATENCY,
        ".by(MODEL).above(",
        ".by(MODEL).above(platform.min_requests if platform.name else ",
        r"alerts/latency\.py:\d+ \w+: a query in milliseconds is compared with a threshold in requests; give a thresh",
    ),
    Mistake(  # unknown field of the platform
        LATENCY,
        "platform.latency.vectorize",
        "platform.latency.vectorise",
        r'alerts/latency\.py:\d+ \w+: there is no "vectorise"; did you mean "vectorize"\?',
    ),
    Mistake(  # unknown panel
        "alerts/cost.py",
        'panel="ai/tokens_without_price"',
        'panel="ai/tokens_without_prices"',
        r'alerts/cost\.py:\d+ \w+: \w+ links to the panel "ai/tokens_without_prices", which does not exist; '
        r'did you mean "ai/tokens_without_price"\?',
    ),
    Mistake(  # unknown dashboard of an alert
        LATENCY,
        'panel="overview/latency_by_route"',
        'panel="overwiew/latency_by_route"',
        r'alerts/latency\.py:\d+ \w+: \w+ links to the dashboard "overwiew", which does not exist; '
        r'did you mean "overview"\?',
    ),
    Mistake(  # unknown dashboard of a table
        OVERVIEW,
        'links_to="tenant"',
        'links_to="tenent"',
        r'dashboards/overview\.py:\d+ \w+: there is no dashboard "tenent"; did you mean "tenant"\?',
    ),
    Mistake(  # exception in the function of an alert
        "alerts/telemetry.py",
        "return Always(",
        'raise RuntimeError("no clock")\n    return Always(',
        r"alerts/telemetry\.py:\d+ \w+: RuntimeError: no clock; fix this line of the definition\.",
    ),
    Mistake(  # number in the place of a duration
        "alerts/cost.py",
        ".forecast(days(1), ",
        ".forecast(24, ",
        r"alerts/cost\.py:\d+ \w+: \.forecast\(…\) takes a duration, not 24; give it a unit, as seconds\(24\)",
    ),
)
DEFINITION_CHECKS = (
    Mistake(LATENCY, "import minutes", "import minutes, quantity"),
    Mistake(  # threshold between bucket bounds
        LATENCY,
        ".above(platform.latency.vectorize)",
        ".above(quantity(251, platform.latency.vectorize.unit))",
        r"alerts/latency\.py:\d+ \w+: its threshold is 251 ms, which is not a bucket bound .*"
        r"\[alert/threshold-not-a-bucket-bound\]",
    ),
    Mistake(  # placeholder that the alert cannot fill
        ERRORS,
        "{route} ({service}) is down",
        "{tenant_id} ({service}) is down",
        r"alerts/errors\.py:\d+ route_down: RouteDown cannot fill \{tenant_id\}; .*\[alert/unknown-placeholder\]",
    ),
    Mistake(  # alert test of an unknown alert
        "alerts/tests/telemetry.py",
        '@alert_test("TelemetryMissing"',
        '@alert_test("TelemetryMising"',
        r"alerts/tests/telemetry\.py:\d+ \w+: there is no alert TelemetryMising \(page\); "
        r'did you mean "TelemetryMissing .*\[test/unknown-alert\]',
    ),
)
OUTPUT_CHECKS = (
    Mistake(  # two dashboards of one title
        "dashboards/storage.py",
        'title="Storage"',
        'title="Overview"',
        r"grafana/dashboards/\w+\.json: its title 'Workers AI / Overview' is also that of \w+; give each "
        r"dashboard its own, in dashboards/storage\.py\. "
        r"\[dashboard/duplicate-uid-or-title\]",
    ),
)
CONTRACT = (
    Mistake(  # bucket bounds out of order
        "contract/api.py",
        "buckets=(5, 10,",
        "buckets=(50, 10,",
        r"contract/api\.py:\d+: the bucket bounds of latency_ms are not in ascending order; list each bound once",
    ),
)
UNITS = (
    Mistake(  # unknown unit
        "contract/api.py",
        "unit=REQUESTS_UNIT",
        "unit=REQUEST_UNIT",
        r'contract/api\.py:\d+: there is no "REQUEST_UNIT"; did you mean "REQUESTS_UNIT"\?',
    ),
)
