"""Keys that most platforms do not have: thresholds by name, stores, metrics, Prometheus, Grafana, labels, settings of
alerts."""

from __future__ import annotations

from contract import labels
from tests.config.bad_platforms.bad_platform import (
    ABOVE_ZERO,
    DURATION,
    HIDDEN,
    KEYS,
    LABEL_NAME,
    LABEL_VALUE,
    MODEL,
    PERCENTAGE,
    ROUTE,
    RULE_KEYS,
    SEVERITY,
    TEAM,
    VALID,
    WEB_ADDRESS,
    BadPlatform,
    at,
    bad,
    whole,
)

LAST = "  runbooks: https://r.example.com/books\n"
ERRORS, STORAGE = "    ai_percent: 4\n", "    page_percent: 20\n"
AVAILABILITY, LATENCY = "    window_days: 30\n", "    vectorize: 250\n"
ALERT = "  RouteDown:\n    severity: page\n    labels:\n      region: eu\n    for: 3m\n"
ANY_KEY = "write a mapping with any of the keys "
LABEL_TEXT = 'give at most 128 letters, digits and . _ : / @ + - and spaces between them, such as "eu-west-1"'
STATIC_LABELS_ENTRY = "write at least one entry: a label's name, a colon and the value of a static label"
OTHER_NAME = "choose another name"
STORES = 'list each store once, such as ["vectorize", "d1"]'
STORE_NAMES = ", ".join(labels.STORE.listed)
PREFIX = 'give at most 32 lowercase letters, digits and single _, the first a letter and the last _, such as "acme_"'
METRICS_KEYS = f"{ANY_KEY}prefix, labels, conventions"
CONVENTIONS = "use one of gen-ai-0.1.0, gen-ai-2026-09"
INTERVAL = "give a whole number of at least 1 and at most 60"
RETENTION = "give a whole number of at least 1 and at most 3660"
PROMETHEUS_KEYS = (
    f"{KEYS}push_interval_seconds (optional), scrape_interval_seconds (optional), retention_days (optional)"
)
GRAFANA_KEYS = f"{KEYS}folder (optional), data_source_uid (optional), formats (optional), managed_alerts (optional)"
FOLDER = 'give 1 to 60 characters without / \\ $ and control characters, such as "Workers AI"; General is taken'
DATA_SOURCE = 'give at most 40 letters, digits, - and _, such as "prometheus"'
BGE = '"@cf/baai/bge-m3"'


def after(name: str, line: str, text: str, *problems: str) -> BadPlatform:
    """The valid platform with another line after one."""
    return bad(name, line, f"{line}{text}\n", *problems)


def end(name: str, text: str, *problems: str) -> BadPlatform:
    """The valid platform with another key in its last line, the 58th."""
    return after(name, LAST, text, *problems)


def alert(name: str, settings: str, *problems: str) -> BadPlatform:
    """The valid platform with other settings of alerts, in the 49th line."""
    return bad(name, ALERT, f"  {settings}\n", *problems)


def by_name(name: str, line: str, text: str, path: str, place: str, what: str, hint: str) -> BadPlatform:
    """The valid platform with values by name, in the line after one."""
    return after(name, line, f"    {text}", at(path, what, hint, place))


NO_ROUTE, NO_PRICE = "no service has this route", "this model has no price"
RANGE = "is out of range"
ROUTES, MODELS, STORE = "thresholds.errors.routes", "thresholds.errors.models", "thresholds.storage.stores"
OF_SERVICES, OF_ROUTES = "slos.availability.services", "slos.availability.routes"
OF_MODELS = "slos.latency_p95_ms.models"
ROUTE_KEYS = f"{ANY_KEY}route_percent, outage_percent"
STORE_KEYS = f"{ANY_KEY}ticket_percent, page_percent"
THRESHOLDS = (
    by_name("errors of a route that nobody has", ERRORS, "routes: {/aa: {route_percent: 1}}", f"{ROUTES}./aa",
            "30:14", NO_ROUTE, 'did you mean "/a"? If not, add it to the routes of a service'),
    by_name("errors of a route as a number", ERRORS, "routes: {/a: 5}", f"{ROUTES}./a",
            "30:14", "5 is not a mapping of overrides", ROUTE_KEYS),
    by_name("errors of routes as a list", ERRORS, "routes: [/a]", ROUTES,
            "30:5", "a list is not a mapping of routes", "write at least one entry: a route, a colon and a mapping of "
            "overrides"),
    by_name("errors of no route", ERRORS, "routes: {}", ROUTES,
            "30:5", "the value is empty", "write at least one entry: a route, a colon and a mapping of overrides"),
    by_name("an outage of a route below its errors", ERRORS, "routes: {/a: {outage_percent: 1}}",
            f"{ROUTES}./a.outage_percent", "30:19", "1% is not above route_percent, which is 2%", "give more than 2"),
    by_name("errors of a route above its outage", ERRORS, "routes: {/a: {route_percent: 60}}",
            f"{ROUTES}./a.route_percent", "30:19", "60% is not below outage_percent, which is 50%",
            "give less than 50"),
    by_name("errors of a model at a route", ERRORS, "routes: {/a: {ai_percent: 1}}", f"{ROUTES}./a.ai_percent",
            "30:19", "unknown key", 'did you mean "outage_percent"? If not, remove it'),
    by_name("errors of a route without its slash", ERRORS, "routes: {a: {route_percent: 1}}", f"{ROUTES}.a",
            "30:14", '"a" is not a route', ROUTE),
    by_name("an outage of everything", ERRORS, "routes: {/a: {outage_percent: 100}}", f"{ROUTES}./a.outage_percent",
            "30:19", f"100 {RANGE}", PERCENTAGE),
    by_name("errors of a model without a price", ERRORS, 'models: {"@cf/baai/bge-m4": {ai_percent: 1}}',
            f"{MODELS}.@cf/baai/bge-m4", "30:14", NO_PRICE,
            'did you mean "@cf/baai/bge-m3"? If not, add it to model_prices'),
    by_name("errors of a model with their unit", ERRORS, f"models: {{{BGE}: {{ai_percent: 5%}}}}",
            f"{MODELS}.@cf/baai/bge-m3.ai_percent", "30:34", '"5%" is not a percentage', PERCENTAGE),
    by_name("errors of a model with a space", ERRORS, "models: {bge m3: {ai_percent: 5}}", f'{MODELS}."bge m3"',
            "30:14", '"bge m3" is not a model name', MODEL),
    by_name("errors of a misspelt store", STORAGE, "stores: {vectorise: {page_percent: 30}}", f"{STORE}.vectorise",
            "33:14", "unknown key", 'did you mean "vectorize"? If not, remove it'),
    by_name("errors of a store that is not used", STORAGE, "stores: {d1: {page_percent: 30}}", f"{STORE}.d1",
            "33:14", "the platform does not use this store", "remove the key, or add d1 to `stores`"),
    by_name("a ticket of a store above its page", STORAGE, "stores: {kv: {ticket_percent: 30}}",
            f"{STORE}.kv.ticket_percent", "33:19", "30% is not below page_percent, which is 20%", "give less than 20"),
    by_name("a page of a store below its ticket", STORAGE, "stores: {kv: {page_percent: 0.5}}",
            f"{STORE}.kv.page_percent", "33:19", "0.5% is not above ticket_percent, which is 1%", "give more than 1"),
    by_name("errors of a store as a text", STORAGE, "stores: kv", STORE,
            "33:5", '"kv" is not a mapping of stores', f"{ANY_KEY}{STORE_NAMES}"),
    by_name("errors of a store without a value", STORAGE, "stores: {kv: null}", f"{STORE}.kv",
            "33:14", "the value is empty", STORE_KEYS),
    by_name("errors of a store as a percentage", STORAGE, "stores: {kv: 5}", f"{STORE}.kv",
            "33:14", "5 is not a mapping of overrides", STORE_KEYS),
    by_name("an SLO of a misspelt service", AVAILABILITY, "services: {webb: {target_percent: 99}}",
            f"{OF_SERVICES}.webb", "16:16", "there is no such service",
            'did you mean "web"? If not, add it to services'),
    by_name("an SLO of a route that nobody has", AVAILABILITY, "routes: {/z: {target_percent: 99}}",
            f"{OF_ROUTES}./z", "16:14", NO_ROUTE, "use one of /a, /b, /c, or add it to the routes of a service"),
    by_name("an SLO of a route without its target", AVAILABILITY, "routes: {/a: {}}",
            f"{OF_ROUTES}./a.target_percent", "16:14", "this key is required", PERCENTAGE),
    by_name("an SLO of a route that no burn rate can miss", AVAILABILITY, "routes: {/a: {target_percent: 80}}",
            f"{OF_ROUTES}./a.target_percent", "16:19",
            "the alert on 2% of the error budget in 1 hour can never fire: it needs 288% errors",
            "give more than 93.06"),
    by_name("an SLO of a service as a number", AVAILABILITY, "services: {web: 99}", f"{OF_SERVICES}.web",
            "16:16", "99 is not a mapping with a target", f"{KEYS}target_percent"),
    by_name("a latency of a model between two buckets", LATENCY, f"models: {{{BGE}: 260}}",
            f"{OF_MODELS}.@cf/baai/bge-m3", "23:14", "260 ms is not a bucket bound of ai_latency_ms",
            "give 250 or 500"),
    by_name("a latency of a model without a price", LATENCY, "models: {gpt: 500}", f"{OF_MODELS}.gpt",
            "23:14", NO_PRICE, "use one of @cf/baai/bge-m3, or add it to model_prices"),
    by_name("a latency of a model in words", LATENCY, f"models: {{{BGE}: fast}}", f"{OF_MODELS}.@cf/baai/bge-m3",
            "23:14", '"fast" is not a latency in milliseconds', ABOVE_ZERO),
)  # fmt: skip
STORES_USED = (
    end("a store as a text", "stores: kv", at("stores", '"kv" is not a list of stores', STORES, "58:1")),
    end("no store", "stores: []", at("stores", "the value is empty", STORES, "58:1")),
    end("a store twice", "stores: [vectorize, kv, kv]", at("stores", "the list has a duplicate item", STORES, "58:1")),
    end("a misspelt store", "stores: [vectorize, kvs]",
        at("stores[1]", '"kvs" is not a store', f"use one of {STORE_NAMES}", "58:21")),
    end("stores as a mapping", "stores: {kv: true}", at("stores", "a mapping is not a list of stores", STORES, "58:1")),
    end("a list of a list of stores", "stores: [[kv]]",
        at("stores[0]", "a list is not a store", f"use one of {STORE_NAMES}", "58:10")),
    end("an SLO of a store that is not used", "stores: [kv]",
        at("slos.latency_p95_ms.vectorize", "the platform does not use this store",
           "remove the key, or add vectorize to `stores`", "22:5")),
)  # fmt: skip
DEPLOYMENT = (
    end("a prefix without its underscore", "metrics: {prefix: acme}",
        at("metrics.prefix", '"acme" is not a prefix of metrics', PREFIX, "58:11")),
    end("a prefix beside its section", "metrics: acme_",
        at("metrics", '"acme_" is not a mapping of settings of metrics', METRICS_KEYS, "58:1")),
    end("a misspelt prefix", "metrics: {prefx: acme_}",
        at("metrics.prefx", "unknown key", 'did you mean "prefix"? If not, remove it', "58:11")),
    end("conventions that do not exist", "metrics: {conventions: gen-ai-1.0.0}",
        at("metrics.conventions", '"gen-ai-1.0.0" is not a version of conventions', CONVENTIONS, "58:11")),
    end("a prefix of nothing", "metrics: {prefix: null}",
        at("metrics.prefix", "the value is empty", PREFIX, "58:11")),
    end("a push interval of nothing", "prometheus: {push_interval_seconds: 0}",
        at("prometheus.push_interval_seconds", f"0 {RANGE}", INTERVAL, "58:14")),
    end("a push interval with its unit", "prometheus: {push_interval_seconds: 30s}",
        at("prometheus.push_interval_seconds", '"30s" is not a number of seconds', INTERVAL, "58:14")),
    end("a push interval of a fraction", "prometheus: {push_interval_seconds: 1.5}",
        at("prometheus.push_interval_seconds", "1.5 is not a number of seconds", INTERVAL, "58:14")),
    end("a scrape interval of an hour", "prometheus: {scrape_interval_seconds: 3600}",
        at("prometheus.scrape_interval_seconds", f"3600 {RANGE}", INTERVAL, "58:14")),
    end("a retention shorter than the SLO", "prometheus: {retention_days: 30}",
        at("prometheus.retention_days", "30 days are less than the SLO's window_days, which is 30, and a day",
           "give at least 31, or remove the key", "58:14")),
    end("a retention of fourteen years", "prometheus: {retention_days: 5000}",
        at("prometheus.retention_days", f"5000 {RANGE}", RETENTION, "58:14")),
    end("a misspelt retention", "prometheus: {retention: 90}",
        at("prometheus.retention", "unknown key", 'did you mean "retention_days"? If not, remove it', "58:14")),
    end("Prometheus as a number", "prometheus: 30",
        at("prometheus", "30 is not a mapping of settings of Prometheus", PROMETHEUS_KEYS, "58:1")),
    end("Prometheus without a value", "prometheus:", at("prometheus", "the value is empty", PROMETHEUS_KEYS, "58:1")),
    end("the folder General", "grafana: {folder: General}",
        at("grafana.folder", '"General" is not the title of a folder', FOLDER, "58:11")),
    end("a list of folders", "grafana: {folder: [A]}",
        at("grafana.folder", "a list is not the title of a folder", FOLDER, "58:11")),
    end("a data source by its title", "grafana: {data_source_uid: my prom}",
        at("grafana.data_source_uid", '"my prom" is not the UID of a data source', DATA_SOURCE, "58:11")),
    end("a misspelt data source", "grafana: {datasource_uid: a}",
        at("grafana.datasource_uid", "unknown key", 'did you mean "data_source_uid"? If not, remove it', "58:11")),
    end("a folder beside its section", "grafana: Workers AI",
        at("grafana", '"Workers AI" is not a mapping of settings of Grafana', GRAFANA_KEYS, "58:1")),
)  # fmt: skip
LABELS = (
    end("static labels as a text", "labels: eu",
        at("labels", '"eu" is not a mapping of static labels', STATIC_LABELS_ENTRY, "58:1")),
    end("no static labels", "labels: {}", at("labels", "the value is empty", STATIC_LABELS_ENTRY, "58:1")),
    end("a static label with a dash", "labels: {cloud-region: eu}",
        at("labels.cloud-region", '"cloud-region" is not a label\'s name', LABEL_NAME, "58:10")),
    end("a static label with a slash at its end", "labels: {zone: eu/}",
        at("labels.zone", '"eu/" is not the value of a static label', LABEL_TEXT, "58:10")),
    end("a static label that is a number", "labels: {tier: 1}",
        at("labels.tier", "1 is not the value of a static label", LABEL_TEXT, "58:10")),
    end("a static label without a value", "labels: {tier: null}",
        at("labels.tier", "the value is empty", LABEL_TEXT, "58:10")),
    end("a static label of the contract", "labels: {severity: high}",
        at("labels.severity", 'the label "severity" is one of the contract or of Prometheus', OTHER_NAME, "58:10")),
    end("a static label that alerts have", "labels: {threshold: high}",
        at("labels.threshold", 'the label "threshold" is one of the contract or of Prometheus', OTHER_NAME, "58:10")),
    end("a static label of Prometheus", "labels: {job: workers}",
        at("labels.job", 'the label "job" is one of the contract or of Prometheus', OTHER_NAME, "58:10")),
    end("a static label that an alert has too", "labels: {region: eu}",
        at("alerts.RouteDown.labels.region", 'the label "region" is set already, or is the contract\'s', OTHER_NAME,
           "52:0")),
)  # fmt: skip
REMOVE = "remove it"
NOT_TAKEN = "does not take this key"
ALERTS = (
    alert("an alert without settings", "RouteDown:",
          at("alerts.RouteDown", "the value is empty", f"{ANY_KEY}{RULE_KEYS}")),
    alert("an alert enabled by a text", "RouteDown: {enabled: 'no'}",
          at("alerts.RouteDown.enabled", '"no" is not true or false', "give true or false", "49:15")),
    alert("a list of severities", "RouteDown: {severity: [page]}",
          at("alerts.RouteDown.severity", "a list is not a severity", SEVERITY, "49:15")),
    alert("a list of owners", "RouteDown: {owner: [ops]}",
          at("alerts.RouteDown.owner", "a list is not a team name", TEAM, "49:15")),
    alert("an owner of one rule who is no team", "StorageErrors: {page: {owner: sre}}",
          at("alerts.StorageErrors.page.owner", 'there is no team "sre"', "use one of ops, or add it to teams",
             "49:26")),
    alert("a threshold among the settings", "RouteDown: {threshold: 5}",
          at("alerts.RouteDown.threshold", "unknown key",
             "use one of enabled, except_routes, for, labels, none, owner, page, runbook_url, severity, ticket, "
             "window, or remove it",
             "49:15")),
    alert("a severity below a severity", "StorageErrors: {page: {page: {for: 5m}}}",
          at("alerts.StorageErrors.page.page", "unknown key",
             "use one of enabled, except_routes, for, labels, owner, runbook_url, severity, window, or remove it",
             "49:26")),
    alert("a label of an alert that is a number", "RouteDown: {labels: {tier: 1}}",
          at("alerts.RouteDown.labels.tier", "1 is not a label's value", LABEL_VALUE, "49:24")),
    alert("a runbook with a password", "RouteDown: {runbook_url: 'https://ops:hunter2@w.example.com'}",
          at("alerts.RouteDown.runbook_url", f"{HIDDEN} is not a URL", WEB_ADDRESS, "49:15")),
    alert("a window without its unit", "RouteDown: {window: 5}",
          at("alerts.RouteDown.window", "5 is not a duration", DURATION, "49:15")),
    alert("a window of one sample", "RouteDown: {window: 20s}",
          at("alerts.RouteDown.window", "a window of 20 seconds holds less than two samples", "give at least 30s",
             "49:0")),
    alert("a window that is not stored", "RouteDown: {window: 40d}",
          at("alerts.RouteDown.window", "a window of 40 days is longer than Prometheus stores samples",
             "give at most 35d", "49:0")),
    alert("a window of an amount per day", "HighAISpend: {window: 12h}",
          at("alerts.HighAISpend.window", f"HighAISpend {NOT_TAKEN}: its threshold is an amount per 24 hours", REMOVE,
             "49:0")),
    alert("a window of an alert with several", "ErrorBudgetBurn: {page: {window: 1h}}",
          at("alerts.ErrorBudgetBurn.page.window",
             f"ErrorBudgetBurn {NOT_TAKEN}: its definition has no window, or more than one", REMOVE, "49:0")),
    alert("a duration of an alert that fires at once", "HighAISpend: {for: 5m}",
          at("alerts.HighAISpend.for", f"HighAISpend {NOT_TAKEN}: its definition has no for_(…)", REMOVE, "49:0")),
    alert("an alert that leaves out an unknown route", "RequestsStopped: {except_routes: [/serach]}",
          at("alerts.RequestsStopped.except_routes", 'no service has the route "/serach"',
             "use one of /a, /b, /c, other, or remove it", "49:0")),
    alert("an alert that leaves out all routes", "RequestsStopped: {except_routes: [/a, /b, /c, other]}",
          at("alerts.RequestsStopped.except_routes", "it leaves out every route", "write enabled: false instead",
             "49:0")),
    alert("an alert that leaves out a text", "RequestsStopped: {except_routes: /a}",
          at("alerts.RequestsStopped.except_routes", '"/a" is not a list of routes',
             'list each route once, such as ["/batch"]', "49:21")),
    alert("an alert that leaves out no path", "RequestsStopped: {except_routes: [batch]}",
          at("alerts.RequestsStopped.except_routes[0]", '"batch" is not a route',
             'give a route of a service, such as "/chat", or "other"', "49:37")),
    alert("an outage that leaves out routes", "RouteDown: {except_routes: [/a]}",
          at("alerts.RouteDown.except_routes",
             f"RouteDown {NOT_TAKEN}: only an alert on routes whose requests stop leaves out some", REMOVE, "49:0")),
    alert("a Watchdog that is off", "Watchdog: {enabled: false}",
          at("alerts.Watchdog.enabled", f"Watchdog {NOT_TAKEN}: its absence is the only sign that alerting is broken, "
             'and "Pages firing" needs it', REMOVE, "49:0")),
    alert("a severity of an alert with two rules", "StorageErrors: {severity: ticket}",
          at("alerts.StorageErrors", "StorageErrors has a rule for each of ticket, page",
             "write the settings below ticket or page", "49:0")),
    alert("a rule of a severity that the alert lacks", "StorageErrors: {none: {for: 5m}}",
          at("alerts.StorageErrors.none", "StorageErrors has no rule of this severity", "use one of ticket, page",
             "49:0")),
    alert("two rules of one severity", "StorageErrors: {page: {severity: ticket}}",
          at("alerts.StorageErrors.page.severity", "StorageErrors would have two rules of severity ticket",
             "disable one, or give them different severities", "49:0")),
    whole("a setting of an alert in the base", "extends: base.yaml\nplatform: big\n",
          "base.yaml:49:0 alerts.Watchdog.severity: Watchdog does not take this key: the dead man's switch gets the "
          "alerts of severity none; remove it.",
          base=VALID.replace(ALERT, "  Watchdog: {severity: page}\n")),
)  # fmt: skip
OPTIONAL_KEYS = (*THRESHOLDS, *STORES_USED, *DEPLOYMENT, *LABELS, *ALERTS)
