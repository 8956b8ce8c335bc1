"""Tests of other databases than Prometheus, by `make backends`."""
