"""The schemas of names, paths and URLs in a platform file."""

from __future__ import annotations

from contract.labels import MODEL, TENANT
from generator.config.schema.keywords import Schema, string

TEAM_NAME = r"[a-z][a-z0-9-]{0,39}"
SECRET_FILE = r"/[A-Za-z0-9._/-]*[A-Za-z0-9._-]"
ROUTE_PATTERN = r"/[A-Za-z0-9._~:*/-]{0,127}"
URL = r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~%:@+,-]+)*"

SERVICE_NAME = string(
    "a service name",
    "The name of a Worker, which it reports in the label `service`.",
    r"[a-z0-9][a-z0-9_-]{0,62}",
    'give at most 63 lowercase letters, digits, - and _, the first a letter or a digit, such as "worker-api"',
)
ROUTE_NAME = string(
    "a route",
    "The path of requests. Requests to paths that are not listed have the route `other`.",
    ROUTE_PATTERN,
    'give a slash, then at most 127 letters, digits and . _ ~ : * / -, such as "/chat"',
)
TENANT_ID = string(
    "a tenant id",
    "The tenant, as the Workers report it. `unknown` (requests without a tenant) and `other` (tenants above the cap on "
    "series) can be listed like any tenant.",
    TENANT.pattern,
    "give 1 to 128 characters without backticks, control characters, & # % + and $__",
)
MODEL_NAME = string(
    "a model name",
    "The full name of the model in Workers AI.",
    MODEL.pattern,
    'give the full name, such as "@cf/meta/llama-3.1-8b-instruct": at most 128 letters, digits and @ . _ / -',
)
FAMILY = string(
    "a family of alerts",
    "The name of a module of `alerts/`.",
    r"[a-z][a-z0-9_]*",
    'give the name of a module of alerts/, such as "errors", or "default"',
)
TEAM = string(
    "a team name",
    "A team that is listed in `teams`.",
    TEAM_NAME,
    'give at most 40 lowercase letters, digits and -, the first a letter, such as "platform"',
)


LABEL_NAME = string(
    "a label's name",
    "The name of a label.",
    r"[a-zA-Z](_?[a-zA-Z0-9]){0,39}",
    'give at most 40 letters and digits with single _ between them, the first a letter, such as "region"',
)


def secret_file(description: str) -> Schema:
    """Return the schema of the path of a file that holds a secret."""
    return string(
        "the path of a file",
        f"{description} Never the secret itself.",
        SECRET_FILE,
        'give an absolute path that Alertmanager can read, such as "/etc/alertmanager/secrets/page-key"',
    )


def base_url(description: str) -> Schema:
    """Return the schema of a base URL."""
    return string(
        "a base URL",
        f"{description} Without a slash, a query or a fragment at its end.",
        URL,
        'give an http or https URL without a slash, ? or # at its end, such as "https://grafana.example.com"',
    )


def web_address(description: str) -> Schema:
    """Return the schema of the URL of a page."""
    return string(
        "a URL",
        description,
        rf"{URL}/?(\?[A-Za-z0-9._~%:@+,=&-]*)?(#[A-Za-z0-9._~%-]*)?",
        'give an http or https URL, such as "https://wiki.example.com/route-down"',
    )
