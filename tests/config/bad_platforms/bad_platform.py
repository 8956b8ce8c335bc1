"""What a bad platform file is, and the valid one that each is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

VALID = """\
platform: small
services:
  api: [/a, /b]
  web: [/c]
tenant_default:
  tokens_per_day: 1000
  error_percent: 5
tenants:
  acme:
    tokens_per_day: 2000
  beta: {}
slos:
  availability:
    target_percent: 99.5
    window_days: 30
  latency_p95_ms:
    routes:
      /a: 100
      /b: 500
      /c: 250
    ai: 1000
    vectorize: 250
thresholds:
  min_requests: 15
  min_errors: 10
  errors:
    route_percent: 2
    outage_percent: 50
    ai_percent: 4
  storage:
    ticket_percent: 1
    page_percent: 20
  cost:
    warning_percent: 80
    dollars_per_day: 60
  telemetry_stale_after_seconds: 180
model_prices:
  "@cf/baai/bge-m3":
    input: 0.1
    output: 0.3
teams:
  ops:
    page: [{pagerduty: {key_file: /secrets/key}}]
    ticket: [{webhook: {url_file: /secrets/url}}]
owners:
  default: ops
  cost: ops
alerts:
  RouteDown:
    severity: page
    labels:
      region: eu
    for: 3m
dead_man_url_file: /secrets/dead-man
links:
  grafana: https://g.example.com
  runbooks: https://r.example.com/books
"""
PLACES = {
    "": "1:1",
    "platform": "1:1",
    "services": "2:1",
    "services.api": "3:3",
    "services.web": "4:3",
    "tenant_default": "5:1",
    "tenant_default.tokens_per_day": "6:3",
    "tenant_default.error_percent": "7:3",
    "tenants": "8:1",
    "tenants.acme": "9:3",
    "tenants.acme.tokens_per_day": "10:5",
    "tenants.beta": "11:3",
    "slos": "12:1",
    "slos.availability": "13:3",
    "slos.availability.target_percent": "14:5",
    "slos.availability.window_days": "15:5",
    "slos.latency_p95_ms": "16:3",
    "slos.latency_p95_ms.routes": "17:5",
    "slos.latency_p95_ms.routes./a": "18:7",
    "slos.latency_p95_ms.routes./b": "19:7",
    "slos.latency_p95_ms.routes./c": "20:7",
    "slos.latency_p95_ms.ai": "21:5",
    "slos.latency_p95_ms.vectorize": "22:5",
    "thresholds": "23:1",
    "thresholds.min_requests": "24:3",
    "thresholds.min_errors": "25:3",
    "thresholds.errors": "26:3",
    "thresholds.errors.route_percent": "27:5",
    "thresholds.errors.outage_percent": "28:5",
    "thresholds.errors.ai_percent": "29:5",
    "thresholds.storage": "30:3",
    "thresholds.storage.ticket_percent": "31:5",
    "thresholds.storage.page_percent": "32:5",
    "thresholds.cost": "33:3",
    "thresholds.cost.warning_percent": "34:5",
    "thresholds.cost.dollars_per_day": "35:5",
    "thresholds.telemetry_stale_after_seconds": "36:3",
    "model_prices": "37:1",
    "model_prices.@cf/baai/bge-m3": "38:3",
    "model_prices.@cf/baai/bge-m3.input": "39:5",
    "model_prices.@cf/baai/bge-m3.output": "40:5",
    "teams": "41:1",
    "teams.ops": "42:3",
    "teams.ops.page": "43:5",
    "teams.ops.page[0].pagerduty": "43:13",
    "teams.ops.page[0].pagerduty.key_file": "43:25",
    "teams.ops.ticket": "44:5",
    "teams.ops.ticket[0].webhook": "44:15",
    "teams.ops.ticket[0].webhook.url_file": "44:25",
    "owners": "45:1",
    "owners.default": "46:3",
    "owners.cost": "47:3",
    "alerts": "48:1",
    "alerts.RouteDown": "49:3",
    "alerts.RouteDown.severity": "50:5",
    "alerts.RouteDown.labels": "51:5",
    "alerts.RouteDown.labels.region": "52:7",
    "alerts.RouteDown.for": "53:5",
    "dead_man_url_file": "54:1",
    "links": "55:1",
    "links.grafana": "56:3",
    "links.runbooks": "57:3",
}
"""The line and the column of each key of the valid platform."""

PERCENTAGE = "give a number above 0 and below 100"
TOKENS = "give a whole number above 0"
ABOVE_ZERO = "give a number above 0"
PRICE = "give a number of at least 0"
AT_LEAST_ONE = "give a whole number of at least 1"
DAYS = "give a whole number of at least 28 and at most 366"
SECONDS = "give a whole number of at least 30 and at most 3600"
PLATFORM = 'give at most 20 lowercase letters, digits and -, the first a letter, such as "production"'
SERVICE = 'give at most 63 lowercase letters, digits, - and _, the first a letter or a digit, such as "worker-api"'
ROUTE = 'give a slash, then at most 127 letters, digits and . _ ~ : * / -, such as "/chat"'
TENANT = "give 1 to 128 characters without backticks, control characters, & # % + and $__"
MODEL = 'give the full name, such as "@cf/meta/llama-3.1-8b-instruct": at most 128 letters, digits and @ . _ / -'
FAMILY = 'give the name of a module of alerts/, such as "errors", or "default"'
TEAM = 'give at most 40 lowercase letters, digits and -, the first a letter, such as "platform"'
SECRET_FILE = 'give an absolute path that Alertmanager can read, such as "/etc/alertmanager/secrets/page-key"'
BASE_URL = 'give an http or https URL without a slash, ? or # at its end, such as "https://grafana.example.com"'
ROUTES = 'list each route once, such as ["/chat", "/search"]'
DURATION = 'give a whole number and s, m, h or d, such as "10m"'
SEVERITY = "give one of page, ticket, none"
ALERT_NAME = "give the name of an alert, as its definition in alerts/ has it"
LABEL_NAME = 'give at most 40 letters and digits with single _ between them, the first a letter, such as "region"'
LABEL_VALUE = "give 1 to 128 characters without braces and control characters"
WEB_ADDRESS = 'give an http or https URL, such as "https://wiki.example.com/route-down"'
NUMBER = "write digits with an optional decimal point, without exponent or leading zeros, or quote it if it is text"
SYNTAX = "fix the syntax: check quotes, brackets and the indentation (spaces, no tabs)"
ENTRY = "write at least one entry: "
SERVICES_ENTRY = f"{ENTRY}a service name, a colon and a list of routes"
TENANTS_ENTRY = f"{ENTRY}a tenant id, a colon and a mapping of overrides"
ROUTES_ENTRY = f"{ENTRY}a route, a colon and a latency in milliseconds"
MODELS_ENTRY = f"{ENTRY}a model name, a colon and a mapping of prices"
TEAMS_ENTRY = f"{ENTRY}a team name, a colon and a mapping of receivers"
OWNERS_ENTRY = f"{ENTRY}a family of alerts, a colon and a team name"
ALERTS_ENTRY = f"{ENTRY}an alert's name, a colon and a mapping of settings"
LABELS_ENTRY = f"{ENTRY}a label's name, a colon and a label's value"
KEYS = "write a mapping with the keys "
TENANT_KEYS = f"{KEYS}tokens_per_day, error_percent, dollars_per_day (optional), dollars_per_month (optional)"
OVERRIDES = (
    "write {}, or a mapping with any of the keys tokens_per_day, error_percent, dollars_per_day, dollars_per_month"
)
SLOS_KEYS = f"{KEYS}availability, latency_p95_ms"
AVAILABILITY_KEYS = f"{KEYS}target_percent, window_days, services (optional), routes (optional)"
LATENCY_KEYS = f"{KEYS}routes (optional), services (optional), ai, vectorize (optional), models (optional)"
THRESHOLD_KEYS = f"{KEYS}min_requests, min_errors, errors, storage, cost, telemetry_stale_after_seconds"
ERROR_KEYS = f"{KEYS}route_percent, outage_percent, ai_percent, routes (optional), models (optional)"
STORAGE_KEYS = f"{KEYS}ticket_percent, page_percent, stores (optional)"
COST_KEYS = (
    f"{KEYS}warning_percent, dollars_per_day, runaway_dollars_per_day (optional), "
    "total_dollars_per_day (optional), dollars_per_month (optional), products (optional)"
)
PRICE_KEYS = f"{KEYS}input, output (optional), cached_input (optional), cache_write (optional), reasoning (optional)"
TEAM_KEYS = f"{KEYS}page, ticket, ticket_hours (optional)"
RECEIVERS = "list each receiver once, such as [{pagerduty: {key_file: /etc/alertmanager/secrets/page-key}}]"
RECEIVER = "write one channel with its settings, such as {pagerduty: {key_file: /etc/alertmanager/secrets/page-key}}"
LINK_KEYS = f"{KEYS}grafana, runbooks"
RULE_KEYS = "enabled, severity, owner, labels, runbook_url, window, for, except_routes, page, ticket, none"
HIDDEN = "(not shown: it may be a secret)"


@dataclass(frozen=True)
class BadPlatform:
    """A file with mistakes and its problems, each as `line:column path: what; hint.`, in the order of their lines.

    `edits` are replacements in the valid platform, or `text` is the whole file; `others` are files beside it.
    """

    name: str
    edits: tuple[tuple[str, str], ...]
    problems: tuple[str, ...]
    text: str | bytes = ""
    others: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> str | bytes:
        """The file."""
        content = VALID
        for old, new in self.edits:
            assert content.count(old) == 1, f"{self.name}: {old!r} occurs {content.count(old)} times"
            content = content.replace(old, new)
        return self.text or content


def at(path: str, what: str, hint: str, place: str = "") -> str:
    """A problem at a path of the valid platform, or at another place."""
    where = f"{place or PLACES[path]} {path}".rstrip()
    return f"{where}: {what}; {hint}."


def bad(name: str, old: str, new: str, *problems: str) -> BadPlatform:
    """The valid platform with one replacement."""
    return BadPlatform(name, ((old, new),), problems)


def whole(name: str, text: str | bytes, *problems: str, **others: str) -> BadPlatform:
    """A file of its own; `others` are files beside it, by their names without `.yaml`."""
    return BadPlatform(name, (), problems, text, {f"{other}.yaml": content for other, content in others.items()})
