#!/bin/sh
# Runs workerd with its output discarded: reading the output from a pipe would be measured as part of the benchmark.
exec "$WORKERD" "$@" >/dev/null 2>&1
