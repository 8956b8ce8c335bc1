"""Files that extend others: the problem is in the file, and at the line, that has to change."""

from __future__ import annotations

from tests.config.bad_platforms.bad_platform import VALID, at, whole

PATH = "give the path of a YAML file"
RELATIVE = "give the path of a platform file, relative to this file"
REMOVES = "null removes a key of the extended file, which does not have this key"
BASE = "extends: base.yaml\n"

OVERLAYS = (
    whole(
        "a base that does not exist",
        "extends: bsae.yaml\n",
        at("extends", 'cannot extend "bsae.yaml": there is no such file', PATH, "1:1"),
    ),
    whole(
        "a base that is a folder",
        "platform: big\nextends: .\n",
        at("extends", 'cannot extend ".": this is a directory', PATH, "2:1"),
    ),
    whole(
        "itself",
        "extends: platform.yaml\n",
        at(
            "extends",
            'cannot extend "platform.yaml": the files form a cycle, platform.yaml extends platform.yaml',
            "remove `extends` from one of them",
            "1:1",
        ),
    ),
    whole(
        "a cycle of two",
        BASE,
        'base.yaml:1:1 extends: cannot extend "platform.yaml": the files form a cycle, platform.yaml extends base.yaml '
        "extends platform.yaml; remove `extends` from one of them.",
        base="extends: platform.yaml\n",
    ),
    whole(
        "a list of bases", "extends: [base.yaml]\n", at("extends", "a list is not a path", RELATIVE, "1:1"), base=VALID
    ),
    whole(
        "a base without a name",
        "extends:\nplatform: big\n",
        at("extends", "an empty value is not a path", RELATIVE, "1:1"),
        base=VALID,
    ),
    whole("a base that is a number", "extends: 1\n", at("extends", "1 is not a path", RELATIVE, "1:1"), base=VALID),
    whole(
        "a null of a key that the base lacks",
        f"{BASE}tenants:\n  gamma: null\n",
        at("tenants.gamma", REMOVES, "use one of acme, beta, or remove it or write a value", "3:3"),
        base=VALID,
    ),
    whole(
        "a section in place of a number",
        f"{BASE}thresholds:\n  min_errors: {{errors: 3}}\n",
        at("thresholds.min_errors", "a mapping is not a number of errors", "give a whole number of at least 1", "3:3"),
        base=VALID,
    ),
    whole(
        "a number in place of a section",
        f"{BASE}thresholds: {{storage: 3}}\n",
        at(
            "thresholds.storage",
            "3 is not a mapping of storage thresholds",
            "write a mapping with the keys ticket_percent, page_percent, stores (optional)",
            "2:14",
        ),
        base=VALID,
    ),
    whole(
        "a team that an overlay removes",
        f"{BASE}teams:\n  ops: null\n  sre:\n    page: [{{pagerduty: {{key_file: /s/k}}}}]\n"
        "    ticket: [{webhook: {url_file: /s/u}}]\n",
        'base.yaml:46:3 owners.default: there is no team "ops"; use one of sre, or add it to teams.',
        'base.yaml:47:3 owners.cost: there is no team "ops"; use one of sre, or add it to teams.',
        base=VALID,
    ),
    whole(
        "extends inside a section",
        f"{VALID}  extends: base.yaml\n",
        at("links.extends", "unknown key", "use one of grafana, runbooks, or remove it", "58:3"),
        base=VALID,
    ),
    whole(
        "extends with a capital",
        "Extends: base.yaml\n" + VALID,
        at("Extends", "unknown key", "remove it", "1:1"),
        base=VALID,
    ),
)
