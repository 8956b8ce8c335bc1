"""The check of the organisation's names of severities."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.config.document import config_check
from generator.config.yaml_tree import ConfigViolation, KeyPath, quoted
from generator.dsl.severity import Severity

SEVERITIES: KeyPath = ("severities",)


@config_check(
    "config/severities-with-one-name",
    reads=(SEVERITIES,),
    bad="severities: {page: critical, ticket: critical}",
    good="severities: {page: critical, ticket: warning}",
    message='"critical" is the name of page, too; give each severity a name of its own',
)
def severities_have_different_names(document: Any) -> Iterator[ConfigViolation]:
    """The severities have different names, and none is called as another one is in platform files.

    Alertmanager routes by the name: what should page would open a ticket, or the other way around.
    """
    names = document.get("severities", {})
    by_name: dict[str, str] = {}
    for severity, name in names.items():
        what = ""
        if name in by_name:
            what = f"{quoted(name)} is the name of {by_name[name]}, too"
        elif name != severity and any(name == each.value for each in Severity):
            what = f"{quoted(name)} is another severity in platform files"
        if what:
            yield ConfigViolation((*SEVERITIES, severity), what, "give each severity a name of its own")
        by_name.setdefault(name, severity)
