"""A platform can be laid over another; every fault still shows the file that it is mended in."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from generator.config.load import load
from tests.config.small import SMALL, Room, spoilt


def test_mappings_are_merged_and_all_else_is_replaced(room: Room) -> None:
    """A tenant is added and another's budget replaced; a list of routes takes the place of the list below."""
    top = (
        "extends: base.yaml\nservices: {api: [/a]}\npromises: {latency_ms: {routes: {/b: null}}}\n"
        "tenants: {acme: {error_percent: 1}, new: {}}\n"
    )
    room.write({"base.yaml": SMALL, "top.yaml": top})
    platform = load(Path("top.yaml"))
    assert platform.services == {"api": ("/a",)}
    assert tuple(platform.latency.route.overrides) == ("/a",)
    assert platform.tenants == ("acme", "new")
    assert {name: share.amount for name, share in platform.errors.tenant.overrides.items()} == {
        "acme": Fraction(1, 100)
    }
    assert {name: budget.amount for name, budget in platform.cost.budget.overrides.items()} == {"acme": 2000}


def test_null_takes_a_key_away(room: Room) -> None:
    """A tenant that is null above is gone."""
    room.write({"base.yaml": SMALL, "top.yaml": "extends: base.yaml\ntenants: {acme: null, new: {}}\n"})
    assert load(Path("top.yaml")).tenants == ("new",)


def test_null_for_what_is_not_there_is_told(room: Room) -> None:
    """Taking away a tenant that nobody listed is a slip of the pen."""
    files = {"base.yaml": SMALL, "top.yaml": "extends: base.yaml\ntenants: {acmee: null}\n"}
    (problem,) = room.problems(files, "top.yaml")
    assert problem.startswith("top.yaml:2 tenants.acmee: it is empty; ")


def test_a_demanded_key_cannot_be_taken_away(room: Room) -> None:
    """Without its cost promises the whole is no platform, and the file on top is the one to mend."""
    (problem,) = room.problems(
        {"base.yaml": SMALL, "top.yaml": "extends: base.yaml\npromises: {cost: null}\n"}, "top.yaml"
    )
    assert problem.startswith("top.yaml:2 promises.cost: it is missing; ")


def test_a_fault_in_the_base_shows_the_base(room: Room) -> None:
    """What comes from below is told with the lower file's name and line, what comes from above with the upper's."""
    files = {
        "base.yaml": spoilt("ticket_percent: 1", "ticket_percent: x").replace(
            "tokens_per_day: 1000", "tokens_per_day: 0"
        ),
        "top.yaml": "extends: base.yaml\ntenants:\n  acme: {error_percent: 0}\n",
    }
    assert [problem.partition(": ")[0] for problem in room.problems(files, "top.yaml")] == [
        "base.yaml:3 tenant_default.tokens_per_day",
        "base.yaml:12 promises.storage.ticket_percent",
        "top.yaml:3 tenants.acme.error_percent",
    ]


def test_a_base_is_looked_for_beside_the_file_that_names_it(room: Room) -> None:
    """Chains work over folders, and messages name files as seen from where the user stands."""
    (room.folder / "deep").mkdir()
    files = {
        "base.yaml": spoilt("floor_requests: 15", "floor_requests: 0"),
        "deep/middle.yaml": "extends: ../base.yaml\nplatform: middle\n",
        "top.yaml": "extends: deep/middle.yaml\n",
    }
    (problem,) = room.problems(files, "top.yaml")
    assert problem.startswith("deep/../base.yaml:7 promises.floor_requests: 0 is not")
    room.write({"base.yaml": SMALL})
    assert load(Path("top.yaml")).name == "middle"


def test_a_circle_is_named(room: Room) -> None:
    """Files that extend one another say the whole way round, at the line that closes it."""
    (room.folder / "deep").mkdir()
    files = {
        "a.yaml": "extends: b.yaml\n",
        "b.yaml": "platform: b\nextends: ./c.yaml\n",
        "c.yaml": "extends: deep/../b.yaml\n",
    }
    assert room.problems(files, "a.yaml") == [
        'c.yaml:1 extends: "deep/../b.yaml" cannot be laid under: the files go in a circle, '
        "b.yaml extends c.yaml extends deep/../b.yaml; let one of them extend nothing."
    ]


def test_a_chain_has_an_end(room: Room) -> None:
    """Eleven files, each over the next, are more than anybody follows."""
    files = {f"{n}.yaml": f"extends: {n + 1}.yaml\n" for n in range(11)}
    assert room.problems(files, "0.yaml") == [
        '9.yaml:1 extends: "10.yaml" cannot be laid under: more than 10 files extend one another; join some of them.'
    ]


def test_a_base_that_cannot_be_read_is_told_where_it_is_named(room: Room) -> None:
    """No such file, or no name at all: a fault at `extends`, beside all others of the file."""
    text = "platform: a\nplatform: b\nextends: none.yaml\n"
    assert room.problems({"platform.yaml": text}) == [
        "platform.yaml:2 platform: the key is given twice, first in line 1; keep one of the two.",
        'platform.yaml:3 extends: "none.yaml" cannot be laid under: there is no such file; '
        "give the path of a YAML file.",
    ]
    assert room.problems({"platform.yaml": "extends: [a.yaml]\n"}) == [
        "platform.yaml:1 extends: a list is not a file's name; give a path, as seen from this file."
    ]
