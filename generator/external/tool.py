"""The Go tools: where their sources are pinned, and the oldest version that is accepted from elsewhere."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TypeAlias

from generator.frozen import frozen

Version: TypeAlias = tuple[int, int]
NAME_AND_VERSION = r"\b{name}, version "


@frozen
class Tool:
    """A Go program.

    `module` is the folder of the go.mod that pins it; `minimum_version` is the oldest version that is accepted from
    elsewhere. A build sets the linker variable `version_variable` to `version`. `version_flag` makes the tool print its
    version, which follows the regular expression `version_pattern`. `build_time` is how long a build takes on two
    cores, as text. `sources` are the files of a program of ours, in the folder of `module`.
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
    version_pattern: str = NAME_AND_VERSION
    sources: tuple[str, ...] = ()

    @property
    def environment_variable(self) -> str:
        """The environment variable that may hold the path of another build of the tool."""
        return self.name.upper().replace("-", "_")

    def build_command(self, target: Path) -> list[str]:
        """Return the command that builds the tool into `target`; its working directory must be the module's folder."""
        version = f"-X {self.version_variable}={self.version}"
        tags = ["-tags", ",".join(self.tags)] if self.tags else []
        flags = ["-mod=readonly", *tags, "-trimpath", "-ldflags", f"-s -w {version}"]
        return ["go", "build", *flags, "-o", str(target), self.package]

    def fingerprint(self, root: Path) -> str:
        """Return a hash of everything a build depends on; a tool with another fingerprint is out of date."""
        module = root / self.module
        pins = [(module / name).read_bytes() for name in ("go.mod", "go.sum", *self.sources)]
        command = "\n".join(self.build_command(Path(self.name))).encode()
        return hashlib.sha256(b"\0".join([command, *pins])).hexdigest()


def _own(
    name: str, folder: str, minimum_version: Version, version: str, build_time: str, pattern: str = NAME_AND_VERSION
) -> Tool:
    """A program of ours: a main.go around a library whose version is its own."""
    return Tool(
        name=name,
        module=f"tools/{folder}",
        package=".",
        minimum_version=minimum_version,
        version=version,
        build_time=build_time,
        version_variable="main.version",
        version_pattern=pattern,
        sources=("main.go",),
    )


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
# 3.10 is the first version that keeps names and first increments of OTLP, without a warning for each push.
PROMETHEUS = Tool(
    name="prometheus",
    module="tools",
    package="github.com/prometheus/prometheus/cmd/prometheus",
    minimum_version=(3, 10),
    version="3.16.0",
    build_time="2 to 3 minutes",
    tags=("remove_all_sd",),
)
# The oldest version that works, and its promtool, for `make backends`.
PROMETHEUS_3_10 = Tool(
    name="prometheus_3_10",
    module="tools/prometheus-3.10",
    package="github.com/prometheus/prometheus/cmd/prometheus",
    minimum_version=(3, 10),
    version="3.10.0",
    build_time="2 to 3 minutes",
    tags=("remove_all_sd",),
    version_pattern=r"\bprometheus, version ",
)
PROMTOOL_3_10 = Tool(
    name="promtool_3_10",
    module="tools/prometheus-3.10",
    package="github.com/prometheus/prometheus/cmd/promtool",
    minimum_version=(3, 10),
    version="3.10.0",
    build_time="2 to 3 minutes",
    tags=("remove_all_sd",),
    version_pattern=r"\bpromtool, version ",
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
# Runs alert tests in VictoriaMetrics, for `make backends`.
VMALERT_TOOL = Tool(
    name="vmalert-tool",
    module="tools/vmalert-tool",
    package="github.com/VictoriaMetrics/VictoriaMetrics/app/vmalert-tool",
    minimum_version=(1, 151),
    version="vmalert-tool-v1.151.0",
    build_time="about a minute",
    version_variable="github.com/VictoriaMetrics/VictoriaMetrics/lib/buildinfo.Version",
    version_pattern=r"\b{name}-\S*v",
)
VICTORIAMETRICS = Tool(
    name="victoriametrics",
    module="tools/victoriametrics",
    package="github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-metrics",
    minimum_version=(1, 151),
    version="victoria-metrics-v1.151.0",
    build_time="about a minute",
    version_variable="github.com/VictoriaMetrics/VictoriaMetrics/lib/buildinfo.Version",
    version_pattern=r"\bvictoria-metrics\S*-v",
)
# Upstream's tag: without it, programs that read labels as slices crash.
SLICE_LABELS = ("slicelabels",)
THANOS = Tool(
    name="thanos",
    module="tools/thanos",
    package="github.com/thanos-io/thanos/cmd/thanos",
    minimum_version=(0, 42),
    version="0.42.4",
    build_time="5 to 15 minutes",
    tags=SLICE_LABELS,
)
CORTEX = Tool(
    name="cortex",
    module="tools/cortex",
    package="github.com/cortexproject/cortex/cmd/cortex",
    minimum_version=(1, 21),
    version="1.21.1",
    build_time="5 to 15 minutes",
    tags=SLICE_LABELS,
    version_variable="main.Version",
    version_pattern=r"\bCortex, version ",
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
KUSTOMIZE = Tool(
    name="kustomize",
    module="tools/kustomize",
    package="sigs.k8s.io/kustomize/kustomize/v5",
    minimum_version=(5, 8),
    version="v5.8.2",
    build_time="a minute",
    version_variable="sigs.k8s.io/kustomize/api/provenance.version",
    version_flag="version",
    version_pattern=r"^v",
)
HELM = Tool(
    name="helm",
    module="tools/helm",
    package="helm.sh/helm/v3/cmd/helm",
    minimum_version=(3, 22),
    version="v3.22.0",
    build_time="1 to 2 minutes",
    version_variable="helm.sh/helm/v3/internal/version.version",
    version_flag="version",
    version_pattern=r'Version:"v',
)
# A program of ours around the function by which Flux' kustomize-controller substitutes variables.
FLUX_BUILD = _own("fluxbuild", "flux", (1, 35), "1.35.7", "a minute")
# A program of ours around the library by which Docker reads Compose files.
COMPOSE_CHECK = _own("composecheck", "compose", (2, 16), "2.16.2", "half a minute")
# A program of ours with the few components of the Collector that out/gateway configures.
OTELCOL = _own("otelcol", "otelcol", (0, 158), "0.158.0", "2 minutes", r"^{name} version ")
TOOLS = {
    tool.name: tool
    for tool in (
        *(PROMTOOL, PROMETHEUS, PROMETHEUS_3_10, PROMTOOL_3_10, AMTOOL, ALERTMANAGER),
        *(VMALERT, VMALERT_TOOL, VICTORIAMETRICS, THANOS, CORTEX),
        *(SLOTH, KUSTOMIZE, HELM, FLUX_BUILD, COMPOSE_CHECK, OTELCOL),
    )
}
