"""What a build has written for Grafana: the dashboards, and the links of the alerts to their panels."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import yaml

from generator.errors import BuildError, Problem
from generator.frozen import frozen
from generator.output import DASHBOARDS_FOLDER, RULES_FOLDER

TEMPLATE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
LABEL = re.compile(r"\$labels\.(\w+)")
LABEL_MARK = "label:"
"""What stands in a link for the value of a label, which only a firing alert has."""
DASHBOARD_PATH = re.compile(r"/d/(?P<uid>[^/?]+)")
BUILD_HINT = "build the output, or give its folder: --out FOLDER"
FORMAT_HINT = "build the output with `classic` in grafana.formats, or give its folder: --out FOLDER"


@frozen
class AlertLink:
    """The link of an alert to a panel: the UID of the dashboard, the id of the panel (None: the whole dashboard), and
    the variables that it sets. The value of a variable is None where it is that of a label."""

    alert: str
    url: str
    uid: str
    panel: int | None
    variables: Mapping[str, str | None]


@frozen
class ShippedOutput:
    """The models of the dashboards by their UIDs, and the links of all alerts."""

    dashboards: Mapping[str, Mapping[str, Any]]
    links: Sequence[AlertLink]

    @property
    def data_source(self) -> str:
        """The UID of the data source that the dashboards open with; empty where none has a current one."""
        for model in self.dashboards.values():
            for variable in model["templating"]["list"]:
                if variable["type"] == "datasource" and "current" in variable:
                    return str(variable["current"]["value"])
        return ""


def read_output(out: Path) -> ShippedOutput:
    """Read the classic dashboards and the rules of an output. Raises `BuildError` where a file cannot be read."""
    dashboards: dict[str, Mapping[str, Any]] = {}
    links: list[AlertLink] = []
    path = out / DASHBOARDS_FOLDER
    try:
        for path in sorted((out / DASHBOARDS_FOLDER).glob("*.json")):
            model = json.loads(path.read_text(encoding="utf-8"))
            dashboards[model["uid"]] = model
        for path in sorted((out / RULES_FOLDER).glob("*.yaml")):
            links += _links(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, TypeError, LookupError, ValueError, yaml.YAMLError) as error:
        raise BuildError([Problem(str(path), f"it is not a file of a build ({error})", BUILD_HINT)]) from None
    if not dashboards:
        raise BuildError([Problem(str(out / DASHBOARDS_FOLDER), "there are no dashboards", FORMAT_HINT)])
    return ShippedOutput(dashboards, tuple(links))


def _links(rules: Mapping[str, Any]) -> Iterator[AlertLink]:
    for group in rules["groups"]:
        for rule in group["rules"]:
            url = rule.get("annotations", {}).get("dashboard_url")
            if url:
                yield parsed_link(f"{rule['alert']} ({rule['labels']['severity']})", url)


def parsed_link(alert: str, url: str) -> AlertLink:
    """The parts of a link, whose Go templates are labels of the alert, or times."""
    parts = urlsplit(TEMPLATE.sub(_mark, url))
    path = DASHBOARD_PATH.search(parts.path)
    parameters = dict(parse_qsl(parts.query, keep_blank_values=True))
    panel = parameters.get("viewPanel", "").removeprefix("panel-")
    variables = {
        name.removeprefix("var-"): None if value.startswith(LABEL_MARK) else value
        for name, value in parameters.items()
        if name.startswith("var-")
    }
    return AlertLink(alert, url, path["uid"] if path else "", int(panel) if panel.isdecimal() else None, variables)


def _mark(template: re.Match[str]) -> str:
    label = LABEL.search(template[0])
    return f"{LABEL_MARK}{label[1]}" if label else ""
