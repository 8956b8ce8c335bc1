"""Conformance: a running Grafana takes the dashboards, answers their queries, and opens the links of the alerts."""
