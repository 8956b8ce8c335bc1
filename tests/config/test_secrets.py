"""A secret that was pasted into a platform file is in no message, wherever it is; names that people read are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from generator.config.load import load
from generator.config.secrets import HIDDEN, looks_secret, without_secrets
from generator.errors import BuildError, Problem
from generator.reporting import problem_data
from tests.config.small_platform import SMALL_PLATFORM, Workspace, changed

# Joined from parts, so that a scanner does not take this file for a leak.
SECRETS = {
    "a PagerDuty integration key": ("", "0d4f7b2a9c1e4f6d8b3a5c7e9f1d2b4a"),
    "a PagerDuty API token": ("", "y_NbAkKc66ryYTWUXYEu"),
    "an Opsgenie key": ("", "eb243592-faa2-4ba2-a551-1afdf565c889"),
    "a Slack webhook": ("https://hooks.slack.com/services/", "T0ABC1DEF/B0GHI2JKL/" + "q8Zr3XvT1mWn5YpL7sKd9fHj"),
    "a URL with a password": ("https://", "ops" + ":" + "hunter2hunter2" + "@grafana.example.com"),
    "a URL with a token": ("https://tickets.example.com/new?token=", "Zq8vR2mK4x"),
    "a Slack token": ("", "xoxb-" + "123456789012-abcdefghijkl"),
    "a GitHub token": ("", "ghp_" + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"),
    "an AWS key": ("", "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYzzTESTKEY"),
    "a JSON Web Token": ("", "eyJ" + "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N"),
    "a number": ("", "48151623421081162342"),
    "letters": ("", "qwmznxbvtrplkjhgfdsw"),
    "a password": ("", "P@ssw0rd!2024"),
}
MISTAKES = ['"{}"', "!{}", "&{} x", "*{}", "[{}", "{{{}: 1}}", "- {}", "a: {}", "\t{}", "'{}"]
"""Forms that YAML reads as text, tags, anchors, aliases, lists and mappings, and forms that it cannot read."""
TEAMS = "{ops: {page: [{pagerduty: {key_file: /secrets/key}}], ticket: [{webhook: {url_file: /secrets/url}}]}}"
SECRET_PLACES = ("/secrets/key", "/secrets/url", "/secrets/dead-man")


def places() -> Iterator[tuple[int, int]]:
    """The start and the end of every key and every scalar of the small platform."""
    for event in yaml.parse(SMALL_PLATFORM, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.ScalarEvent):
            assert event.start_mark is not None
            assert event.end_mark is not None
            yield event.start_mark.index, event.end_mark.index


def messages(text: str, workspace: Workspace) -> str:
    """All that is printed about a platform file, as text and as JSON; empty if it is valid."""
    workspace.write({"platform.yaml": text})
    try:
        load(Path("platform.yaml"))
    except BuildError as error:
        return "\n".join([*map(str, error.problems), *(json.dumps(problem_data(each)) for each in error.problems)])
    return ""


@pytest.mark.parametrize(
    ("name", "form"),
    [*((name, "{}") for name in SECRETS), *(("a PagerDuty API token", form) for form in MISTAKES)],
)
def test_a_secret_is_in_no_message_wherever_it_is(name: str, form: str, workspace: Workspace) -> None:
    """In place of each key and each value, with the mistakes of YAML that quote what they find."""
    public, secret = SECRETS[name]
    reported = 0
    for start, end in places():
        text = SMALL_PLATFORM[:start] + form.format(public + secret) + SMALL_PLATFORM[end:]
        printed = messages(text, workspace)
        assert secret not in printed
        assert secret[:8] not in printed
        reported += bool(printed)
    assert reported > 50


@pytest.mark.parametrize("secret", ["hunter2", "s3cr3t", "correct horse battery staple", "12345", "true"])
@pytest.mark.parametrize("place", SECRET_PLACES)
def test_no_value_is_shown_where_a_path_of_a_secret_belongs(place: str, secret: str, workspace: Workspace) -> None:
    """Short and readable secrets, too: the message has the kind of the value."""
    (problem,) = workspace.problems({"platform.yaml": changed(place, secret)})
    assert f"{HIDDEN} is not the path of a file; give an absolute path" in problem
    assert secret not in problem.partition("_file: ")[2]


@pytest.mark.parametrize(
    "teams",
    [
        *("hunter2", "{ops: hunter2}", "[hunter2]", "{ops: {page_key: hunter2}}", "{ops: {page: hunter2}}"),
        *(
            "{ops: {page: [hunter2]}}",
            "{ops: {page: [{pagerduty: hunter2}]}}",
            "{ops: {page: [{slack: {channel: hunter2}}]}}",
        ),
        "{ops: {page: [{telegram: {chat_id: hunter2}}]}}",
    ],
)
def test_nothing_below_teams_is_shown(teams: str, workspace: Workspace) -> None:
    """A secret in place of the mapping that has the paths."""
    text = changed(TEAMS, teams)
    assert "hunter2" not in messages(text, workspace)


def test_a_secret_as_a_file_is_not_shown(workspace: Workspace) -> None:
    """The file with the secret in place of the platform file."""
    assert "hunter2" not in messages("hunter2\n", workspace)


def test_a_secret_as_a_path_is_not_shown(workspace: Workspace) -> None:
    """`extends` with a URL that has a password."""
    printed = messages('extends: "https://ops:hunter2hunter2@example.com/platform.yaml"\n', workspace)
    assert "hunter2" not in printed
    assert "there is no such file" in printed


def test_a_message_that_a_check_writes_is_searched_too() -> None:
    """Whoever writes a message: the texts of the file that may be secrets are replaced in each of its parts."""
    problem = Problem("a.yaml:3 tenants.y_NbAkKc66ryYTWUXYEu", "y_NbAkKc66ryYTWUXYEu is 2", "not y_NbAkKc66ryYTWUXYEu")
    hidden = without_secrets(problem, ["y_NbAkKc66ryYTWUXYEu", "2"])
    assert hidden == Problem(f"a.yaml:3 tenants.{HIDDEN}", f"{HIDDEN} is 2", f"not {HIDDEN}")


@pytest.mark.parametrize(
    "name",
    [
        *(
            "com.rainbowsmokeofficial",
            "com-mrrainbowsmoke",
            "worker-api-production-eu-west",
            "tenant-00042",
            "thresholds",
        ),
        *("@cf/meta/llama-3.3-70b-instruct-fp8-fast", "@cf/google/gemma-4-26b-a4b-it", "@cf/qwen/qwen3-30b-a3b-fp8"),
        *("/etc/alertmanager/secrets/platform-page-key", "https://grafana.example.com/", "/v1/users/:id/orders/*"),
        *("https://github.com/example/workers-ai-observability/blob/main/out/runbooks", "RouteHighErrorRate"),
        *("telemetry_stale_after_seconds", "9999999999999999", "0.000001", "2026-11-28T14:08:59Z", "10.0.0.1:9090"),
    ],
)
def test_a_name_that_people_read_is_shown(name: str) -> None:
    """Models, tenants, routes, paths, URLs, dates and numbers are no secrets."""
    assert not looks_secret(name)
