"""The bytecode of compiled templates, kept as Python keeps that of modules: beside the sources, in `__pycache__`."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from pickle import UnpicklingError

import jinja2
from jinja2.bccache import Bucket, BytecodeCache


class TemplateBytecode(BytecodeCache):
    """Compiling the templates costs as much as rendering them. Bytecode is used for the same text, the same options of
    the environment and the same versions of Jinja2 and Python. Where it cannot be written, every process compiles.
    """

    def __init__(self, folder: Path, options: str) -> None:
        """`options` is a text that changes with the options of the environment."""
        self.folder = folder
        self.options = options

    def get_source_checksum(self, source: str) -> str:
        """The checksum of a template's text and of everything else that its bytecode depends on, except for Python's
        version, which Jinja2 compares."""
        return sha256("\0".join((jinja2.__version__, self.options, source)).encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read the bytecode of a template if there is any with its checksum."""
        with suppress(OSError, EOFError, UnpicklingError), self._path(bucket).open("rb") as file:
            bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write the bytecode of a template, unless Python writes none."""
        if sys.dont_write_bytecode:
            return
        with suppress(OSError):
            self.folder.mkdir(exist_ok=True)
            number, name = tempfile.mkstemp(dir=self.folder)
            with os.fdopen(number, "wb") as file:
                bucket.write_bytecode(file)
            os.replace(name, self._path(bucket))

    def _path(self, bucket: Bucket) -> Path:
        return self.folder / f"{bucket.key}.pyc"
