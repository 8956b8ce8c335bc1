"""The bytecode of templates: it is used for what it was compiled from, and for nothing else."""

from __future__ import annotations

import sys
from pathlib import Path
from types import CodeType

import pytest
from jinja2 import DictLoader, Environment

from generator.rendering.bytecode import TemplateBytecode


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for bytecode, where Python may write it."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path / "__pycache__"


def environment(folder: Path, text: str, options: str = "") -> Environment:
    """A new environment, as a new process has it, with one template."""
    return Environment(loader=DictLoader({"page": text}), bytecode_cache=TemplateBytecode(folder, options))


def rendered(folder: Path, text: str, options: str = "") -> str:
    """The template of a new environment, rendered."""
    return environment(folder, text, options).get_template("page").render(value=1)


def compiled(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch, options: str = "") -> bool:
    """Whether a new environment compiles its template."""
    texts: list[str] = []
    new = environment(folder, text, options)
    compile_text = new.compile

    def counted(source: str, name: str | None, filename: str | None) -> CodeType:
        texts.append(source)
        return compile_text(source, name, filename)

    monkeypatch.setattr(new, "compile", counted)
    assert new.get_template("page").render(value=1)
    return texts == [text]


def test_the_same_text_is_compiled_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second environment takes the bytecode of the first one, and renders the same."""
    assert compiled(folder, "{{ value }} tenant", monkeypatch)
    assert not compiled(folder, "{{ value }} tenant", monkeypatch)
    assert rendered(folder, "{{ value }} tenant") == "1 tenant"


def test_another_text_or_other_options_are_compiled_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytecode of an edited template, or of an environment with other options, is not used."""
    assert compiled(folder, "{{ value }} tenant", monkeypatch)
    assert compiled(folder, "{{ value }} tenant", monkeypatch, options="trim_blocks")
    assert rendered(folder, "{{ value }} tenants") == "1 tenants"


@pytest.mark.parametrize("content", [b"", b"j2", b"no bytecode at all"], ids=["empty", "cut off", "another file"])
def test_a_damaged_file_is_replaced(content: bytes, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that holds no bytecode is an absent one."""
    rendered(folder, "{{ value }}")
    (file,) = folder.iterdir()
    file.write_bytes(content)
    assert compiled(folder, "{{ value }}", monkeypatch)
    assert not compiled(folder, "{{ value }}", monkeypatch)


def test_a_folder_that_cannot_be_written_does_not_matter(tmp_path: Path) -> None:
    """Where a file is in the place of the folder, the template is rendered all the same."""
    (tmp_path / "__pycache__").write_text("", encoding="utf-8")
    assert rendered(tmp_path / "__pycache__", "{{ value }}") == "1"


def test_nothing_is_written_where_python_writes_no_bytecode(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PYTHONDONTWRITEBYTECODE holds for templates too."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert rendered(folder, "{{ value }}") == "1"
    assert not folder.exists()
