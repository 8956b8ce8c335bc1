"""What YAML reads otherwise than a person, or cannot read: syntax, keys, tags, anchors, documents and encodings."""

from __future__ import annotations

from tests.config.bad_platforms.bad_platform import (
    OVERRIDES,
    PERCENTAGE,
    ROUTES,
    SYNTAX,
    TENANT_KEYS,
    THRESHOLD_KEYS,
    VALID,
    at,
    bad,
    whole,
)

NO_ALIASES = "write the value in full, or share it between files with `extends`"
NOT_PLAIN = "write a name, without &, *, !, [ or { before it"
QUOTES = "put it in quotes"
EMPTY = "write the keys of a platform, or `extends:` and the path of another platform file"
MAPPING = "write a mapping of keys to values"


def syntax(place: str, what: str) -> str:
    """A problem of YAML's syntax."""
    return f"{place}: YAML syntax error: {what}; {SYNTAX}."


SYNTAX_ERRORS = (
    bad(
        "a tab in the indentation",
        "  min_requests: 15",
        "\tmin_requests: 15",
        syntax("24:1", "found character that cannot start any token"),
    ),
    bad("a list that is not closed", "[/a, /b]", "[/a, /b", syntax("4:6", "did not find expected ',' or ']'")),
    bad("a mapping that is not closed", "  beta: {}", "  beta: {", syntax("13:15", "did not find expected ',' or '}'")),
    bad("a key without its colon", "  beta: {}", "  beta", syntax("12:1", "could not find expected ':'")),
)
KEYS = (
    bad(
        "a tenant that is a number",
        "  beta: {}",
        "  42: {}",
        at("tenants", "the key 42 is not a string", QUOTES, "11:3"),
    ),
    bad(
        "a team that is a boolean",
        "  default: ops",
        "  no: ops",
        at("owners", "the key no is not a string", QUOTES, "46:3"),
    ),
    bad(
        "a setting that is a boolean",
        "    severity: page",
        "    on: true",
        at("alerts.RouteDown", "the key on is not a string", QUOTES, "50:5"),
    ),
    bad(
        "a key that is a list",
        "  web: [/c]",
        "  ? [web]\n  : [/c]",
        at("services", "a key is not a plain string", NOT_PLAIN, "4:5"),
    ),
    bad(
        "a key with a tag",
        "  beta: {}",
        "  !!str beta: {}",
        at("tenants", "a key is not a plain string", NOT_PLAIN, "11:3"),
    ),
    bad(
        "a tenant twice",
        "  beta: {}",
        "  acme: {}",
        at("tenants.acme", "duplicate key, first used in line 9", "keep one of the two", "11:3"),
    ),
    bad(
        "a route's SLO twice",
        "      /c: 250",
        "      /c: 250\n      /c: 500",
        at("slos.latency_p95_ms.routes./c", "duplicate key, first used in line 20", "keep one of the two", "21:7"),
    ),
    bad(
        "a setting twice",
        "    severity: page",
        "    severity: page\n    severity: ticket",
        at("alerts.RouteDown.severity", "duplicate key, first used in line 50", "keep one of the two", "51:5"),
    ),
)
VALUES = (
    bad(
        "an alias",
        "  beta: {}",
        "  beta: *acme",
        at("tenants.beta", "aliases (*acme) are not supported", "write the value in full", "11:9"),
    ),
    bad(
        "a tag of a number",
        "min_errors: 10",
        "min_errors: !!int 10",
        at("thresholds.min_errors", 'tags ("tag:yaml.org,2002:int") are not supported', "remove the tag", "25:15"),
    ),
    bad(
        "a tag that makes an object",
        "day: 60",
        "day: !!python/name:os.system",
        at(
            "thresholds.cost.dollars_per_day",
            'tags ("tag:yaml.org,2002:python/name:os.system") are not supported',
            "remove the tag",
            "35:22",
        ),
    ),
    bad(
        "a tag of one's own",
        "route_percent: 2",
        "route_percent: !percent 2",
        at("thresholds.errors.route_percent", 'tags ("!percent") are not supported', "remove the tag", "27:20"),
    ),
    bad(
        "a comment without a space before it",
        "ticket_percent: 1",
        "ticket_percent: 1#low",
        at("thresholds.storage.ticket_percent", '"1#low" is not a percentage', PERCENTAGE),
    ),
    bad(
        "a list as a text", "  web: [/c]", "  web: '[/c]'", at("services.web", '"[/c]" is not a list of routes', ROUTES)
    ),
    bad(
        "a mapping as a text",
        "  beta: {}",
        "  beta: '{}'",
        at("tenants.beta", '"{}" is not a mapping of overrides', OVERRIDES),
    ),
    bad(
        "sections in one line",
        "tenant_default:\n  tokens_per_day: 1000\n  error_percent: 5",
        "tenant_default: tokens_per_day 1000",
        at("tenant_default", '"tokens_per_day 1000" is not a mapping of tenant defaults', TENANT_KEYS),
    ),
    bad(
        "an empty section",
        "thresholds:\n  min_requests: 15",
        "thresholds:\nx-min_requests:\n  min_requests: 15",
        at("thresholds", "the value is empty", THRESHOLD_KEYS),
        at("x-min_requests", "unknown key", "remove it", "24:1"),
    ),
)
FILES = (
    whole("comments alone", "# to do\n# more to do\n", f": the file is empty; {EMPTY}."),
    whole("a list of platforms", "- platform: small\n", f"1:1: a list is not a platform; {MAPPING}."),
    whole("a text", "production\n", f"1:1: a text is not a platform; {MAPPING}."),
    whole("a number", "42\n", f"1:1: a number is not a platform; {MAPPING}."),
    whole(
        "two documents",
        f"{VALID}---\nplatform: other\n",
        "58:1: a second YAML document starts here; write one document per file.",
    ),
    whole("UTF-16", VALID.encode("utf-16"), ": line 1 is not valid UTF-8; save the file as UTF-8."),
    whole(
        "a NUL byte",
        VALID.replace("beta", "be\0ta"),
        "11:5: this line has a control character, which YAML does not allow; remove the character.",
    ),
)
YAML_FORMS = (*SYNTAX_ERRORS, *KEYS, *VALUES, *FILES)
