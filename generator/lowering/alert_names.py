"""Names of alerts in the texts of others: a sentence that names a disabled alert is left out with it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import partial

from generator.dsl.alert import Alert, AlertText
from generator.dsl.platform import Platform
from generator.dsl.sentences import only_sentences
from generator.dsl.text import TemplatePart


def disabled_names(platform: Platform, alerts: Collection[Alert]) -> Collection[str]:
    """The names of alerts that a platform disables, so that none of their rules is among `alerts`."""
    disabled = {name for (name, _), settings in platform.alerts.items() if not settings.enabled}
    return disabled - {alert.name for alert in alerts}


def without_names(text: AlertText, names: Collection[str]) -> AlertText:
    """A text without the sentences that name one of these alerts, and without steps of such sentences alone. A part
    with no other sentence stays, and a check reports it."""
    if not names:
        return text
    kept = partial(_kept, names=names)
    steps = tuple(step for step in map(kept, text.steps) if step)
    return replace(
        text,
        description=kept(text.description) or text.description,
        impact=kept(text.impact) or text.impact,
        steps=steps or text.steps,
    )


def named(text: str, names: Collection[str]) -> Iterator[str]:
    """The alerts among these that a text names."""
    yield from (name for name in sorted(names) if re.search(rf"\b{re.escape(name)}\b", text))


def _kept(parts: tuple[TemplatePart, ...], names: Collection[str]) -> tuple[TemplatePart, ...]:
    return only_sentences(parts, lambda sentence: not any(named(sentence, names)))
