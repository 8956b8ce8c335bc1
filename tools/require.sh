#!/bin/sh
# usage: require.sh TARGET NEED ...
# Prints one message with everything that a target needs and this machine lacks, and ends with status 2.
# NEED is python, node, git, go, or one of the tools that Go builds. $PYTHON is tried before the interpreters on the PATH.
target=$1
shift

has_python() {
  for python in $PYTHON python3 python3.14 python3.13 python3.12 python3.11; do
    "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && return 0
  done
  return 1
}

has_node() {
  command -v npm >/dev/null && node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)' 2>/dev/null
}

# usage: has_tool NAME PATH: the path is given, an earlier make built the tool, it is on the PATH, or Go can build it.
has_tool() {
  test -n "$2" || test -x ".tools/$1" || command -v "$1" >/dev/null || command -v go >/dev/null
}

missing=
for need in "$@"; do
  case $need in
    python) has_python || missing="$missing
  Python 3.11 or newer with its venv module (or run make PYTHON=/path/to/python3)" ;;
    node) has_node || missing="$missing
  Node.js 20 or newer with npm" ;;
    go) command -v go >/dev/null || missing="$missing
  Go 1.21 or newer (https://go.dev/dl)" ;;
    promtool) has_tool promtool "$PROMTOOL" || missing="$missing
  promtool 3.6 or newer (or set \$PROMTOOL), or Go 1.21 or newer, which builds it (https://go.dev/dl)" ;;
    prometheus) has_tool prometheus "$PROMETHEUS" || missing="$missing
  Prometheus 3.10 or newer (or set \$PROMETHEUS), or Go 1.21 or newer, which builds it (https://go.dev/dl)" ;;
    prometheus_3_10) has_tool prometheus_3_10 "$PROMETHEUS_3_10" || missing="$missing
  Prometheus 3.10 (or set \$PROMETHEUS_3_10), or Go 1.21 or newer, which builds it (https://go.dev/dl)" ;;
    promtool_3_10) has_tool promtool_3_10 "$PROMTOOL_3_10" || missing="$missing
  promtool 3.10 (or set \$PROMTOOL_3_10), or Go 1.21 or newer, which builds it (https://go.dev/dl)" ;;
    vmalert-tool) has_tool vmalert-tool "$VMALERT_TOOL" || missing="$missing
  vmalert-tool 1.151 or newer (or set \$VMALERT_TOOL), or Go 1.21 or newer, which builds it (https://go.dev/dl)" ;;
    vmalert) has_tool vmalert "$VMALERT" || missing="$missing
  vmalert 1.110 or newer (or set \$VMALERT), or Go 1.21 or newer, which builds it (https://go.dev/dl)" ;;
    victoriametrics) has_tool victoriametrics "$VICTORIAMETRICS" || missing="$missing
  VictoriaMetrics 1.151 or newer (or set \$VICTORIAMETRICS), or Go 1.21 or newer, which builds it (https://go.dev/dl)" ;;
    thanos) has_tool thanos "$THANOS" || missing="$missing
  Thanos 0.42 or newer (or set \$THANOS), or Go 1.21 or newer, which builds it (https://go.dev/dl)" ;;
    cortex) has_tool cortex "$CORTEX" || missing="$missing
  Cortex 1.21 or newer (or set \$CORTEX), or Go 1.21 or newer, which builds it (https://go.dev/dl)" ;;
    amtool) has_tool amtool "$AMTOOL" || missing="$missing
  amtool 0.28 or newer (or set \$AMTOOL), or Go 1.21 or newer, which builds it (https://go.dev/dl)" ;;
    alertmanager) has_tool alertmanager "$ALERTMANAGER" || missing="$missing
  Alertmanager 0.28 or newer (or set \$ALERTMANAGER), or Go 1.21 or newer, which builds it (https://go.dev/dl)" ;;
    sloth) has_tool sloth "$SLOTH" || missing="$missing
  sloth 0.16 or newer (or set \$SLOTH), or Go 1.21 or newer, which builds it (https://go.dev/dl)" ;;
    kustomize) has_tool kustomize "$KUSTOMIZE" || missing="$missing
  kustomize 5.8 or newer (or set \$KUSTOMIZE), or Go 1.21 or newer, which builds it (https://go.dev/dl)" ;;
    helm) has_tool helm "$HELM" || missing="$missing
  Helm 3.22 or newer (or set \$HELM), or Go 1.21 or newer, which builds it (https://go.dev/dl)" ;;
    fluxbuild) has_tool fluxbuild "$FLUXBUILD" || missing="$missing
  Go 1.21 or newer, which builds fluxbuild (https://go.dev/dl)" ;;
    composecheck) has_tool composecheck "$COMPOSECHECK" || missing="$missing
  Go 1.21 or newer, which builds composecheck (https://go.dev/dl)" ;;
    otelcol) has_tool otelcol "$OTELCOL" || missing="$missing
  Go 1.21 or newer, which builds otelcol (https://go.dev/dl)" ;;
    nginx) test -n "$NGINX" || command -v nginx >/dev/null || missing="$missing
  nginx 1.22 or newer (or set \$NGINX)" ;;
    openssl) command -v openssl >/dev/null || missing="$missing
  openssl" ;;
    git) command -v git >/dev/null || missing="$missing
  git" ;;
  esac
done
test -z "$missing" || { echo "make $target: this is missing; install it:$missing" >&2; exit 2; }
