#!/bin/sh
# usage: require.sh TARGET NEED ...
# Prints one message with everything that a target needs and this machine lacks, and ends with status 2.
# NEED is python, node, git, go, or promtool (which Go builds). $PYTHON is tried before the interpreters on the PATH.
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

missing=
for need in "$@"; do
  case $need in
    python) has_python || missing="$missing
  Python 3.11 or newer with its venv module (or run make PYTHON=/path/to/python3)" ;;
    node) has_node || missing="$missing
  Node.js 20 or newer with npm" ;;
    go) command -v go >/dev/null || missing="$missing
  Go 1.21 or newer (https://go.dev/dl)" ;;
    promtool) test -n "$PROMTOOL" || test -x .tools/promtool || command -v promtool >/dev/null || command -v go >/dev/null ||
      missing="$missing
  promtool 3.0 or newer (or set \$PROMTOOL), or Go 1.21 or newer, which builds it (https://go.dev/dl)" ;;
    git) command -v git >/dev/null || missing="$missing
  git" ;;
  esac
done
test -z "$missing" || { echo "make $target: this is missing; install it:$missing" >&2; exit 2; }
