"""Reads log lines: `logs check` validates them, and `generator.logs.trace` finds the lines of one request."""
