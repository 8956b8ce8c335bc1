"""Logs are opened plain or compressed, in UTF-8, UTF-16 or UTF-32, from files and standard input."""

from __future__ import annotations

import gzip
import importlib
import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.errors import BuildError
from generator.logs.log_file import DamagedData, is_plain, open_log, require_readable, text_encoding

zstd = importlib.import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
TEXT = "one ✗\ntwo 😀\n"
FORMS: dict[str, Callable[[bytes], bytes]] = {"plain": bytes, "gzip": gzip.compress, "zstd": zstd.compress}


def read(name: str) -> str:
    """The text of a log."""
    with open_log(name) as stream:
        data = b""
        while part := stream.read1(5):
            data += part
    return data.decode()


def end(name: str) -> bytes:
    """The last bytes of a log."""
    last = b""
    with open_log(name) as stream:
        while part := stream.read1(1 << 16):
            last = part
    return last


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["a.gz", "a.ndjson", "-"])
def test_any_form_is_read_as_utf_8(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, form: str, encoding: str
) -> None:
    """The form is known by the first bytes, whatever the name, also on standard input."""
    data = FORMS[form](TEXT.encode(encoding))
    (tmp_path / name).write_bytes(data)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(data))))
    path = name if name == "-" else str(tmp_path / name)
    assert read(path) == TEXT
    assert is_plain(path) is (form == "plain" and encoding == "utf-8" and name != "-")


@pytest.mark.parametrize("form", ["gzip", "zstd"])
def test_several_compressed_parts_are_one_log(tmp_path: Path, form: str) -> None:
    """Compressed files that were appended to each other are read to the end."""
    (tmp_path / "a").write_bytes(FORMS[form](b"one\n") + FORMS[form](b"two\n"))
    assert read(str(tmp_path / "a")) == "one\ntwo\n"


@pytest.mark.parametrize("form", ["gzip", "zstd"])
@pytest.mark.parametrize(
    "damage",
    [lambda data: data[:-12], lambda data: data + b"more", lambda data: data[:12] + data, lambda data: data[:9]],
)
def test_damaged_data_is_an_error(tmp_path: Path, damage: Callable[[bytes], bytes], form: str) -> None:
    """A truncated, extended or overwritten file is damaged, which opening or reading it says."""
    (tmp_path / "cut").write_bytes(damage(FORMS[form](b"".join(b"%d\n" % number for number in range(9)))))
    with pytest.raises(DamagedData, match=f"the {form} data is damaged or truncated"):
        end(str(tmp_path / "cut"))


def test_a_missing_package_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package for zstd, the problem names it and says what else helps."""
    (tmp_path / "a").write_bytes(zstd.compress(b"one"))
    for module in ("compression.zstd", "backports.zstd"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(BuildError, match=r"backports\.zstd: .*zstd -d"):
        end(str(tmp_path / "a"))


@pytest.mark.parametrize("sample", [b"", b"{}", b"a\0", b"\0\0\0\0", b'{"a":1}\n', "é{".encode()])
def test_other_bytes_are_not_taken_for_utf_16(sample: bytes) -> None:
    """Short texts, zeros and UTF-8 have no other encoding."""
    assert text_encoding(sample) is None


def test_what_is_no_utf_16_is_replaced(tmp_path: Path) -> None:
    """Half of a surrogate pair and half of a character become U+FFFD, and the text around them is read."""
    (tmp_path / "a").write_bytes("a".encode("utf-16") + b"\x00\xd8" + "b".encode("utf-16-le") + b"c")
    assert read(str(tmp_path / "a")) == "a\ufffdb\ufffd"


def test_all_unreadable_files_are_reported_together(tmp_path: Path) -> None:
    """A folder and a missing file are two problems; a file and standard input are not problems."""
    (tmp_path / "file").touch()
    require_readable([str(tmp_path / "file"), "-"])
    with pytest.raises(BuildError) as raised:
        require_readable([str(tmp_path), str(tmp_path / "missing"), str(tmp_path / "file")])
    assert [problem.what for problem in raised.value.problems] == ["this is a folder", "file not found"]
