"""A dashboard as it is sent, and where the model that Grafana has saved differs from it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generator.verify.conformance.template_variables import ALL

GIVEN_BY_GRAFANA = ("id", "version")
"""Properties of a dashboard that Grafana sets itself."""
LINK = re.compile(r"^(?P<before>/d/)(?P<uid>[^/?#]+)")
MAX_SHOWN = 60
"""How many characters of a value a difference shows."""


def temporary_model(model: Mapping[str, Any], uids: Mapping[str, str], suffix: str, data_source: str) -> dict[str, Any]:
    """The model of a temporary copy: with another UID and title, with links to the other copies, and opening with a
    data source. `uids` maps the UIDs of the dashboards to those of their copies."""
    copy = _linked(model, uids)
    variables = [
        {**node, "current": {"text": data_source, "value": data_source}}
        if node["type"] == "datasource" and node.get("current", {}).get("value") != data_source
        else node
        for node in copy["templating"]["list"]
    ]
    return {
        **copy,
        "uid": uids[model["uid"]],
        "title": f"{model['title']} {suffix}",
        "templating": {**copy["templating"], "list": variables},
    }


def _linked(node: Any, uids: Mapping[str, str]) -> Any:
    """A part of a model in which each `url` to a dashboard leads to its copy."""
    if isinstance(node, list):
        return [_linked(each, uids) for each in node]
    if isinstance(node, dict):
        return {
            name: _copy_link(value, uids) if name == "url" and isinstance(value, str) else _linked(value, uids)
            for name, value in node.items()
        }
    return node


def _copy_link(url: str, uids: Mapping[str, str]) -> str:
    return LINK.sub(lambda link: f"{link['before']}{uids.get(link['uid'], link['uid'])}", url)


def links_to_elsewhere(node: Any, uids: Sequence[str]) -> Iterator[str]:
    """The URLs in a model that lead to another dashboard than these."""
    if isinstance(node, list):
        for each in node:
            yield from links_to_elsewhere(each, uids)
    elif isinstance(node, dict):
        for name, value in node.items():
            link = LINK.match(value) if name == "url" and isinstance(value, str) else None
            if link and link["uid"] not in uids:
                yield value
            yield from links_to_elsewhere(value, uids)


def differences(sent: Mapping[str, Any], saved: Mapping[str, Any]) -> Iterator[str]:
    """What Grafana adds to a dashboard, removes from it and changes in it, each with its place."""
    kept = {name: value for name, value in saved.items() if name in sent or name not in GIVEN_BY_GRAFANA}
    yield from _differences(sent, kept, "")


def _differences(sent: Any, saved: Any, place: str) -> Iterator[str]:
    if isinstance(sent, dict) and isinstance(saved, dict):
        for name in sorted(sent.keys() | saved.keys()):
            below = f"{place}.{name}" if place else name
            if name not in sent:
                yield f"it adds {below}: {_shown(saved[name])}"
            elif name not in saved:
                yield f"it removes {below}"
            else:
                yield from _differences(sent[name], saved[name], below)
    elif isinstance(sent, list) and isinstance(saved, list) and len(sent) == len(saved):
        for number, (before, after) in enumerate(zip(sent, saved, strict=True)):
            yield from _differences(before, after, f"{place}[{_name_of(before, number)}]")
    elif sent != saved or isinstance(sent, bool) != isinstance(saved, bool):
        yield f"it changes {place} from {_shown(sent)} to {_shown(saved)}"


def _name_of(node: Any, number: int) -> str:
    """A panel, variable or annotation by its name, and anything else by its number."""
    if isinstance(node, dict):
        for key in ("title", "name", "refId", "id"):
            if key in node:
                return f"{node[key]}" if isinstance(node[key], int) else f'"{node[key]}"'
    return str(number)


def _shown(value: Any) -> str:
    text = "All" if value == ALL else repr(value)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
