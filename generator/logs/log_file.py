"""Opens log files: plain, gzip or zstd, in UTF-8, UTF-16 or UTF-32, from files or standard input."""

from __future__ import annotations

import codecs
import gzip
import importlib
import io
import os
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol, cast

from generator.errors import BuildError, Problem

STANDARD_INPUT = "-"
GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""The longer ones first: that of UTF-16 is the beginning of that of UTF-32."""
ENCODINGS_WITHOUT_MARK = (("utf-16-le", 1), ("utf-16-be", 0))
"""An encoding without a byte order mark, and the index of the byte that is 0 in its ASCII characters: JSON and the
prefixes of lines begin with two of them."""
SAMPLE_BYTES = 4
"""How much of a stream decides its encoding."""
TRANSCODED_BYTES = 1 << 16


class DamagedData(Exception):
    """Compressed data that is damaged or truncated; what precedes the damage was read."""


class ByteStream(Protocol):
    """What the readers need of a stream."""

    def read1(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes as soon as some are there, and none at the end."""

    def readline(self, size: int = -1, /) -> bytes:
        """Return a line with its newline, as soon as it is there; not more than `size` bytes."""


def require_readable(names: Iterable[str]) -> None:
    """Raise `BuildError` with a problem for each name that is not a readable file; `-` is standard input."""
    problems = [problem for name in dict.fromkeys(names) if (problem := _file_problem(name))]
    if problems:
        raise BuildError(problems)


@contextmanager
def open_log(name: str, offset: int = 0) -> Iterator[ByteStream]:
    """Open a log as UTF-8, decompressed if it begins as gzip or zstd data does, whatever its name; a plain file from a
    byte offset on.

    Opening and reading raises `DamagedData` for damaged data. `BuildError`: the package that reads zstd is missing.
    """
    with ExitStack() as stack:
        stream = _standard_input() if name == STANDARD_INPUT else stack.enter_context(open(name, "rb"))
        if offset:
            stream.seek(offset)
            yield stream
        else:
            yield _utf8(_decompressed(stream))


def is_plain(name: str) -> bool:
    """Return whether a log is a file of UTF-8 text alone, so that it can be read from any offset."""
    if name == STANDARD_INPUT or not Path(name).is_file():
        return False
    with open(name, "rb") as stream:
        sample = stream.peek(SAMPLE_BYTES)
    return not sample.startswith((GZIP_MAGIC, ZSTD_MAGIC, codecs.BOM_UTF8)) and text_encoding(sample) is None


def text_encoding(sample: bytes) -> str | None:
    """Return the name of the encoding of a text that begins so, if it is UTF-16 or UTF-32; else None."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if sample.startswith(mark):
            return encoding
    start = sample[:4]
    for encoding, index in ENCODINGS_WITHOUT_MARK:
        if len(start) == 4 and not any(start[index::2]) and all(start[1 - index :: 2]):
            return encoding
    return None


class _DecompressedStream(io.RawIOBase):
    """Decompressed data, whose damage is `DamagedData`."""

    def __init__(self, stream: ByteStream, form: str, error: type[Exception]) -> None:
        self._stream, self._form = stream, form
        self._errors = (EOFError, gzip.BadGzipFile, error)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        try:
            data = self._stream.read1(len(view))
        except self._errors:
            raise DamagedData(f"the {self._form} data is damaged or truncated") from None
        view[: len(data)] = data
        return len(data)


class _TranscodedStream(io.RawIOBase):
    """A text in another encoding, as UTF-8. What is not valid in it becomes U+FFFD."""

    def __init__(self, stream: io.BufferedReader, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        while not self._ready:
            data = self._stream.read1(TRANSCODED_BYTES)
            self._ready = self._decoder.decode(data, final=not data).encode("utf-8", "replace")
            if not data:
                break
        count = min(len(view), len(self._ready))
        view[:count], self._ready = self._ready[:count], self._ready[count:]
        return count


def _standard_input() -> io.BufferedReader:
    return cast(io.BufferedReader, sys.stdin.buffer)


def _decompressed(stream: io.BufferedReader) -> io.BufferedReader:
    magic = stream.peek(len(ZSTD_MAGIC))
    if magic.startswith(GZIP_MAGIC):
        return io.BufferedReader(_DecompressedStream(gzip.GzipFile(fileobj=stream), "gzip", zlib.error))
    if magic.startswith(ZSTD_MAGIC):
        zstd = _zstd()
        return io.BufferedReader(_DecompressedStream(zstd.ZstdFile(stream), "zstd", zstd.ZstdError))
    return stream


def _zstd() -> Any:
    """Return the module for zstd: Python's own, which 3.14 has, or its backport."""
    for module in ("compression.zstd", "backports.zstd"):
        try:
            return importlib.import_module(module)
        except ModuleNotFoundError:
            continue
    hint = 'install it (pip install "workers-ai-observability[dev]"), or decompress the file with zstd -d'
    raise BuildError([Problem("backports.zstd", "the package that reads zstd data is not installed", hint)])


def _utf8(stream: io.BufferedReader) -> ByteStream:
    sample = stream.peek(SAMPLE_BYTES)
    if sample.startswith(codecs.BOM_UTF8):
        stream.read(len(codecs.BOM_UTF8))
        return stream
    encoding = text_encoding(sample)
    return stream if encoding is None else io.BufferedReader(_TranscodedStream(stream, encoding))


def _file_problem(name: str) -> Problem | None:
    path = Path(name)
    if name == STANDARD_INPUT:
        return None
    if not path.exists():
        return Problem(name, "file not found", "name a file of log lines, or - for standard input")
    if path.is_dir():
        return Problem(name, "this is a folder", f"name the files in it: {path / '*'}")
    if not os.access(path, os.R_OK):
        return Problem(name, "permission denied", "make the file readable, or name another one")
    return None
