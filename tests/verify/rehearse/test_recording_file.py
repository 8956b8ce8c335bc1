"""The file of a recording: samples come back as they were written; and pseudonyms that a rule would tell apart."""

from __future__ import annotations

import io
import lzma
from pathlib import Path

import pytest

from generator.errors import BuildError
from generator.verify.rehearse.pseudonyms import Pseudonyms
from generator.verify.rehearse.recording_file import RecordingHeader, RecordingWriter, read_recording
from generator.verify.replay.stages import ReplayRule

HEADER = RecordingHeader(1_000, 91_000, {"p:errors": 1_007}, ("errors_total",), ("r:errors",))
SERIES = {"__name__": "errors_total", "tenant_id": "tenant-1"}


def written(*chunks: list[tuple[int, str]]) -> str:
    """The lines of a recording of one series."""
    text = io.StringIO()
    writer = RecordingWriter(text, HEADER)
    for chunk in chunks:
        writer.add(SERIES, chunk)
    assert (writer.series, writer.samples) == (bool(chunks), sum(map(len, chunks)))
    return text.getvalue()


def test_samples_come_back(tmp_path: Path) -> None:
    """Counts that fall at a reset, fractions to the last digit, and values that are no numbers, at irregular times."""
    counts, values = (
        [(1_000, "5"), (31_002, "9"), (61_000, "0")],
        [(91_000, "0.1"), (121_000, "NaN"), (150_000, "-Inf")],
    )
    file = tmp_path / "a.xz"
    file.write_bytes(lzma.compress(written(counts, values).encode()))
    recording = read_recording(file)
    assert recording.header == HEADER
    first, second = recording.samples()
    assert first == (SERIES, [(1_000, 5), (31_002, 9), (61_000, 0)])
    assert (second[0], str(second[1])) == (SERIES, "[(91000, 0.1), (121000, nan), (150000, -inf)]")


def test_lines_have_differences() -> None:
    """Of times and whole numbers: a series that grows steadily is a line of equal numbers."""
    lines = written([(1_000, "5"), (31_000, "9"), (61_000, "13")]).splitlines()
    assert lines[1:] == [
        '{"series":0,"labels":{"__name__":"errors_total","tenant_id":"tenant-1"}}',
        '{"of":0,"times":[1000,30000,30000],"counts":[5,4,4]}',
    ]


def test_a_line_of_another_form_is_a_problem(tmp_path: Path) -> None:
    """Samples of a series that no line introduced."""
    text = written().splitlines()[0] + '\n{"of":3,"times":[1],"counts":[1]}\n'
    file = tmp_path / "a.xz"
    file.write_bytes(lzma.compress(text.encode()))
    with pytest.raises(BuildError, match="a line of it has an unknown form"):
        list(read_recording(file).samples())


def test_a_pattern_that_tells_pseudonyms_apart_is_a_problem() -> None:
    """The rule selects vip-acme by its beginning, and would not select tenant-1."""
    rule = ReplayRule({"alert": "A", "expr": 'errors_total{tenant_id=~"vip-.+"} > 1'}, 30)
    pseudonyms = Pseudonyms({"tenant_id": ()}, [rule], {})
    assert pseudonyms.labels({"tenant_id": "acme"}) == {"tenant_id": "tenant-1"}
    with pytest.raises(BuildError, match="by a pattern, which their pseudonyms do not match"):
        pseudonyms.labels({"tenant_id": "vip-acme"})


def test_a_pseudonym_is_no_name_of_a_tenant_that_stays() -> None:
    """The platform file has a tenant-1: the first tenant that it does not name is tenant-2."""
    pseudonyms = Pseudonyms({"tenant_id": ("tenant-1",)}, [], {})
    assert pseudonyms.labels({"tenant_id": "acme"}) == {"tenant_id": "tenant-2"}
    assert pseudonyms.labels({"tenant_id": "tenant-1"}) == {"tenant_id": "tenant-1"}


def test_a_group_of_rules_keeps_its_name_alone() -> None:
    """The file is a path of the server."""
    pseudonyms = Pseudonyms({"rule_group": ()}, [ReplayRule({"record": "r", "expr": "up"}, 30, "p:errors")], {})
    labels = [pseudonyms.labels({"rule_group": f"/srv/acme/rules.yaml;{name}"}) for name in ("p:errors", "acme")]
    assert labels == [{"rule_group": "file-1;p:errors"}, {"rule_group": "file-1;other_group-1"}]
