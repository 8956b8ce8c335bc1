"""Modules of a project that tests write and load."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

Loader = Callable[[str, str], ModuleType]


@contextmanager
def loaded_modules(folder: Path) -> Iterator[Loader]:
    """A function that loads a module by its name and text; the modules are gone afterwards."""
    loaded = []

    def module(name: str, text: str) -> ModuleType:
        file = folder / f"{name}.py"
        file.write_text(text, encoding="utf-8")
        spec = spec_from_file_location(f"own_modules_{name}", file)
        assert spec is not None
        assert spec.loader is not None
        result = module_from_spec(spec)
        sys.modules[result.__name__] = result
        loaded.append(result.__name__)
        spec.loader.exec_module(result)
        return result

    yield module
    for name in loaded:
        sys.modules.pop(name, None)
