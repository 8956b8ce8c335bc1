"""Prompts and responses inside texts, and what only looks like one."""

from __future__ import annotations

import json

import pytest

from generator.logs.prompts import is_model_text, quotes_model_text

POEM = "a poem about rain"
QUOTED = [
    f'{{"prompt":"{POEM}"}}',
    f'failed: {{"model":"x","prompt": "{POEM}"}}',
    f"prompt='{POEM}'",
    f"prompt => `{POEM}`",
    f'prompt := "{POEM}"',
    f"prompt: {POEM}",
    f"prompt={POEM.replace(' ', '+')}&n=1",
    f"?question={POEM.replace(' ', '%20')}",
    f"Question: {POEM}",
    f"systemPrompt: '{POEM}'",
    f'"user_prompt": "{POEM}"',
    f"İİİ systemPrompt: '{POEM}' userprompt: '{POEM}' prompt='{POEM}'",
    "prompt=雨についての詩を書いて",
    f'messages: [{{"role":"user","content":"{POEM}"}}]',
    f"messages: [ {{ role: 'user', content: '{POEM}' }} ]",
    f'Error: 400 {{"messages":[{{"role":"system","content":"x"}},{{"role":"user","content":"{POEM}"}}]}}',
    f'"response":"{POEM}"',
    f"response={POEM}",
    f'response: {{"result":{{"text":"{POEM}"}}}}',
    json.dumps(f'{{"prompt":"{POEM}"}}'),
    json.dumps(json.dumps(f'{{"response":"{POEM}"}}')),
    f'{{"prompt":"{POEM[:9]}',
]
NOT_QUOTED = [
    "the prompt is too long",
    "prompt=512 completion=80 tokens",
    "prompt: 12 ms, response: 40 ms",
    "response: 503 Service Unavailable",
    "response: connection reset by peer",
    "no response: timed out",
    "messages: [Array]",
    "messages: [ [Object], [Object] ]",
    'response: {"status":500,"ok":false}',
    'prompt: "[redacted:prompt]"',
    "prompt=[redacted:prompt] and more text",
    '{"prompt":""}',
    '{"question":null,"response":true}',
    "prompted: the person chose something",
    "HTTPResponse: something went wrong",
    "questionable: something went wrong",
    "prompt:\n  at run (worker.js:10:3)",
]


@pytest.mark.parametrize("text", QUOTED)
def test_a_quoted_prompt_is_found(text: str) -> None:
    """The names count in any notation, quoted, escaped, cut off, and in objects and lists."""
    assert quotes_model_text(text)
    assert quotes_model_text("x" * 300 + " " + text)


@pytest.mark.parametrize("text", NOT_QUOTED)
def test_other_uses_of_the_names_are_not_found(text: str) -> None:
    """Sentences, numbers, short values, status texts and replacement texts quote nothing."""
    assert not quotes_model_text(text)


@pytest.mark.parametrize(
    "name", ["prompt", "messages", "question", "response", "userPrompt", "last_question", "Response"]
)
def test_a_value_of_such_a_name_is_one_if_it_has_text(name: str) -> None:
    """A text of eight characters, at any depth, is a prompt; numbers, short words and replacement texts are none."""
    assert is_model_text(name, "12345678")
    assert is_model_text(name, [{"role": "user", "content": [POEM]}])
    values: list[object] = ["1234567", 12345678, None, {"Status": 200}, "[redacted:prompt]", []]
    for value in values:
        assert not is_model_text(name, value)


@pytest.mark.parametrize("name", ["message", "prompt_tokens", "response_time_ms", "promptly", ""])
def test_other_names_are_not_taken_for_one(name: str) -> None:
    """The word must be the last of a name."""
    assert not is_model_text(name, POEM)


def test_the_effort_is_bounded() -> None:
    """A value with very many members is taken for a prompt, and a hostile text is searched in a moment."""
    assert is_model_text("response", [0] * 20_000)
    assert not quotes_model_text("prompt: [" * 50_000 + "\n")
    assert not quotes_model_text("response=" * 50_000)
