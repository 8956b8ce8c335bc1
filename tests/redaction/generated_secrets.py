"""Secrets that a text names: random values in each form in which programs write a name and its value."""

from __future__ import annotations

import random
from collections.abc import Iterator

NAMES = (
    "password",
    "passwd",
    "pwd",
    "passcode",
    "passphrase",
    "secret",
    "client_secret",
    "clientSecret",
    "token",
    "access_token",
    "refreshToken",
    "apiKey",
    "api_key",
    "x-api-key",
    "session_id",
    "sessionId",
    "sid",
    "PHPSESSID",
    "jwt",
    "auth",
    "credentials",
    "bearer",
    "signing_key",
    "private_key",
    "dsn",
    "connectionString",
    "sshKey",
    "csrf",
    "csrf-token",
    "X-Auth-Key",
    "Ocp-Apim-Subscription-Key",
    "x-functions-key",
    "DB_PASSWORD",
    "AWS_SECRET_ACCESS_KEY",
    "authorization",
    "Cookie",
)
FORMS = (
    "{name}={value}",
    "{name}: {value}",
    "{name} = {value}",
    '{name}="{value}"',
    "{name}: '{value}'",
    '{name} := "{value}"',
    "{name} == '{value}'",
    '{{"{name}":"{value}"}}',
    '{{"{name}": "{value}", "n": 1}}',
    '{{"{name}":["{value}"]}}',
    '{{"{name}":["a","{value}"]}}',
    '{{"{name}":{{"v":"{value}"}}}}',
    '{{\\"{name}\\":\\"{value}\\"}}',
    "Map(1) {{ '{name}' => '{value}' }}",
    "{{ {name}: '{value}' }}",
    '["{name}","{value}"]',
    "[['a', 'b'], ['{name}', '{value}']]",
    '{{"name":"{name}","value":"{value}"}}',
    "{{ name: '{name}', value: '{value}' }}",
    '{{"header":"{name}","value":"{value}"}}',
    '{{"Name":"{name}","Values":["{value}"]}}',
    '{{"key":"{name}","value":"{value}"}}',
    '{name}: Some("{value}")',
    '{name}=Some("{value}")',
    "{name}: |\n  {value}\nuser: x",
    "{name}:\n  - {value}\nuser: x",
    "?{name}={value}&page=2",
    "GET /x?page=2&{name}={value} 200",
    "<{name}>{value}</{name}>",
    "Error: bad {name}={value}, retry",
    "{name}\u00a0=\u00a0{value}",
    "{name}\uff1d{value}",
    "%22{name}%22%3A%22{value}%22",
)
"""The issue's forms and their neighbours, with places for a name and a value."""
PASSWORD_FORMS = ("{name}=ab;{value}", "{name}=ab,{value}", "{name}=ab&{value}", '{name}="a\\"{value}"')
"""Values with separators and quotes inside."""
LETTERS, DIGITS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"


def random_value(source: random.Random) -> str:
    """Return letters and digits, at least one of each."""
    middle = "".join(source.choices(LETTERS + DIGITS, k=source.randint(6, 30)))
    return source.choice(LETTERS) + middle + source.choice(DIGITS)


def named_secrets(count: int, seed: int) -> Iterator[tuple[str, str, str]]:
    """Yield forms, values, and texts in which the form has the value."""
    source = random.Random(seed)
    for _ in range(count):
        form, name, value = source.choice((*FORMS, *PASSWORD_FORMS)), source.choice(NAMES), random_value(source)
        yield form, value, form.format(name=name, value=value)
