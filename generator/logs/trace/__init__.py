"""Traces one request through services and bindings by its log lines."""
