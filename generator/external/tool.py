"""The Go tools: where their sources are pinned, and the oldest version that is accepted from elsewhere."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TypeAlias

from generator.frozen import frozen

Version: TypeAlias = tuple[int, int]


@frozen
class Tool:
    """A Go program.

    `module` is the folder of the go.mod that pins it; `minimum_version` is the oldest version that is accepted from
    elsewhere. A build sets the linker variable `version_variable` to `version`. `version_flag` makes the tool print its
    version, which follows the regular expression `version_pattern`. `build_time` is how long a build takes on two
    cores, as text.
    """

    name: str
    module: str
    package: str
    minimum_version: Version
    version: str
    build_time: str
    tags: tuple[str, ...] = ()
    version_variable: str = "github.com/prometheus/common/version.Version"
    version_flag: str = "--version"
    version_pattern: str = r"\b{name}, version "

    @property
    def environment_variable(self) -> str:
        """The environment variable that may hold the path of another build of the tool."""
        return self.name.upper()

    def build_command(self, target: Path) -> list[str]:
        """Return the command that builds the tool into `target`; its working directory must be the module's folder."""
        version = f"-X {self.version_variable}={self.version}"
        tags = ["-tags", ",".join(self.tags)] if self.tags else []
        flags = ["-mod=readonly", *tags, "-trimpath", "-ldflags", f"-s -w {version}"]
        return ["go", "build", *flags, "-o", str(target), self.package]

    def fingerprint(self, root: Path) -> str:
        """Return a hash of everything a build depends on; a tool with another fingerprint is out of date."""
        module = root / self.module
        pins = [(module / name).read_bytes() for name in ("go.mod", "go.sum")]
        command = "\n".join(self.build_command(Path(self.name))).encode()
        return hashlib.sha256(b"\0".join([command, *pins])).hexdigest()


# 3.6 is the first version whose templates of alerts know `now`.
PROMTOOL = Tool(
    name="promtool",
    module="tools",
    package="github.com/prometheus/prometheus/cmd/promtool",
    minimum_version=(3, 6),
    version="3.16.0",
    build_time="2 to 3 minutes",
    tags=("remove_all_sd",),
)
# 3.6 is the first version whose OTLP receiver can keep metric names unchanged.
PROMETHEUS = Tool(
    name="prometheus",
    module="tools",
    package="github.com/prometheus/prometheus/cmd/prometheus",
    minimum_version=(3, 6),
    version="3.16.0",
    build_time="2 to 3 minutes",
    tags=("remove_all_sd",),
)
AMTOOL = Tool(
    name="amtool",
    module="tools",
    package="github.com/prometheus/alertmanager/cmd/amtool",
    minimum_version=(0, 28),
    version="0.34.2",
    build_time="1 to 2 minutes",
)
# Newer releases of the module lack the web UI's files, so the server does not build from them.
ALERTMANAGER = Tool(
    name="alertmanager",
    module="tools/alertmanager",
    package="github.com/prometheus/alertmanager/cmd/alertmanager",
    minimum_version=(0, 28),
    version="0.28.1",
    build_time="1 to 2 minutes",
)
# Upstream releases print vmalert-DATE-TIME-tags-vX.Y.Z-COMMITS-HASH.
VMALERT = Tool(
    name="vmalert",
    module="tools/vmalert",
    package="github.com/VictoriaMetrics/VictoriaMetrics/app/vmalert",
    minimum_version=(1, 110),
    version="vmalert-v1.151.0",
    build_time="less than a minute",
    version_variable="github.com/VictoriaMetrics/VictoriaMetrics/lib/buildinfo.Version",
    version_pattern=r"\b{name}\S*-v",
)
SLOTH = Tool(
    name="sloth",
    module="tools/sloth",
    package="github.com/slok/sloth/cmd/sloth",
    minimum_version=(0, 16),
    version="v0.16.0",
    build_time="2 to 4 minutes",
    version_variable="github.com/slok/sloth/internal/info.Version",
    version_flag="version",
    version_pattern=r"^v",
)
TOOLS = {tool.name: tool for tool in (PROMTOOL, PROMETHEUS, AMTOOL, ALERTMANAGER, VMALERT, SLOTH)}
