"""Templates of the messages of each channel: the title, and a list of the alerts, escaped and within its limit.

A list is made in a variable of the template, whose length Go can compare: an alert that would exceed the limit is left
out as a whole, so that no tag is cut, and the last line says how many there are.
"""

from __future__ import annotations

from collections.abc import Iterable

from generator.frozen import frozen
from generator.ir.links import LINK_BEFORE, link_before, link_width
from generator.ir.rules import AlertRule
from generator.rendering.templates import render

SLACK_ESCAPES = r'reReplaceAll "&" "&amp;" | reReplaceAll "<" "&lt;" | reReplaceAll ">" "&gt;"'
SLACK_URL_ESCAPES = SLACK_ESCAPES.replace('"<" "&lt;"', '"<" "%3C"').replace('">" "&gt;"', '">" "%3E"')
MARKDOWN_ESCAPES = r"reReplaceAll `([\\\x60*_{}\[\]()#|<>~&])` `\$1` | reReplaceAll `^([-+])` `\$1`"
MARKDOWN_URL_ESCAPES = r'reReplaceAll `\(` "%28" | reReplaceAll `\)` "%29" | reReplaceAll " " "%20"'


@frozen
class MessageFormat:
    """How a channel writes an alert.

    The first `max_title` characters of a summary are the title, the first `max_description` those of a description; the
    list has at most `max_bytes`, which no limit of the channel in characters exceeds. `heading` is the format of a
    summary and `link` that of a URL and its text, in Go's. `escapes` and `url_escapes` are pipelines of a template,
    `output` the end of one that writes what is escaped.
    `separator` is between two links.
    """

    channel: str
    max_title: int
    max_description: int
    max_bytes: int
    heading: str
    link: str
    escapes: str = "printf `%s`"
    url_escapes: str = "printf `%s`"
    output: str = ""
    separator: str = " · "


FORMATS = (
    # A section of Slack has at most 3,000 characters. Its text has no markup, so that * and _ of names are none either.
    MessageFormat(
        channel="slack",
        max_title=150,
        max_description=350,
        max_bytes=2900,
        heading="%s",
        link="<%s|%s>",
        escapes=SLACK_ESCAPES,
        url_escapes=f'{SLACK_URL_ESCAPES} | reReplaceAll `\\|` "%7C"',
    ),
    # The title of an embed has at most 256 characters, its description 4,096.
    MessageFormat(
        channel="discord",
        max_title=110,
        max_description=500,
        max_bytes=3900,
        heading="**%s**",
        link="[%[2]s](%[1]s)",
        escapes=MARKDOWN_ESCAPES,
        url_escapes=MARKDOWN_URL_ESCAPES,
    ),
    # A message has at most 28 KB as JSON, where an escaped character has up to eight bytes.
    MessageFormat(
        channel="teams",
        max_title=150,
        max_description=500,
        max_bytes=6000,
        heading="**%s**",
        link="[%[2]s](%[1]s)",
        escapes=MARKDOWN_ESCAPES,
        url_escapes=MARKDOWN_URL_ESCAPES,
    ),
    # A message has at most 4,096 characters, the title included; Alertmanager cuts it there, within a tag or not.
    MessageFormat(
        channel="telegram",
        max_title=100,
        max_description=350,
        max_bytes=3200,
        heading="<b>%s</b>",
        link='<a href="%s">%s</a>',
        escapes="html",
        url_escapes="html",
        output=" | safeHtml",
    ),
    # A message has at most 130 characters, a description 15,000.
    MessageFormat(
        channel="opsgenie",
        max_title=100,
        max_description=500,
        max_bytes=14500,
        heading="%s",
        link="%[2]s: %[1]s",
        separator="\n",
    ),
)


def notification_templates(rules: Iterable[AlertRule]) -> str:
    """The templates of the messages of all channels, for the alerts of these rules."""
    longer = sorted({link_before(rule.lookback) for rule in rules if rule.alert.panel} - {LINK_BEFORE})
    text = render(
        "notifications.tmpl.j2",
        formats=FORMATS,
        before=LINK_BEFORE.seconds,
        longer=[(link_width(before), before.seconds) for before in longer],
    )
    return text.rstrip("\n") + "\n"
