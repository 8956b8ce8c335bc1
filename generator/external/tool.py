"""Which tools there are: where their source is pinned, and which versions found elsewhere will do."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

Version: TypeAlias = tuple[int, int]

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Tool:
    """A Go program. `module` is the folder of the go.mod that pins it, `floor` the oldest version that will do.

    `version` is what the one that is built calls itself, set in the variable `told_in`; asked for it by `asking`, a
    tool tells it after `telling`, a pattern. `patience` says in words how long a build takes on two cores.
    """

    name: str
    module: str
    package: str
    floor: Version
    version: str
    patience: str
    tags: tuple[str, ...] = ()
    told_in: str = "github.com/prometheus/common/version.Version"
    asking: str = "--version"
    telling: str = r"\b{name}, version "

    @property
    def variable(self) -> str:
        """The environment variable that names another one."""
        return self.name.upper()

    def build_command(self, target: Path) -> list[str]:
        """The command that builds it into `target`, to be run in the folder of its module."""
        version = f"-X {self.told_in}={self.version}"
        tags = ["-tags", ",".join(self.tags)] if self.tags else []
        flags = ["-mod=readonly", *tags, "-trimpath", "-ldflags", f"-s -w {version}"]
        return ["go", "build", *flags, "-o", str(target), self.package]

    def fingerprint(self, root: Path) -> str:
        """A hash of all that a build depends on: it changes when the tool has to be built anew."""
        module = root / self.module
        pins = [(module / name).read_bytes() for name in ("go.mod", "go.sum")]
        command = "\n".join(self.build_command(Path(self.name))).encode()
        return hashlib.sha256(b"\0".join([command, *pins])).hexdigest()


PROMTOOL = Tool(
    name="promtool",
    module="tools",
    package="github.com/prometheus/prometheus/cmd/promtool",
    floor=(3, 0),
    version="3.16.0",
    patience="2 to 3 minutes",
    tags=("remove_all_sd",),
)
# 3.6 is the first whose OTLP receiver can keep a metric's name to the letter.
PROMETHEUS = Tool(
    name="prometheus",
    module="tools",
    package="github.com/prometheus/prometheus/cmd/prometheus",
    floor=(3, 6),
    version="3.16.0",
    patience="2 to 3 minutes",
    tags=("remove_all_sd",),
)
AMTOOL = Tool(
    name="amtool",
    module="tools",
    package="github.com/prometheus/alertmanager/cmd/amtool",
    floor=(0, 28),
    version="0.34.2",
    patience="1 to 2 minutes",
)
# The server does not build from the module of a newer release, which lacks the files of its page.
ALERTMANAGER = Tool(
    name="alertmanager",
    module="tools/alertmanager",
    package="github.com/prometheus/alertmanager/cmd/alertmanager",
    floor=(0, 28),
    version="0.28.1",
    patience="1 to 2 minutes",
)
# Its own releases call themselves vmalert-DATE-TIME-tags-vX.Y.Z-COMMITS-HASH.
VMALERT = Tool(
    name="vmalert",
    module="tools/vmalert",
    package="github.com/VictoriaMetrics/VictoriaMetrics/app/vmalert",
    floor=(1, 110),
    version="vmalert-v1.151.0",
    patience="less than a minute",
    told_in="github.com/VictoriaMetrics/VictoriaMetrics/lib/buildinfo.Version",
    telling=r"\b{name}\S*-v",
)
SLOTH = Tool(
    name="sloth",
    module="tools/sloth",
    package="github.com/slok/sloth/cmd/sloth",
    floor=(0, 16),
    version="v0.16.0",
    patience="2 to 4 minutes",
    told_in="github.com/slok/sloth/internal/info.Version",
    asking="version",
    telling=r"^v",
)
TOOLS = {tool.name: tool for tool in (PROMTOOL, PROMETHEUS, AMTOOL, ALERTMANAGER, VMALERT, SLOTH)}
