"""Blocks of Prometheus' database, written from arrays; the formats are in tsdb/docs/format of Prometheus' sources."""
