"""The way into the platform's room: a path in, a frozen platform out, or everything that is wrong."""

from __future__ import annotations

from pathlib import Path

from generator.config.checks import broken
from generator.config.construction import platform
from generator.config.document import Breach, Finding, Node, plain
from generator.config.overlays import extended
from generator.config.schema_errors import unmet
from generator.dsl.platform import Platform
from generator.errors import BuildError


def load(path: Path) -> Platform:
    """The platform of a YAML file and of the files that it extends.

    Raises Faults with all that is wrong, in the order of files and lines: in reading, by the schema, and by the laws
    of those parts that are well-formed.
    """
    root, findings = extended(path)
    if root is not None:
        findings += [found(root, breach) for breach in unmet(root)]
        document = plain(root)
        findings += [found(root, breach) for breach in broken(document, [x.breach.path for x in findings])]
    if findings or root is None:
        findings.sort(key=lambda x: (x.place.file, x.place.line))
        raise BuildError(x.problem for x in findings)
    return platform(document)


def found(root: Node, breach: Breach) -> Finding:
    """A breach, at the nearest place that the files have for it."""
    return Finding(breach, root.nearest(breach.path).place)
