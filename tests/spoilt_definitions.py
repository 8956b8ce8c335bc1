"""Definitions spoilt in one place each, and the fault that each gets, by the stage of a build that sees it."""

from __future__ import annotations

ALERT = "alerts/errors.py"
WALL = "dashboards/overview.py"
Spoilt = tuple[str, str, str, str]
"""A file, a text in it, what stands there instead, and the fault that this gets."""

CANNOT_BE_LOADED: tuple[Spoilt, ...] = (
    (  # an unknown metric
        ALERT,
        "import ERRORS, REQUESTS\n",
        "import ERRORS, REQUESTZ\n",
        r'alerts/errors\.py:\d+: there is no "REQUESTZ"; did you mean "REQUESTS"\?',
    ),
    (  # an unknown module of the contract
        "alerts/tests/errors.py",
        "from contract.api",
        "from contract.apy",
        r'alerts/tests/errors\.py:\d+: there is no "apy"; did you mean "api"\?',
    ),
    (  # a docstring without a part
        "alerts/latency.py",
        "    Impact: One tenant",
        "    One tenant",
        r'alerts/latency\.py:\d+: the docstring of high_latency_of_tenant lacks a part; give .* "Impact:"',
    ),
    (  # a panel without a docstring
        "dashboards/storage.py",
        '"""Calls per second to each store."""',
        "...",
        r"dashboards/storage\.py:\d+: the panel calls_now has no docstring; say in a sentence",
    ),
    (  # a word that there is not
        "alerts/telemetry.py",
        '@alert("Watchdog", NONE',
        '@alert("Watchdog", NONE, runbok="x"',
        r"alerts/telemetry\.py:\d+: TypeError: alert\(\) got an unexpected keyword argument 'runbok'; mend the def",
    ),
    (  # a mistake in the Python
        "alerts/storage.py",
        "window = minutes(5)\n",
        "window = minutes(5\n",
        r"alerts/storage\.py:\d+: '\(' was never closed; mend the Python here\.",
    ),
    (  # a byte that no Python holds
        "alerts/cost.py",
        "HighAICosts",
        "High\0Costs",
        r"alerts/cost\.py: source code string cannot contain null bytes; mend the Python here\.",
    ),
    (  # a definition that fails
        WALL,
        "NOW = minutes(5)",
        "NOW = 1 / 0",
        r"dashboards/overview\.py:\d+: ZeroDivisionError: division by zero; mend the definition\.",
    ),
    (  # a malformed platform
        "platform.yaml",
        "target_percent: 99.5",
        "target_percent: many",
        r"platform\.yaml:\d+ slos\.availability\.target_percent: ",
    ),
)
MAKE_NO_SENSE: tuple[Spoilt, ...] = (
    (  # an unknown metric
        ALERT,
        "failing = ERRORS.share_of(REQUESTS, over=window).by(ROUTE, SERVICE).above(platform.errors.outage)",
        "failing = ERRORS.share_of(REQUESTZ, over=window).by(ROUTE, SERVICE).above(platform.errors.outage)",
        r'alerts/errors\.py:\d+ route_down: there is no "REQUESTZ"; did you mean "REQUESTS"\?',
    ),
    (  # an unknown metric on a panel
        WALL,
        "return Number(ERRORS.share_of",
        "return Number(ERORS.share_of",
        r'dashboards/overview\.py:\d+ errors_now: there is no "ERORS"; did you mean "ERRORS"\?',
    ),
    (  # a label that a metric lacks
        ALERT,
        "by(ROUTE, SERVICE).above(platform.errors.route)",
        "by(ROUTE, MODEL).above(platform.errors.route)",
        r"alerts/errors\.py:\d+ high_error_rate_of_route: errors_total has no label model; use one of route, service",
    ),
    (  # a value that a label lacks, said in a function that two alerts share
        "alerts/storage.py",
        ".by(STORE).above(ceiling)",
        '.where(STORE.is_("vectorise")).by(STORE).above(ceiling)',
        r'alerts/storage\.py:\d+ failing: label store has no value "vectorise"; use one of vectorize, kv',
    ),
    (  # another unit
        ALERT,
        ".above(platform.errors.ai)",
        ".above(platform.min_requests)",
        r"alerts/errors\.py:\d+ high_ai_error_rate: .*share.* compared with .*requests; give a threshold in share\.",
    ),
    (  # an unknown number of the platform
        "alerts/latency.py",
        "platform.latency.vectorize",
        "platform.latency.vectorise",
        r'alerts/latency\.py:\d+ high_vectorize_latency: there is no "vectorise"; did you mean "vectorize"\?',
    ),
    (  # an unknown panel
        "alerts/latency.py",
        'panel="ai/latency_by_model"',
        'panel="ai/latency_by_modell"',
        r'alerts/latency\.py:\d+ high_ai_latency: HighAILatency leads to the panel "ai/latency_by_modell"; did you',
    ),
    (  # an unknown dashboard
        "alerts/latency.py",
        'panel="overview/latency_by_route"',
        'panel="overwiew/latency_by_route"',
        r'alerts/latency\.py:\d+ high_latency_of_route: HighLatency leads to the dashboard "overwiew"; did you mean',
    ),
    (  # an unknown dashboard that a table opens
        WALL,
        'opens="tenant"',
        'opens="tenent"',
        r'dashboards/overview\.py:\d+ worst_tenants: there is no dashboard "tenent"; ',
    ),
    (  # a definition that fails when it is asked
        "alerts/cost.py",
        "return Unpriced(",
        'raise RuntimeError("no price")\n    return Unpriced(',
        r"alerts/cost\.py:\d+ ai_model_without_price: RuntimeError: no price; mend the definition\.",
    ),
    (  # a mistake that shows inside a word
        "alerts/cost.py",
        "projected_to(days(1), recent=hours(1))",
        "projected_to(24, recent=hours(1))",
        r"alerts/cost\.py:\d+ ai_cost_forecast: (Attribute|Type)Error: .*; mend the definition\.",
    ),
)
BREAK_A_LAW: tuple[Spoilt, ...] = (
    (  # a threshold off the buckets
        "alerts/latency.py",
        ".above(platform.latency.vectorize)",
        ".above(quantity(251, platform.latency.vectorize.unit))",
        r"alerts/latency\.py:\d+ high_vectorize_latency: its threshold is 251 ms, no bucket bound of vecto",
    ),
    (
        "alerts/latency.py",
        "import minutes",
        "import minutes, quantity",
        r"dashboards/storage\.py:\d+ vectorize_latency: its line at 250 ms is no alert's threshold",
    ),
    (  # a hole that nothing fills
        ALERT,
        "{route} ({service}) is down",
        "{tenant_id} ({service}) is down",
        r"alerts/errors\.py:\d+ route_down: RouteDown cannot fill \{tenant_id\}",
    ),
    (  # a story of no alert
        "alerts/tests/storage.py",
        '@story("StorageErrors"',
        '@story("StorageErors"',
        r'alerts/tests/storage\.py:\d+ \w+: there is no alert StorageErors .*did you mean "StorageErrors',
    ),
)
BREAK_A_LAW_OF_TEXTS: tuple[Spoilt, ...] = (
    (  # an unknown runbook
        ALERT,
        'RouteDown", PAGE, panel',
        'RouteDown", PAGE, runbook="route/", panel',
        r'alerts/errors\.py:\d+ route_down: there is no runbook "\.md"; ',
    ),
    (  # two equal titles, and so two equal names of dashboards
        "dashboards/storage.py",
        'title="Storage"',
        'title="Overview"',
        r"grafana/dashboards/\w+\.json: it has the title of \w+, 'Overview'; give each dashboard its own\.",
    ),
)
BAD_BUCKETS: tuple[Spoilt, ...] = (
    (
        "contract/api.py",
        "buckets=(5, 10,",
        "buckets=(50, 10,",
        r"contract/api\.py:\d+: the buckets of latency_ms do not rise; list each bound once, the smallest first\.",
    ),
)
UNKNOWN_UNIT: tuple[Spoilt, ...] = (
    (
        "contract/api.py",
        "unit=REQUESTS_UNIT",
        "unit=REQUEST_UNIT",
        r'contract/api\.py:\d+: there is no "REQUEST_UNIT"; did you mean "REQUESTS_UNIT"\?',
    ),
)
